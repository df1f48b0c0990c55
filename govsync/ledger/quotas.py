"""How often a service lets itself be called, and how often it was.

A call is counted before it is made, and again where it is repeated: whether the service
counted one that was lost, nobody can say. Statements only: each runs in the caller's
transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from govsync.ledger import obligations
from govsync.ledger.obligation import ObligationState
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from govsync.ledger.obligation import Obligation
    from govsync.ledger.values import Quota


def spend(connection: Connection, one: Obligation, quotas: Sequence[Quota]) -> str:
    """Count a call against every quota that covers it, where all have room.

    Where one has none, the lease ends and the obligation waits for the next window,
    which is no attempt.

    Args:
        connection: A writing transaction.
        one: Leased, and about to be sent.
        quotas: The service's, in their present windows.

    Returns:
        Why it may not be sent; empty where it may.
    """
    covering = [quota for quota in quotas if quota.covers(one.want.op)]
    full = [quota for quota in covering if not _has_room(connection, one, quota)]
    if full:
        return _wait(connection, one, max(full, key=lambda quota: quota.end))
    for quota in covering:
        _use(connection, one.channel, quota)
    return ""


def used(connection: Connection, channel: str, quota: Quota) -> int:
    """Return how much of a quota is used in its window."""
    query = select(t.quota.c.used).where(_window(channel, quota))
    return connection.execute(query).scalar() or 0


def allowed(one: Obligation, quota: Quota) -> int:
    """Return how much of a quota an obligation may use up. Pure.

    What takes down or mends something live may use the reserve too.
    """
    mends = one.want.op == "withdraw" or one.held_op == "publish"
    return quota.count if mends else quota.count - quota.reserve


def _has_room(connection: Connection, one: Obligation, quota: Quota) -> bool:
    return used(connection, one.channel, quota) < allowed(one, quota)


def _use(connection: Connection, channel: str, quota: Quota) -> None:
    changed = connection.execute(
        update(t.quota).where(_window(channel, quota)).values(used=t.quota.c.used + 1)
    )
    if not changed.rowcount:
        connection.execute(
            insert(t.quota).values(
                channel=channel, name=quota.name, window_start=quota.start, used=1
            )
        )


def _wait(connection: Connection, one: Obligation, quota: Quota) -> str:
    whole = allowed(one, quota) == quota.count
    kept = "" if whole else f", less {quota.reserve} for withdrawals and corrections,"
    reason = f"the quota of {quota.count}{kept} ({quota.name}) is used up"
    obligations.finish(
        connection,
        one,
        state=ObligationState.WAITING,
        due_at=quota.end,
        reason=reason,
        sent_op=None,
        sent_revision=None,
    )
    return reason


def _window(channel: str, quota: Quota) -> Any:
    return (
        (t.quota.c.channel == channel)
        & (t.quota.c.name == quota.name)
        & (t.quota.c.window_start == quota.start)
    )


def left_of(connection: Connection, channel: str, quota: Quota) -> int:
    """Return how much of a quota is left in its window, the reserve included."""
    return max(0, quota.count - used(connection, channel, quota))
