"""Let the texts of old entries go; their leaves stay, and with them every proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, update

from govsync.audit.log import newest
from govsync.audit.note import checkpoint_of
from govsync.errors import UsageError
from govsync.store import schema as t

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

KEPT_MONTHS = 6
"""网络安全法 (2016) art. 21 (3) as usually quoted: logs are kept for six months."""
_OWN = b'{"action":"audit.'
"""The log's entries about itself: verification needs their texts."""


def earliest(now: datetime) -> datetime:
    """Return the moment since when texts are kept in any case."""
    months = now.year * 12 + now.month - 1 - KEPT_MONTHS
    day = now.day
    while True:  # six months before 31 August there is no 31st
        try:
            return now.replace(year=months // 12, month=months % 12 + 1, day=day)
        except ValueError:
            day -= 1


def check_date(before: datetime, now: datetime) -> None:
    """Refuse a date that the law is usually read to forbid.

    Raises:
        UsageError: Texts of the last six months would go.
    """
    if before > earliest(now):
        raise UsageError(
            f"entries since {earliest(now):%Y-%m-%d} are to be kept: six months is the"
            " figure usually quoted for logs under the Cybersecurity Law (网络安全法,"
            " 2016) art. 21",
            mend="choose an earlier date, or say --even-so",
        )


def expire(connection: Connection, before: datetime) -> int:
    """Drop the texts of entries from before a moment; return how many.

    What no checkpoint covers keeps its text, and so do the entries about the log
    itself, such as those that name a new key.

    Args:
        connection: A writing transaction, in which the caller tells of it.
        before: Entries of this moment and later keep theirs.
    """
    # Else the old text would lie in the file's free pages.
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    columns = t.audit.c
    note = newest(connection)
    beginning = func.substr(columns.body, 1, len(_OWN))
    found = connection.execute(
        update(t.audit)
        .where(
            columns.at < before, columns.seq < (checkpoint_of(note).size if note else 0)
        )
        .where(columns.body.is_not(None), beginning != literal(_OWN))
        .values(body=None)
    )
    return found.rowcount
