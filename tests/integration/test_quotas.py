"""How often a service lets itself be called is never passed, and never wasted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.service import Desk

from govsync import audit
from govsync.channels import Limit, Retry, Unsure
from govsync.model import Record

DAY = timedelta(days=1)
FIRST = Record(id="r", title="one", published="2026-03-01T08:00:00+08:00")
BEFORE_MIDNIGHT = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
"""A minute before midnight in Asia/Shanghai."""


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(*limits: Limit, **more: int) -> Desk:
        desks.append(Desk(tmp_path, limits=limits, **more))
        return desks[-1]

    yield make
    for desk in desks:
        desk.database.dispose()


def a_day(count: int, name: str = "publish", reserve: int = 0) -> Limit:
    return Limit(name=name, count=count, per=DAY, source="a test", reserve=reserve)


def some(number: int, prefix: str = "a") -> list[Record]:
    return [FIRST.changed(id=f"{prefix}{n:02d}") for n in range(number)]


def test_a_quota_is_never_passed(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(a_day(3))
    desk.owe(*some(8))
    for day in (3, 6, 8):
        desk.push()
        desk.push()
        assert len(desk.service.posts) == day
        desk.clock.advance(days=1)


def test_waiting_for_the_next_window_is_told_and_costs_no_attempt(
    desk_of: Callable[..., Desk],
) -> None:
    desk = desk_of(a_day(1))
    desk.owe(*some(2))
    desk.push()
    one = desk.one("a01")

    assert (one.state, one.attempts) == ("waiting", 0)
    assert one.reason == "the quota of 1 (publish) is used up"
    assert one.due_at == datetime(2026, 3, 2, 16, tzinfo=UTC)
    with desk.database.read() as connection:
        told = [e for _, e in audit.entries(connection, record="a01")]
    assert (told[-1].action, told[-1].reason) == ("delivery.waiting", one.reason)


def test_a_quota_of_calls_counts_withdrawals_too(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(a_day(3, "call"))
    desk.owe(*some(2))
    desk.push()
    for record in some(2):
        desk.screen(desk.ledger.withdraw(record.id, reason="wrong"))
    desk.push()

    assert [op for _, _, op in desk.service.posts] == ["publish", "publish", "withdraw"]


def test_the_reserve_is_for_withdrawals_and_corrections(
    desk_of: Callable[..., Desk],
) -> None:
    desk = desk_of(a_day(5, "call", reserve=2))
    desk.owe(*some(4))
    desk.push()
    assert len(desk.service.posts) == 3
    assert "less 2 for withdrawals" in desk.one("a03").reason
    desk.owe(FIRST.changed(id="a00", title="mended"))
    desk.screen(desk.ledger.withdraw("a01", reason="wrong"))
    desk.owe(*some(1, "b"))
    desk.push()

    assert desk.service.posts[3:] == [("a01", 2, "withdraw"), ("a00", 2, "publish")]


def test_a_call_is_counted_on_the_day_that_it_is_made(
    desk_of: Callable[..., Desk],
) -> None:
    desk = desk_of(a_day(2))
    desk.owe(*some(2), *some(2, "b"))
    desk.clock.now = BEFORE_MIDNIGHT
    pusher = desk.pusher()
    group = pusher._claim()
    desk.clock.advance(minutes=2)
    pusher._settle(pusher._look_and_send(group))
    desk.push()

    assert len(desk.service.posts) == 2


def test_what_is_repeated_after_a_look_is_counted_again(
    desk_of: Callable[..., Desk],
) -> None:
    """Whether the service counted the call that was lost, nobody can say."""
    desk = desk_of(a_day(2))
    desk.owe(*some(2))
    desk.service.answers.append(Unsure("reset"))
    desk.push()

    assert desk.service.calls["publish"] == 2
    assert desk.states() == {"a00": "waiting", "a01": "live"}


def test_a_channel_at_rest_uses_nothing_up(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(a_day(8))
    desk.owe(*some(30))
    desk.service.answers += [Retry("down")] * 5
    assert desk.push().resting
    desk.clock.advance(hours=1)
    desk.push()

    assert len(desk.service.posts) == 3


def test_a_batch_goes_as_far_as_the_quota(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(a_day(3), batch=10)
    desk.owe(*some(5))
    desk.push()

    assert len(desk.service.posts) == 3
    assert list(desk.states().values()).count("waiting") == 2
