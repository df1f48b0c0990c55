"""How what a channel shows differs from what the ledger believes."""

from __future__ import annotations

from typing import Any

import pytest
from support.shelf import holding

from govsync.agent.comparison import Difference, Kind, compare
from govsync.channels import Holding, Standing
from govsync.ledger.believed import Belief

KEPT = holding("r", 2, "b")


def belief(record: str = "r", **more: Any) -> Belief:
    given = {"op": "publish", "revision": 2, "digests": ("b", "p"), "settled": True}
    return Belief(record=record, **{**given, **more})


def kinds(found: list[Difference]) -> list[tuple[str, Kind]]:
    return [(one.record, one.kind) for one in found]


@pytest.mark.parametrize(
    ("held", "known", "kind"),
    [
        ([KEPT], [belief()], None),
        ([holding("r", 2, "p")], [belief()], None),
        ([holding("r", 0, "b")], [belief()], None),
        ([], [belief()], Kind.MISSING),
        ([holding("r", 1, "a")], [belief()], Kind.STALE),
        ([holding("r", 2, "x")], [belief()], Kind.ALTERED),
        ([holding("r", 3, "c")], [belief()], Kind.ALTERED),
        ([holding("r", 0, "x")], [belief()], Kind.ALTERED),
        ([KEPT], [belief(revision=None, digests=(None, "p"))], Kind.ALTERED),
        ([KEPT], [], Kind.EXTRA),
        ([KEPT], [belief(op=None, revision=None)], Kind.EXTRA),
        ([], [belief(op="withdraw", revision=3)], None),
        ([KEPT], [belief(op="withdraw", revision=3)], Kind.RESURRECTED),
        ([holding("r", 4, "d")], [belief(op="withdraw", revision=3)], Kind.ALTERED),
        ([], [belief(settled=False)], None),
        ([holding("r", 2, "x")], [belief(settled=False)], None),
    ],
)
def test_each_difference_has_its_name(
    held: list[Holding], known: list[Belief], kind: Kind | None
) -> None:
    expected = [] if kind is None else [("r", kind)]

    assert kinds(list(compare(held, known))) == expected


@pytest.mark.parametrize("state", [Standing.PENDING, Standing.WITHDRAWN])
def test_what_is_not_shown_is_not_extra(state: Standing) -> None:
    hidden = Holding(record="x", revision=1, digest="b", state=state)

    assert list(compare([hidden], [])) == []


def test_what_waits_for_a_review_is_not_missing() -> None:
    hidden = Holding(record="r", revision=3, digest="c", state=Standing.PENDING)

    assert list(compare([hidden], [belief()])) == []


def test_one_more_of_what_was_sent_is_extra() -> None:
    twice = [holding("r", 1, "a"), KEPT]

    assert kinds(list(compare(twice, [belief()]))) == [("r", Kind.EXTRA)]


def test_both_sides_are_merged_in_order() -> None:
    held = [holding(name, 2, "b") for name in "bdf"]
    known = [belief(name) for name in "acdeg"]

    assert kinds(list(compare(held, known))) == [
        ("a", Kind.MISSING),
        ("b", Kind.EXTRA),
        ("c", Kind.MISSING),
        ("e", Kind.MISSING),
        ("f", Kind.EXTRA),
        ("g", Kind.MISSING),
    ]


def test_it_reads_no_further_than_it_tells() -> None:
    """A stream: what comes later need not be there yet."""

    def held() -> Any:
        yield holding("a", 1, "x")
        yield holding("b", 1, "x")
        raise AssertionError("read too far")

    assert next(compare(held(), [])).record == "a"
