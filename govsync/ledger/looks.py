"""When what is live was looked at last: statements, in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from govsync.ledger.obligation import ObligationState
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def longest_unseen(
    connection: Connection, channel: str, *, before: datetime, limit: int
) -> list[dict[str, Any]]:
    """Return receipts of what is live, longest without a look first.

    Args:
        connection: The transaction.
        channel: Whose.
        before: What was looked at since is left out.
        limit: At most so many.
    """
    at = t.obligation.c.verified_at
    query = (
        select(t.obligation.c.receipt)
        .where(
            t.obligation.c.channel == channel,
            t.obligation.c.state == ObligationState.LIVE.value,
            or_(at.is_(None), at < before),
        )
        .order_by(at.nulls_first())
        .limit(limit)
    )
    return [receipt for (receipt,) in connection.execute(query) if receipt]


def looked_at(
    connection: Connection, channel: str, records: Sequence[str], now: datetime
) -> None:
    """Remember that these were read back now."""
    if records:
        connection.execute(
            update(t.obligation).where(
                t.obligation.c.channel == channel,
                t.obligation.c.record == bindparam("looked_at"),
            ),
            [{"looked_at": record, "verified_at": now} for record in records],
        )
