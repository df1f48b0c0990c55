"""Interpretation, response and links: judged where the facts allow, never guessed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pytest
from support.reports import at, behind, fact, facts, figure, numbers

from govsync.model import SHANGHAI, Relation, RelationKind, Step
from govsync.model.codes import Code
from govsync.reports import interpretation, links, response
from govsync.reports.facts import Fact
from govsync.rules.timing import EVENT_COLUMN


def document(day: str) -> Fact:
    return fact("n-1", document_number="示政发〔2026〕1号", published=at(day))


def interpreting(name: str, day: str) -> Fact:
    relation = Relation(kind=RelationKind.INTERPRETS, target="n-1")
    return fact(
        name, step=Step.INTERPRETATION, relation=relation, published=at(day), item=None
    )


def test_the_first_interpretation_is_held_to_the_clock_of_the_statutes() -> None:
    late = interpreting("i-1", "2026-03-09")
    section = interpretation.section(facts(late, document("2026-03-03")))
    both = (late, interpreting("i-2", "2026-03-06"), document("2026-03-03"))

    assert numbers(section)["in-time"] == (0, 1)
    assert behind(section, "in-time").rows[0][0] == "i-1"
    assert "3个工作日内" in figure(section, "in-time").note
    assert numbers(interpretation.section(facts(*both)))["in-time"] == (1, 1)


def test_before_the_clock_was_in_force_no_interpretation_is_judged() -> None:
    """国办发〔2017〕47号 is of 2017-06-08."""
    old = fact(
        "i-1",
        step=Step.INTERPRETATION,
        relation=Relation(kind=RelationKind.INTERPRETS, target="n-1"),
        formed=None,
        published=at("2017-06-07"),
    )
    section = interpretation.section(facts(old, document("2017-01-03")))

    assert numbers(section)["with"] == (1, 1)
    assert numbers(section)["in-time"] == (0, 0)


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        ("2026-03-01T12:00", "in-time"),
        ("2026-03-01T11:59", "late"),
        ("", "no-clock"),
        ("前天", "no-clock"),
    ],
)
def test_a_concern_is_answered_within_48_hours_of_its_event(
    event: str, verdict: str
) -> None:
    answer = fact(step=Step.RESPONSE, item=None, extra={EVENT_COLUMN: event})
    found = numbers(response.section(facts(answer)))

    assert found["all"] == (1, None)
    counted = {key: found[key][0] for key in ("in-time", "late", "no-clock")}
    assert counted == dict.fromkeys(counted, 0) | {verdict: 1}
    assert found["in-time"][1] == (0 if verdict == "no-clock" else 1)


class State(Code):
    """What was seen."""

    WORKS = "works", "正常"
    DEAD = "dead", "失效"


class Seen(NamedTuple):
    """One look."""

    record: str
    address: str
    state: Code
    looked_at: datetime


def test_links_that_nobody_looked_at_are_unknown() -> None:
    section = links.section(facts())

    assert figure(section, "seen").value is None
    assert figure(section, "seen").shown == "无法判断"


def test_dead_links_are_named_with_the_day_of_the_look() -> None:
    day = datetime(2026, 3, 31, 8, tzinfo=SHANGHAI)
    seen = [
        Seen("n-1", "https://a.example.org/", State.WORKS, day),
        Seen("n-2", "https://b.example.org/", State.DEAD, day),
    ]
    section = links.section(facts(links=seen))

    assert numbers(section)["bad"] == (1, 2)
    assert behind(section, "bad").rows == (
        ("n-2", "https://b.example.org/", "失效, 2026-03-31 检查"),
    )
    assert section.tables[0].rows == (("失效", "1"), ("正常", "1"))
