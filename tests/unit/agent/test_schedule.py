"""When an obligation is tried again, and when a channel rests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from govsync.agent import schedule
from govsync.agent.schedule import Policy
from govsync.channels import (
    ChannelError,
    Done,
    Editor,
    Limit,
    Op,
    Receipt,
    Refresh,
    Reject,
    Retry,
    Stop,
    Unsure,
    Wait,
)
from govsync.ledger import Breaker, BreakerState, ObligationState, Settlement

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
POLICY = Policy()
MINUTE = timedelta(minutes=1)


def settle(
    error: ChannelError, *, attempts: int = 0, spread: float = 0.0
) -> Settlement:
    return schedule.settlement(
        error, attempts=attempts, policy=POLICY, now=NOW, spread=spread
    )


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (5, 16), (9, 256), (10, 360)]
)
def test_the_waiting_time_doubles_up_to_its_cap(failures: int, minutes: int) -> None:
    assert schedule.backoff(failures, POLICY) == timedelta(minutes=minutes)


def test_very_many_failures_do_not_overflow() -> None:
    assert schedule.backoff(10**6, POLICY) == POLICY.cap


def test_jitter_only_lengthens() -> None:
    assert schedule.backoff(1, POLICY, 0.0) == MINUTE
    assert schedule.backoff(1, POLICY, 1.0) == MINUTE * 1.2


def test_the_printed_window_is_the_simulated_one() -> None:
    for spread in (0.0, 1.0):
        now, attempts = NOW, 0
        while True:
            settled = schedule.settlement(
                Retry("down"), attempts=attempts, policy=POLICY, now=now, spread=spread
            )
            if settled.state is ObligationState.HELD:
                break
            now, attempts = settled.due_at, settled.attempts
        assert now - NOW == schedule.give_up_after(POLICY)[int(spread)]


def test_retry_counts_an_attempt_and_waits() -> None:
    settled = settle(Retry("down"), attempts=2)

    assert settled.state is ObligationState.WAITING
    assert settled.attempts == 3
    assert settled.due_at == NOW + 4 * MINUTE


def test_the_services_wish_is_a_floor() -> None:
    assert settle(Retry("down", after=timedelta(hours=2))).due_at == NOW + timedelta(
        hours=2
    )
    assert settle(Retry("down", after=timedelta(seconds=1))).due_at == NOW + MINUTE


def test_an_endless_wish_is_cut_and_says_so() -> None:
    settled = settle(Retry("down", after=timedelta(days=400)))

    assert settled.due_at == NOW + POLICY.longest_wish
    assert "400 days" in settled.reason


def test_a_quota_is_no_attempt() -> None:
    until = NOW + timedelta(hours=9)
    settled = settle(Wait("100 a day", until=until), attempts=4)

    assert (settled.state, settled.attempts) == (ObligationState.WAITING, 4)
    assert settled.due_at == until


def test_the_first_look_at_an_unsure_one_is_at_once_and_later_ones_wait() -> None:
    assert settle(Unsure("reset")).due_at == NOW
    assert settle(Unsure("reset"), attempts=1).due_at == NOW + 2 * MINUTE
    assert settle(Unsure("reset")).state is ObligationState.UNSURE


def test_after_the_last_attempt_a_person_is_asked() -> None:
    settled = settle(Retry("down"), attempts=POLICY.attempts - 1)

    assert settled.state is ObligationState.HELD
    assert "govsync retry" in settled.step
    assert not settled.unknown


def test_giving_up_on_an_unsure_one_keeps_that_nobody_knows() -> None:
    settled = settle(Unsure("reset"), attempts=POLICY.attempts - 1)

    assert settled.state is ObligationState.HELD
    assert settled.unknown


def test_done_is_success_with_its_receipt() -> None:
    receipt = Receipt(op=Op.PUBLISH, record="r", revision=1, digest="d", at=NOW)
    settled = settle(Done("exists", receipt=receipt))

    assert settled.state is ObligationState.LIVE
    assert settled.receipt is not None
    assert settled.receipt["record"] == "r"


@pytest.mark.parametrize(
    "error", [Reject("too long"), Editor("banned word", step="rewrite it")]
)
def test_what_a_person_must_mend_is_held(error: ChannelError) -> None:
    settled = settle(error)

    assert settled.state is ObligationState.HELD
    assert settled.step


def test_five_failures_in_a_row_open_the_breaker() -> None:
    breaker = Breaker()
    for _ in range(POLICY.trip_after):
        assert schedule.allowance(breaker, now=NOW, batch=50) == 50
        breaker = schedule.after_failure(breaker, Retry("x"), policy=POLICY, now=NOW)

    assert breaker.state is BreakerState.OPEN
    assert schedule.allowance(breaker, now=NOW, batch=50) == 0
    assert schedule.allowance(breaker, now=NOW + POLICY.rest, batch=50) == 1


def test_a_failed_probe_doubles_the_rest_and_a_good_one_closes() -> None:
    tripped = Breaker(
        state=BreakerState.OPEN, failures=5, trips=1, until=NOW, cursor="c"
    )
    again = schedule.after_failure(tripped, Retry("x"), policy=POLICY, now=NOW)

    assert again.until == NOW + 2 * POLICY.rest
    assert schedule.after_success(tripped) == Breaker(cursor="c")


def test_a_refused_record_shows_that_the_service_is_up() -> None:
    failing = Breaker(failures=4)

    assert (
        schedule.after_failure(failing, Reject("no"), policy=POLICY, now=NOW)
        == Breaker()
    )


def test_a_quota_rests_the_channel_without_a_failure() -> None:
    until = NOW + timedelta(hours=3)
    after = schedule.after_failure(
        Breaker(failures=2), Wait("quota", until=until), policy=POLICY, now=NOW
    )

    assert (after.state, after.until, after.failures) == (BreakerState.OPEN, until, 2)


def test_a_stale_credential_is_no_failure_of_the_channel() -> None:
    assert (
        schedule.after_failure(Breaker(), Refresh("401"), policy=POLICY, now=NOW)
        == Breaker()
    )


def test_stop_waits_for_a_person() -> None:
    stopped = schedule.after_failure(
        Breaker(), Stop("403", step="ask for the right"), policy=POLICY, now=NOW
    )

    assert stopped.step == "ask for the right"
    assert schedule.allowance(stopped, now=NOW + timedelta(days=9), batch=50) == 0


def test_a_daily_quota_begins_at_midnight_in_shanghai() -> None:
    limit = Limit(name="publish", count=100, per=timedelta(days=1), source="test")
    window = schedule.quota(limit, now=datetime(2026, 3, 1, 16, 30, tzinfo=UTC))

    assert window.start == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert window.end - window.start == timedelta(days=1)


@pytest.mark.parametrize(
    ("size", "took", "following"),
    [
        (50, 0.5, 100),
        (300, 4.9, 400),
        (400, 0.5, 400),
        (100, 5.0, 100),
        (100, 60.0, 100),
        (100, 60.1, 50),
        (15, 300.0, 10),
    ],
)
def test_a_group_takes_some_seconds(size: int, took: float, following: int) -> None:
    assert schedule.next_group(size, took=took) == following
