"""The inbox's statements: one function each, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, insert, literal_column, select, update

from govsync.inbox.matter import UNDERWAY, Category, Delivery, Matter, State
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select
    from sqlalchemy.engine import RowMapping

_OURS = tuple(c for c in t.matter.c if c.name != "id")
_MATTER = select(*_OURS, t.feedback.c.json.label("said")).join_from(
    t.matter,
    t.feedback,
    (t.feedback.c.channel == t.matter.c.channel) & (t.feedback.c.id == t.matter.c.id),
)


def unopened(
    connection: Connection, limit: int
) -> list[tuple[str, dict[str, Any], datetime]]:
    """Return feedback that is no matter yet: channel, entry, when it was received."""
    query = (
        select(t.feedback.c.channel, t.feedback.c.json, t.feedback.c.at)
        # Written out, for a bound value would not match the partial index.
        .where(t.feedback.c.opened == literal_column("0"))
        .order_by(t.feedback.c.at)
        .limit(limit)
    )
    return [tuple(row) for row in connection.execute(query)]


def create(connection: Connection, values: Mapping[str, Any]) -> None:
    """Open a matter of a piece of feedback."""
    connection.execute(insert(t.matter).values(dict(values)))
    connection.execute(
        update(t.feedback)
        .where(
            t.feedback.c.channel == values["channel"], t.feedback.c.id == values["id"]
        )
        .values(opened=1)
    )


def known(connection: Connection, code: str) -> bool:
    """Whether a matter has this code."""
    query = select(t.matter.c.code).where(t.matter.c.code == code)
    return connection.execute(query).first() is not None


def get(connection: Connection, code: str) -> Matter | None:
    """Return a matter, or None."""
    query = _MATTER.where(t.matter.c.code == code)
    row = connection.execute(query).mappings().first()
    return None if row is None else _matter(row)


def listed(connection: Connection, states: Sequence[State]) -> list[Matter]:
    """Return the matters in some states, oldest first."""
    return _all(connection, _MATTER.where(t.matter.c.state.in_(states)))


def told_of(connection: Connection, channel: str, since: datetime) -> list[Matter]:
    """Return the matters of a channel that are open or ended since a moment."""
    mine = _MATTER.where(t.matter.c.channel == channel)
    still = _all(connection, mine.where(t.matter.c.ended_at.is_(None)))
    return still + _all(connection, mine.where(t.matter.c.ended_at >= since))


def deliverable(
    connection: Connection, channel: str, now: datetime, limit: int
) -> list[Matter]:
    """Return the matters of a channel whose answer is to be delivered by now."""
    query = _MATTER.where(
        t.matter.c.state == State.ANSWERED,
        t.matter.c.channel == channel,
        t.matter.c.delivery.in_(UNDERWAY),
        t.matter.c.try_at <= now,
    )
    return _all(connection, query.limit(limit))


def homeless(connection: Connection, channels: Sequence[str]) -> list[Matter]:
    """Return what is to be delivered to none of these channels."""
    query = _MATTER.where(
        t.matter.c.state == State.ANSWERED,
        t.matter.c.delivery.in_(UNDERWAY),
        t.matter.c.channel.not_in(channels),
    )
    return _all(connection, query)


def counts(connection: Connection) -> dict[str, int]:
    """Return how many approved answers stand at each part of their way."""
    query = (
        select(t.matter.c.delivery, func.count().label("number"))
        .where(t.matter.c.state == State.ANSWERED)
        .group_by(t.matter.c.delivery)
    )
    return {row.delivery: row.number for row in connection.execute(query)}


class End(NamedTuple):
    """What became of a matter, in few words, for there may be many."""

    channel: str
    id: str
    category: Category
    state: State
    ended_at: datetime | None


def ends(connection: Connection) -> Iterator[End]:
    """Yield what became of each matter."""
    columns = (t.matter.c[name] for name in End._fields)
    for channel, name, category, state, ended_at in connection.execute(
        select(*columns)
    ):
        yield End(channel, name, Category(category), State(state), ended_at)


def change(connection: Connection, code: str, **values: Any) -> None:
    """Change some columns of a matter."""
    connection.execute(update(t.matter).where(t.matter.c.code == code).values(values))


def abandon(connection: Connection) -> int:
    """Turn what a dead run was delivering into ``unsure``; return how many."""
    done = connection.execute(
        update(t.matter)
        .where(
            t.matter.c.state == State.ANSWERED,
            t.matter.c.delivery == Delivery.SENDING,
        )
        .values(delivery=Delivery.UNSURE, attempts=t.matter.c.attempts + 1)
    )
    return done.rowcount


def _all(connection: Connection, query: Select[Any]) -> list[Matter]:
    ordered = query.order_by(t.matter.c.begins, t.matter.c.code)
    return [_matter(row) for row in connection.execute(ordered).mappings()]


def _matter(row: RowMapping) -> Matter:
    return Matter.model_validate(dict(row))
