"""What cannot be told of does not happen, and a stale lease ends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from support.service import Desk

from govsync.errors import AuditError
from govsync.ledger import Breaker, BreakerState, ObligationState, obligations, records
from govsync.ledger.settling import Settlement
from govsync.model import Record
from govsync.store import schema as t

FIRST = Record(id="r", title="one", published="2026-03-01T08:00:00+08:00")
SECOND = FIRST.changed(title="two")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.owe(FIRST)
    yield desk
    desk.database.dispose()


def settle(desk: Desk) -> None:
    held = Settlement(state=ObligationState.HELD, due_at=desk.clock())
    desk.ledger.settle([(desk.one(), held)])


ACTS: dict[str, Callable[[Desk], object]] = {
    "accept": lambda desk: desk.ledger.accept([SECOND], source="test"),
    "withdraw": lambda desk: desk.ledger.withdraw("r", reason="wrong"),
    "screen": lambda desk: desk.screen(SECOND.changed(revision=2)),
    "claim": lambda desk: desk.ledger.claim("account", limit=1),
    "settle": settle,
    "doubt": lambda desk: desk.ledger.doubt("account", "r", reason="altered"),
    "stop": lambda desk: desk.ledger.set_breaker(
        "account", Breaker(state=BreakerState.STOPPED)
    ),
}


def seen(desk: Desk) -> tuple[object, ...]:
    with desk.database.read() as connection:
        current = records.current(connection, "r")
    return desk.one(), current, desk.ledger.breaker("account")


@pytest.mark.parametrize("act", ACTS)
def test_what_cannot_be_told_of_does_not_happen(desk: Desk, act: str) -> None:
    """Here the log's head is damaged, so that nothing can follow it."""
    before = seen(desk)
    with desk.database.write() as connection:
        connection.execute(update(t.audit_head).values(frontier=b"none"))

    with pytest.raises(AuditError):
        ACTS[act](desk)
    assert seen(desk) == before


def test_retrying_is_told_of_or_does_not_happen(desk: Desk) -> None:
    desk.ledger.claim("account", limit=1)
    settle(desk)
    before = seen(desk)
    with desk.database.write() as connection:
        connection.execute(update(t.audit_head).values(frontier=b"none"))

    with pytest.raises(AuditError):
        desk.ledger.retry()
    assert seen(desk) == before


def test_a_lease_is_no_other_claims(desk: Desk) -> None:
    assert len(desk.ledger.claim("account", limit=1)) == 1
    assert desk.ledger.claim("account", limit=1) == []
    desk.ledger.begin(alone=False)
    assert desk.ledger.claim("account", limit=1) == []

    # What is unsure stays so while somebody looks: the lease alone keeps others away.
    desk.ledger.begin(alone=True)
    (looking,) = desk.ledger.claim("account", limit=1)
    assert looking.state is ObligationState.UNSURE
    assert desk.ledger.claim("account", limit=1) == []


def test_a_lease_that_was_taken_over_ends_nothing_though_its_owner_is_the_same(
    desk: Desk,
) -> None:
    """One process may hold it twice: the fence tells the two apart, not the name."""
    (stale,) = desk.ledger.claim("account", limit=1)
    desk.ledger.begin(alone=True)
    (ours,) = desk.ledger.claim("account", limit=1)
    settle_stale = {"state": ObligationState.HELD, "due_at": desk.clock()}
    with desk.database.write() as connection:
        obligations.finish(connection, stale, **settle_stale)
        assert not obligations.intend(connection, stale)

    assert desk.one() == ours.changed(until=desk.one().until)
    with desk.database.write() as connection:
        obligations.finish(connection, ours, **settle_stale)
    assert desk.one().state is ObligationState.HELD
