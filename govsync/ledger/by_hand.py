"""What a person decides by hand, and the log tells: a sign-off (签发), a first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import audit
from govsync.errors import UsageError
from govsync.ledger import past, records
from govsync.model import Record, Review, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.ledger.ledger import Ledger


def sign_off(
    ledger: Ledger,
    record_id: str,
    *,
    revision: int,
    final: str,
    first: str = "",
    second: str = "",
) -> Record:
    """Record that what a revision says was reviewed and signed off.

    It counts for this content, in whatever later revision it stands, and for no other.

    Args:
        ledger: Where it is kept.
        record_id: Of the record.
        revision: The one that was read: nobody signs what came in meanwhile.
        final: Who signed it off (签发).
        first: Who gave 初审.
        second: Who gave 复审.

    Raises:
        UsageError: No such record, another revision is the newest, or nobody is named.
    """
    if not final.strip():
        raise UsageError("a sign-off needs a name", mend="--final NAME")
    with ledger.database.write() as connection:
        record = records.named(connection, record_id)
        if record.revision != revision:
            raise UsageError(
                f"revision {record.revision} of {record_id} is the newest",
                mend=f"read it: `govsync show {record_id}`",
            )
        review = Review(
            verdict=Verdict.APPROVED,
            first=first,
            second=second,
            final=final,
            signed=ledger.clock(),
        )
        past.keep(connection, record, review, by_hand=ledger.actor)
        _told(ledger, connection, record, "review.signed", review)
    return record


def lift(ledger: Ledger, record_id: str) -> Record:
    """Take a sign-off by hand of the newest content back.

    Raises:
        UsageError: No such record, or nobody signed it off by hand.
    """
    with ledger.database.write() as connection:
        record = records.named(connection, record_id)
        if not past.drop(connection, record, by_hand=True):
            raise UsageError(f"what {record_id} says was not signed off by hand")
        _told(ledger, connection, record, "review.lifted", None)
    return record


def set_first_day(
    ledger: Ledger, record_id: str, day: datetime, *, reason: str
) -> Record:
    """Correct the first day of publication that was noted of a record.

    Args:
        ledger: Where it is kept.
        record_id: Of the record.
        day: The true one, aware.
        reason: How the wrong one came about.

    Raises:
        UsageError: No such record, no reason, or nothing was noted of it.
    """
    if not reason.strip():
        raise UsageError("a correction needs a reason", mend="--reason TEXT")
    with ledger.database.write() as connection:
        record = records.named(connection, record_id)
        noted = past.pasts(connection, [record_id]).get(record_id)
        if noted is None or noted.published is None:
            raise UsageError(f"no first day of publication is noted of {record_id}")
        past.note_publication(connection, record_id, day)
        records.mark_screened(connection, record.id, "")
        entry = ledger.tells.record("record.first-day", record, reason=reason.strip())
        days = {"from": f"{noted.published:%Y-%m-%d}", "to": f"{day:%Y-%m-%d}"}
        audit.append(connection, [entry.changed(detail=days)])
    return record


def _told(
    ledger: Ledger,
    connection: Connection,
    record: Record,
    action: str,
    review: Review | None,
) -> None:
    """Have it screened again, and tell of it."""
    records.mark_screened(connection, record.id, "")
    entry = ledger.tells.record(action, record)
    steps = {} if review is None else review.model_dump(include=_STEPS)
    named = {step: name for step, name in steps.items() if name}
    detail = {"content": record.content_digest, **named}
    audit.append(connection, [entry.changed(detail=detail)])


_STEPS = {"first", "second", "final"}
