"""Two agents, one database: never two writers of one (channel, record)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from support.service import Desk

from govsync.agent.push import LONGEST_CALL, Pusher
from govsync.ledger import Ledger, ObligationState
from govsync.ledger.ledger import LEASE
from govsync.ledger.settling import Settlement
from govsync.model import Record

FIRST = Record(id="r", title="one", published="2026-03-01T08:00:00+08:00")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def other(desk: Desk) -> Pusher:
    """An agent of another machine, at the same channel and in the same database."""
    ledger = Ledger(desk.database, actor="other", clock=desk.clock)
    ledger.begin(alone=False)
    pusher = desk.pusher()
    pusher.ledger = ledger
    return pusher


def test_what_another_is_sending_is_left_alone(desk: Desk) -> None:
    desk.owe(FIRST)
    (sending,) = desk.ledger.claim("account", limit=1)
    desk.clock.advance(minutes=29)
    other(desk).push()

    assert desk.service.calls == {}
    assert desk.one() == sending


def test_what_another_left_is_looked_for_once_its_lease_has_ended(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.ledger.claim("account", limit=1)
    desk.clock.advance(minutes=31)
    other(desk).push()

    assert desk.service.calls == {"find": 1, "publish": 1}
    assert desk.service.effects("r") == [(1, "publish")]


def test_who_holds_the_lock_needs_not_wait_for_a_lease_to_end(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.ledger.claim("account", limit=1)
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]


def test_a_worker_that_slept_through_its_lease_sends_nothing(desk: Desk) -> None:
    """It claimed, its machine was suspended, and a peer took over."""
    desk.owe(FIRST)
    sleeper = desk.pusher()
    group = sleeper._claim()
    desk.clock.now += LEASE + timedelta(minutes=1)
    other(desk).push()
    sleeper._settle(sleeper._look_and_send(group))

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.service.calls == {"find": 1, "publish": 1}
    assert desk.states() == {"r": "live"}


def test_a_lease_that_is_about_to_end_is_given_back_unused(desk: Desk) -> None:
    desk.owe(FIRST)
    pusher = desk.pusher()
    group = pusher._claim()
    desk.clock.now += LEASE - LONGEST_CALL + timedelta(seconds=1)
    pusher._settle(pusher._look_and_send(group))
    assert desk.service.calls == {}
    assert (desk.one().state, desk.one().attempts) == (ObligationState.OWED, 0)

    pusher.push()
    assert desk.service.effects("r") == [(1, "publish")]


def test_a_clock_that_was_set_back_makes_no_lease_good(desk: Desk) -> None:
    """It stalled, a peer took over, and then the machine's clock was set back."""
    desk.owe(FIRST)
    stalled = desk.pusher()
    group = stalled._claim()
    desk.clock.now += LEASE + timedelta(minutes=1)
    desk.seconds += LEASE.total_seconds() + 60
    other(desk).push()
    desk.clock.now -= timedelta(minutes=20)
    stalled._settle(stalled._look_and_send(group))

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.service.calls == {"find": 1, "publish": 1}


def test_a_stalled_worker_that_wakes_up_changes_nothing(desk: Desk) -> None:
    """Its fence is old: what it says of its lease is written nowhere but in the log."""
    desk.owe(FIRST)
    (stale,) = desk.ledger.claim("account", limit=1)
    desk.push()
    live = desk.one()
    held = Settlement(state=ObligationState.HELD, due_at=desk.clock())
    desk.ledger.settle([(stale, held)])

    assert desk.one() == live
    assert desk.ledger.intend(stale) is None


def test_agents_side_by_side_send_everything_once(desk: Desk) -> None:
    desk.owe(*(FIRST.changed(id=f"r{number:03d}") for number in range(230)))
    agents = [other(desk) for _ in range(4)]
    with ThreadPoolExecutor(len(agents)) as pool:
        list(pool.map(Pusher.push, agents))

    assert len(desk.service.posts) == len(set(desk.service.posts)) == 230
    assert set(desk.states().values()) == {"live"}
