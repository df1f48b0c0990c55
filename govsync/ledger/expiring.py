"""Let revisions go that nobody needs: neither the newest, nor on any channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, or_, select

from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def expire_revisions(connection: Connection, before: datetime) -> int:
    """Drop superseded revisions from before a moment; return how many.

    A revision stays while it is its record's newest, or while a channel wants it,
    holds it, or may have been sent it.

    Args:
        connection: A writing transaction.
        before: Revisions of this moment and later stay.
    """
    revision, owed = t.revision.c, t.obligation.c
    newest = exists().where(
        and_(t.record.c.id == revision.record, t.record.c.revision == revision.revision)
    )
    needed = exists(
        select(owed.record).where(
            owed.record == revision.record,
            or_(
                owed.revision == revision.revision,
                owed.held_revision == revision.revision,
                owed.sent_revision == revision.revision,
            ),
        )
    )
    found = connection.execute(
        delete(t.revision).where(revision.at < before, ~newest, ~needed)
    )
    return found.rowcount
