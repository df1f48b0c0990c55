"""What the ledger remembers of a channel: its breaker, trails and inbox.

Statements only: each runs in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from govsync.model import Value
from govsync.model.codes import Code
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


class BreakerState(Code):
    """Whether a channel is used."""

    CLOSED = "closed", "正常"
    OPEN = "open", "暂停"
    STOPPED = "stopped", "待人工"


class Breaker(Value):
    """A channel's circuit breaker, and the cursor of its inbox."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    """Failures in a row, of any record."""
    trips: int = 0
    """How often it opened since it last worked."""
    until: datetime | None = None
    """When an open breaker lets one probe through."""
    reason: str = ""
    step: str = ""
    """What a person must do, where it is stopped."""
    cursor: str = ""


def breaker(connection: Connection, channel: str) -> Breaker:
    """Return a channel's breaker; one never used is closed."""
    row = (
        connection.execute(
            select(*(t.channel.c[name] for name in Breaker.model_fields)).where(
                t.channel.c.name == channel
            )
        )
        .mappings()
        .first()
    )
    return Breaker() if row is None else Breaker.model_validate(dict(row))


def set_breaker(connection: Connection, channel: str, value: Breaker) -> None:
    """Store a channel's breaker."""
    values = {
        name: getattr(value, name) for name in Breaker.model_fields if name != "state"
    } | {"state": value.state.value}
    changed = connection.execute(
        update(t.channel).where(t.channel.c.name == channel).values(values)
    )
    if not changed.rowcount:
        connection.execute(insert(t.channel).values(name=channel, **values))


def probe(connection: Connection, channel: str | None, now: datetime) -> None:
    """Let a resting channel, or all of them, have their probe now."""
    query = update(t.channel).where(t.channel.c.state == BreakerState.OPEN.value)
    if channel is not None:
        query = query.where(t.channel.c.name == channel)
    connection.execute(query.values(until=now))


def note(
    connection: Connection, of: tuple[str, str, str, int], name: str, value: str
) -> None:
    """Store one name of a trail; ``of`` is channel, record, op and revision."""
    channel, record, op, revision = of
    connection.execute(delete(t.trail).where(_trail(of), t.trail.c.name == name))
    connection.execute(
        insert(t.trail).values(
            channel=channel,
            record=record,
            op=op,
            revision=revision,
            name=name,
            value=value,
        )
    )


def notes(connection: Connection, of: tuple[str, str, str, int]) -> dict[str, str]:
    """Return a trail."""
    rows = connection.execute(select(t.trail.c.name, t.trail.c.value).where(_trail(of)))
    return {row.name: row.value for row in rows}


def _trail(of: tuple[str, str, str, int]) -> Any:
    channel, record, op, revision = of
    return (
        (t.trail.c.channel == channel)
        & (t.trail.c.record == record)
        & (t.trail.c.op == op)
        & (t.trail.c.revision == revision)
    )


def keep_feedback(
    connection: Connection,
    channel: str,
    entries: Iterable[dict[str, Any]],
    now: datetime,
) -> list[str]:
    """Store feedback that is not there yet; return the ids of what was new."""
    new = []
    for entry in entries:
        known = connection.execute(
            select(t.feedback.c.id).where(
                t.feedback.c.channel == channel, t.feedback.c.id == entry["id"]
            )
        ).first()
        if known is None:
            new.append(entry["id"])
            connection.execute(
                insert(t.feedback).values(
                    channel=channel,
                    id=entry["id"],
                    record=entry.get("record", ""),
                    json=entry,
                    at=now,
                )
            )
    return new


def feedback(
    connection: Connection, *, until: datetime | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """Return feedback, as (channel, entry), oldest first.

    Args:
        connection: A reading transaction.
        until: Only what was stored before this moment; None: all.
    """
    query = select(t.feedback.c.channel, t.feedback.c.json).order_by(
        t.feedback.c.at, t.feedback.c.channel, t.feedback.c.id
    )
    if until is not None:
        query = query.where(t.feedback.c.at < until)
    rows = connection.execute(query)
    return [(channel, entry) for channel, entry in rows]
