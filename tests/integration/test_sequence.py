"""Screening says which record follows which; a circle is named and stops nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.reviews import signed_anew
from support.service import Desk

from govsync.agent.screening import screen_all
from govsync.channels import Retry
from govsync.channels.testing import sample
from govsync.ledger import records
from govsync.model import Catalogs, ChannelCode, Relation, RelationKind
from govsync.rules import Destination
from govsync.rules.timing import standard_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govsync.model import Record

ACCOUNT = Destination(
    name="account", serves=ChannelCode.GOV_SITE, optional=True, without_item=True
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def reading(number: int, of: int) -> Record:
    relation = Relation(kind=RelationKind.INTERPRETS, target=sample(of).id)
    return sample(number, item=None, relation=relation)


def run(desk: Desk, *given: Record) -> list[str]:
    """Take records in, screen and push them; return the rules that found something."""
    desk.ledger.accept(given, source="test")
    screen_all(desk.ledger, Catalogs(), [ACCOUNT], {}, standard_calendar())
    desk.push()
    with desk.database.read() as connection:
        return [found.rule for found in records.findings(connection)]


def test_the_document_goes_first_whatever_its_id(desk: Desk) -> None:
    rules = run(desk, reading(1, of=2), sample(2, item=None))

    assert [post[0] for post in desk.service.posts] == [sample(2).id, sample(1).id]
    assert "relation.circle" not in rules


def test_a_circle_is_named_and_stops_nobody(desk: Desk) -> None:
    rules = run(desk, reading(1, of=2), reading(2, of=1))

    assert rules.count("relation.circle") == 2
    assert set(desk.states().values()) == {"live"}


def test_a_circle_that_closes_later_stops_nobody(desk: Desk) -> None:
    desk.service.answers.append(Retry("down", after=timedelta(hours=1)))
    run(desk, reading(1, of=2), sample(2, item=None))
    rules = run(desk, signed_anew(reading(2, of=1).changed(title="改")))
    desk.clock.advance(hours=2)
    desk.push()

    assert rules.count("relation.circle") == 1
    assert set(desk.states().values()) == {"live"}


def test_a_document_that_nobody_knows_is_not_waited_for(desk: Desk) -> None:
    run(desk, reading(1, of=7))

    assert desk.states() == {sample(1).id: "live"}


def test_what_the_law_wants_first_goes_first(desk: Desk) -> None:
    days = {1: "2026-02-27", 2: "2026-02-03", 3: "2026-02-10"}
    run(desk, *(sample(n, item=None, formed=day) for n, day in days.items()))

    assert [post[0] for post in desk.service.posts] == [sample(n).id for n in (2, 3, 1)]
