"""What a new version of the catalog would change for the records of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import rules
from govsync.ledger import obligations, records
from govsync.model import Catalogs, Value
from govsync.model.catalog import comparable
from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from govsync.model import Record
    from govsync.rules import Destination, Screening


class Direction(Code):
    """Whether a channel is owed a record now, or has one too many."""

    OWES = "owes", "应增"
    EXCEEDS = "exceeds", "应减"


class Effect(Value):
    """A record and a channel that the new version brings together, or parts."""

    record: str
    title: str
    channel: str
    direction: Direction
    reason: str = ""
    """The rule that parts them, and what it says."""
    holds: bool = False
    """Whether the channel holds the record, for all that the ledger knows."""


def merged(configured: Catalogs, new: Catalogs) -> Catalogs:
    """Return the catalogs as they would be with a new version.

    A version that says when it begins stands beside the earlier ones; one that does not
    takes the place of all that there is of its areas.
    """
    replaced = {comparable(c.area) for c in new.catalogs if c.valid_from is None}
    kept = (c for c in configured.catalogs if comparable(c.area) not in replaced)
    return Catalogs(catalogs=(*kept, *new.catalogs))


def effect(
    connection: Connection,
    configured: Catalogs,
    new: Catalogs,
    destinations: Sequence[Destination],
) -> Iterator[Effect]:
    """Yield what changes between two states of the catalogs, in order of the records.

    Nothing is changed, in the ledger or anywhere else.

    Args:
        connection: To the ledger.
        configured: The catalogs as they are.
        new: The catalogs as they would be, see :func:`merged`.
        destinations: The channels that are asked for.
    """
    for record in records.every_current(connection):
        if record.item is None or record.withdrawn:
            continue
        day = record.day
        if configured.find(record.item, day) == new.find(record.item, day):
            continue
        before = rules.screen(record, catalogs=configured, destinations=destinations)
        after = rules.screen(record, catalogs=new, destinations=destinations)
        yield from _changes(connection, record, before, after)


def _changes(
    connection: Connection, record: Record, before: Screening, after: Screening
) -> Iterator[Effect]:
    held = {
        one.channel
        for one in obligations.of_record(connection, record.id)
        if one.may_hold
    }
    for channel in sorted({*before.channels} ^ {*after.channels}):
        owes = channel in after.channels
        yield Effect(
            record=record.id,
            title=record.title,
            channel=channel,
            direction=Direction.OWES if owes else Direction.EXCEEDS,
            reason="" if owes else _reason(after, channel),
            holds=channel in held,
        )


def _reason(screening: Screening, channel: str) -> str:
    """Return the first finding that keeps a record from a channel."""
    return next(
        f"{finding.rule}: {finding.message}"
        for finding in screening.findings
        if finding.channel in {"", channel} and finding.severity != "warn"
    )
