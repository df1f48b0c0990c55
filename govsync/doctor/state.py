"""Checks of what the ledger holds: what waits too long, channels at rest, quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent import schedule
from govsync.channels import registry
from govsync.doctor.case import fail, ok, span_of, warn
from govsync.errors import ConfigError
from govsync.ledger import BreakerState, ObligationState, channels, obligations
from govsync.ledger.quotas import left_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from govsync.channels.contract import Limit
    from govsync.doctor.case import Answer, Case
    from govsync.ledger import Obligation

ASKED_AT_MOST = 500
"""So many unsure obligations are looked up in the audit log."""


def waiting(case: Case) -> Answer:
    """Is anything held, or its outcome unknown, for too long."""
    if not case.database.exists():
        return
    with case.reading() as connection:
        for state in (ObligationState.HELD, ObligationState.UNSURE):
            found = obligations.in_states(connection, [state])
            since = [(_since(connection, one), one) for one in found[:ASKED_AT_MOST]]
            yield from _judged(
                state, since, case.clock(), case.config.doctor.settled_within
            )


def _since(connection: Connection, one: Obligation) -> datetime:
    """Return since when an obligation is in its state.

    What is held is due since then; what is unsure is looked after again and again.
    """
    if one.state is ObligationState.HELD:
        return one.due_at
    began = one.due_at
    for _, entry in audit.entries(connection, record=one.record, channel=one.channel):
        if entry.action in {"delivery.sending", "delivery.live", "delivery.withdrawn"}:
            began = entry.at
    return began


def _judged(
    state: ObligationState,
    since: Sequence[tuple[datetime, Obligation]],
    now: datetime,
    within: timedelta,
) -> Answer:
    old = sorted(
        ((at, one) for at, one in since if now - at > within),
        key=lambda found: found[0],
    )
    name = f"obligations {state.value}"
    if not old:
        yield ok(name, f"{len(since)}, none for longer than {span_of(within)}")
        return
    at, oldest = old[0]
    told = (
        f"{len(old)} for longer than {span_of(within)}; {oldest.record} on"
        f" {oldest.channel} for {span_of(now - at)}: {oldest.reason}"
    )
    yield warn(name, told, oldest.step or "`govsync status` lists them")


def breakers(case: Case) -> Answer:
    """Does any channel rest, or wait for a person."""
    if not case.database.exists():
        return
    with case.reading() as connection:
        found = {
            name: channels.breaker(connection, name)
            for name in sorted(case.config.channels)
        }
    for name, breaker in found.items():
        if breaker.state is BreakerState.STOPPED:
            mend = breaker.step or f"`govsync resume {name}`"
            yield fail("breakers", f"{name} is stopped: {breaker.reason}", mend)
        elif breaker.state is BreakerState.OPEN:
            until = f"{breaker.until:%Y-%m-%d %H:%M} UTC" if breaker.until else "later"
            told = f"{name} rests until {until}: {breaker.reason}"
            yield warn(
                "breakers", told, f"nothing, or `govsync retry --channel {name}`"
            )
    if all(breaker.state is BreakerState.CLOSED for breaker in found.values()):
        yield ok("breakers", f"{len(found)} channels, none rests")


def quotas(case: Case) -> Answer:
    """How much do the limits of the services still allow."""
    if not case.database.exists():
        return
    with case.reading() as connection:
        for name, channel in sorted(case.config.channels.items()):
            for limit in _limits(channel.adapter):
                yield from _left(connection, name, limit, case.clock())


def _limits(adapter: str) -> Sequence[Limit]:
    try:
        return registry.load(adapter).facts.limits
    except ConfigError:
        return ()  # the channel's own check says it


def _left(connection: Connection, channel: str, limit: Limit, now: datetime) -> Answer:
    window = schedule.quota(limit, now=now)
    left = left_of(connection, channel, window)
    told = f"{channel}: {left} of {limit.count} ({limit.name}) left"
    if left * 10 < limit.count:
        wait = span_of(window.end - now)
        yield warn("quotas", told, f"the rest goes by itself in {wait}")
    else:
        yield ok("quotas", told)
