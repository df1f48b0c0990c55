"""Which record another follows, and circles of them."""

from __future__ import annotations

import pytest

from govsync.agent.sequence import circle, finding, followed
from govsync.model import Record, Relation, RelationKind, State, Status


def record(name: str, target: str = "", kind: str = "interprets") -> Record:
    one = Record(id=name, title=name)
    if not target:
        return one
    return one.changed(relation=Relation(kind=RelationKind(kind), target=target))


@pytest.mark.parametrize(
    ("kind", "expected"), [("interprets", "b"), ("answers", "b"), ("follows", "")]
)
def test_interpretations_and_replies_follow(kind: str, expected: str) -> None:
    assert followed(record("a", "b", kind)) == expected


def test_a_withdrawal_follows_nothing() -> None:
    status = Status(state=State.WITHDRAWN, reason="x", at="2026-03-02T09:00:00+08:00")

    assert followed(record("a", "b").changed(status=status)) == ""


@pytest.mark.parametrize(
    ("targets", "passed"),
    [
        ({"a": "b", "b": ""}, ()),
        ({"a": "b"}, ()),
        ({"a": "a"}, ("a",)),
        ({"a": "b", "b": "a"}, ("a", "b")),
        ({"a": "b", "b": "c", "c": "a"}, ("a", "b", "c")),
        ({"a": "b", "b": "c", "c": "b"}, ()),
    ],
)
def test_a_circle_is_named_to_those_in_it(
    targets: dict[str, str], passed: tuple[str, ...]
) -> None:
    known = {name: record(name, target) for name, target in targets.items()}

    assert circle(known["a"], known.get) == passed


def test_the_finding_names_the_whole_circle() -> None:
    found = finding(("a", "b"))

    assert (found.record, found.field) == ("a", "relation")
    assert "a → b → a" in found.message
