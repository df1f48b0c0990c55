"""Decide when an obligation is tried again, and when a channel rests. Pure.

The waiting time grows exponentially and jitter only lengthens it; what the service
asks for (``Retry-After``, a quota's window) is a floor. After ``attempts`` failures the
obligation is held for a person; :func:`give_up_after` is the true, printable window.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govsync.channels.errors import (
    ChannelError,
    Done,
    Editor,
    Refresh,
    Reject,
    Retry,
    Stop,
    Unsure,
    Wait,
)
from govsync.ledger import Breaker, BreakerState, ObligationState, Quota, Settlement
from govsync.model import SHANGHAI, Value

if TYPE_CHECKING:
    from govsync.channels.contract import Limit


class Policy(Value):
    """How patient a channel is."""

    first: timedelta = timedelta(minutes=1)
    """The first waiting time."""
    cap: timedelta = timedelta(hours=6)
    """The longest waiting time, jitter aside."""
    attempts: int = 14
    """Failures after which a person is asked."""
    jitter: float = 0.2
    """Up to this share is added to a waiting time."""
    longest_wish: timedelta = timedelta(days=1)
    """A service's ``Retry-After`` beyond this is cut to it, and said so."""
    longest_pause: timedelta = timedelta(days=7)
    """A quota's or a maintenance window beyond this is cut to it, and said so."""
    trip_after: int = 5
    """Failures in a row after which the channel rests."""
    rest: timedelta = timedelta(minutes=5)
    """The channel's first rest; doubles up to ``cap``."""


def backoff(failures: int, policy: Policy, spread: float = 0.0) -> timedelta:
    """Return the waiting time after so many failures.

    Args:
        failures: Failed attempts so far, this one included; from 1.
        policy: How patient the channel is.
        spread: From 0 to 1: how much of the jitter is added.
    """
    # Past 40 doublings any first wait has met any cap, and a timedelta would overflow.
    grown = policy.first * 2 ** min(failures - 1, 40)
    wait: timedelta = min(policy.cap, grown)
    return wait * (1 + policy.jitter * spread)


def give_up_after(
    policy: Policy, *, unsure: bool = False
) -> tuple[timedelta, timedelta]:
    """Return the least and the most time from the first attempt to the last.

    Args:
        policy: How patient the channel is.
        unsure: Of attempts whose outcome nobody knows: the first look is at once.
    """
    waits = [backoff(n, policy) for n in range(1 + unsure, policy.attempts)]
    least = sum(waits, timedelta())
    return least, least * (1 + policy.jitter)


def settlement(
    error: ChannelError,
    *,
    attempts: int,
    policy: Policy,
    now: datetime,
    spread: float,
) -> Settlement:
    """Return what an error makes of an obligation.

    Args:
        error: What the adapter said.
        attempts: Failed attempts before this one.
        policy: How patient the channel is.
        now: The present moment, aware.
        spread: From 0 to 1: this attempt's share of the jitter.
    """
    reason = error.message[:500]
    match error:
        case Done():
            return confirmed(error.receipt.model_dump(mode="json"), now, reason)
        case Reject():
            return _held(reason, "mend the record at its source", now)
        case Editor() | Stop():
            return _held(reason, error.step, now)
        case Wait():
            until, note = _within_reason(error.until, now, policy)
            return _waiting(ObligationState.WAITING, until, attempts, reason + note)
        case Refresh():
            return _waiting(ObligationState.WAITING, now, attempts, reason)
    state = (
        ObligationState.UNSURE if isinstance(error, Unsure) else ObligationState.WAITING
    )
    return _again(error, state, attempts + 1, policy, now, spread)


def _again(
    error: ChannelError,
    state: ObligationState,
    attempts: int,
    policy: Policy,
    now: datetime,
    spread: float,
) -> Settlement:
    reason = error.message[:500]
    if attempts >= policy.attempts:
        least, _ = give_up_after(policy, unsure=state is ObligationState.UNSURE)
        step = "look at the reason, then `govsync retry`"
        tried = f"{attempts} attempts over at least {least}: {reason}"
        held = _held(tried, step, now, attempts)
        return held.changed(unknown=state is ObligationState.UNSURE)
    if state is ObligationState.UNSURE and attempts == 1:
        # Looking costs little: the first look is at once, later ones wait.
        return _waiting(state, now, attempts, reason)
    wait = backoff(attempts, policy, spread)
    wish = error.after if isinstance(error, Retry) else None
    if wish is not None and wish > policy.longest_wish:
        reason += f" (asked to wait {wish}; waiting {policy.longest_wish})"
        wish = policy.longest_wish
    return _waiting(state, now + max(wait, wish or wait), attempts, reason)


