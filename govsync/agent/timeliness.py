"""Timeliness: which records are due on which channel, late, or due soon.

Reads the ledger and the catalogs, changes nothing; the present moment is passed in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govsync.errors import ConfigError
from govsync.ledger import ObligationState, obligations, records
from govsync.model import Finding, Moment, Value
from govsync.rules import deadline
from govsync.rules.timing import (
    Due,
    WorkCalendar,
    due,
    read_notices,
    shipped_notices,
    standard_calendar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from govsync.agent.config import Config
    from govsync.ledger import Obligation
    from govsync.model import Catalogs, Record

_OPEN = tuple(
    state
    for state in ObligationState
    if state not in {ObligationState.LIVE, ObligationState.WITHDRAWN}
)


class Standing(Value):
    """One thing to know of a record's deadline."""

    finding: Finding
    title: str
    by: Moment | None
    channel: str = ""
    """The channel that still owes it; empty where it is about the record alone."""


class View(Value):
    """What a look at the deadlines needs besides the ledger."""

    now: datetime
    lead: timedelta
    """How long before it is due a record is due soon."""


def calendar_of(config: Config) -> WorkCalendar:
    """Return the configured calendar.

    Raises:
        ConfigError: The file of notices is not there, or not such a file.
    """
    if config.deadlines.holidays is None:
        return standard_calendar()
    return calendar_with(config.path(config.deadlines.holidays))


def calendar_with(path: Path) -> WorkCalendar:
    """Return the shipped calendar with the notices of a file over it.

    Raises:
        ConfigError: The file is not there, or not such a file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the notices cannot be read: {error}",
            where=str(path),
            mend="docs/deadlines.md shows such a file",
        ) from error
    return WorkCalendar([*shipped_notices(), *read_notices(text, where=str(path))])


def standings(
    connection: Connection, config: Config, catalogs: Catalogs, view: View
) -> Iterator[Standing]:
    """Yield what is late, overdue, due soon or provisional, in order of record."""
    calendar = calendar_of(config)
    still_owed = _still_owed(connection)
    for record in records.every_current(connection):
        if record.withdrawn:
            continue
        related = _related(connection, record)
        item = catalogs.find(record.item, record.day) if record.item else None
        known = due(record, item, calendar, related=related)
        yield from _of_record(record, known, view)
        for owed in still_owed.get(record.id, ()):
            serves = config.channels[owed.channel].serves
            there = due(record, item, calendar, channel=serves, related=related)
            yield from _of_channel(record, there, owed, view)


def _of_record(record: Record, known: Due, view: View) -> Iterator[Standing]:
    if record.published is None:
        found = [*deadline.of_moment(known, view.now, view.lead)]
    else:
        late = known.is_late(record.published)
        found = [deadline.late(known, record.published)] if late else []
    if known.by is None or known.by >= view.now:
        found += deadline.provisional(known)
    for finding in found:
        yield Standing(finding=finding, title=record.title, by=known.by)


def _of_channel(
    record: Record, known: Due, owed: Obligation, view: View
) -> Iterator[Standing]:
    for finding in deadline.of_moment(known, view.now, view.lead):
        yield Standing(
            finding=finding.changed(channel=owed.channel),
            title=record.title,
            by=known.by,
            channel=owed.channel,
        )


def _still_owed(connection: Connection) -> Mapping[str, list[Obligation]]:
    """Return by record the channels that never held it and are to."""
    found: dict[str, list[Obligation]] = {}
    for one in obligations.in_states(connection, _OPEN):
        if one.held_revision is None and one.want.op == "publish":
            found.setdefault(one.record, []).append(one)
    return found


def _related(connection: Connection, record: Record) -> Record | None:
    if record.relation is None:
        return None
    return records.current(connection, record.relation.target)