def _within_reason(
    until: datetime, now: datetime, policy: Policy
) -> tuple[datetime, str]:
    """Return until when a service is left alone, and a note where that was cut."""
    longest = now + policy.longest_pause
    if until <= longest:
        return until, ""
    return longest, f" (asked to wait until {until}; waiting until {longest})"


def confirmed(
    receipt: dict[str, object], now: datetime, reason: str = ""
) -> Settlement:
    """Return what a receipt makes of an obligation."""
    return Settlement(
        state=ObligationState.LIVE, due_at=now, receipt=receipt, reason=reason
    )


def _held(reason: str, step: str, now: datetime, attempts: int = 0) -> Settlement:
    return Settlement(
        state=ObligationState.HELD,
        due_at=now,
        attempts=attempts,
        reason=reason,
        step=step,
    )


def _waiting(
    state: ObligationState, due_at: datetime, attempts: int, reason: str
) -> Settlement:
    return Settlement(state=state, due_at=due_at, attempts=attempts, reason=reason)


def after_success(breaker: Breaker) -> Breaker:
    """Return the breaker of a channel that has just worked."""
    return Breaker(cursor=breaker.cursor)


def after_failure(
    breaker: Breaker, error: ChannelError, *, policy: Policy, now: datetime
) -> Breaker:
    """Return the breaker after a failure; only some failures speak of the channel.

    A refusal of one record shows that the service is up, and a quota that it keeps
    its word: neither counts.
    """
    if isinstance(error, Stop):
        return breaker.changed(
            state=BreakerState.STOPPED, reason=error.message[:500], step=error.step
        )
    if isinstance(error, Wait):
        # No attempt and no failure, but until then every further call is in vain.
        until, note = _within_reason(error.until, now, policy)
        return breaker.changed(
            state=BreakerState.OPEN, until=until, reason=error.message[:500] + note
        )
    if isinstance(error, Refresh):
        return breaker
    if not isinstance(error, (Retry, Unsure)):
        return after_success(breaker)
    failures = breaker.failures + 1
    probing = breaker.state is BreakerState.OPEN
    if failures < policy.trip_after and not probing:
        return breaker.changed(failures=failures)
    rest = min(policy.cap, policy.rest * 2 ** min(breaker.trips, 40))
    return breaker.changed(
        state=BreakerState.OPEN,
        failures=failures,
        trips=breaker.trips + 1,
        until=now + rest,
        reason=error.message[:500],
    )


def allowance(breaker: Breaker, *, now: datetime, batch: int) -> int:
    """Return how many releases the breaker lets through: none, one probe, or all."""
    if breaker.state is BreakerState.CLOSED:
        return batch
    if breaker.state is BreakerState.OPEN and breaker.until and breaker.until <= now:
        return 1
    return 0


FIRST_GROUP = 50
"""So many obligations are claimed at once, until it is known how long that takes."""
_GROUPS = range(10, 401)
_SHORT_S, _LONG_S = 5, 60


def next_group(size: int, *, took: float) -> int:
    """Return how many to claim next, so that a group takes some seconds.

    Each group is a commit or two; but what a crash leaves of one has to be looked for.

    Args:
        size: How many were claimed at most.
        took: The seconds until the outcome of each was known.
    """
    if took < _SHORT_S:
        return min(2 * size, _GROUPS[-1])
    if took > _LONG_S:
        return max(size // 2, _GROUPS[0])
    return size


def quota(limit: Limit, *, now: datetime) -> Quota:
    """Return a limit's present window, counted from a midnight in Asia/Shanghai."""
    windows = (now - _EPOCH) // limit.per
    start = _EPOCH + windows * limit.per
    return Quota(
        name=limit.name,
        start=start,
        end=start + limit.per,
        count=limit.count,
        reserve=limit.reserve,
    )


_EPOCH = datetime(2024, 1, 1, tzinfo=SHANGHAI)
