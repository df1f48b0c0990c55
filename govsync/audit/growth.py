"""Prove that the log only grew, reading no more of it than was added.

All that a consistency proof needs of the older tree is its frontier: a proof from a
frontier that is kept costs one pass over the entries since, in constant memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from govsync.audit.merkle import Frontier, growth_proof
from govsync.errors import AuditError
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_CHUNK = 5000
"""Rows in memory at a time."""


def leaves(connection: Connection, start: int, stop: int) -> Iterator[bytes]:
    """Yield the leaves from one sequence number to before another."""
    columns = t.audit.c
    query = (
        select(columns.leaf)
        .where(columns.seq >= start, columns.seq < stop)
        .order_by(columns.seq)
        .execution_options(yield_per=_CHUNK)
    )
    yield from connection.execute(query).scalars()


def frontier_at(
    connection: Connection, size: int, since: Frontier | None = None
) -> Frontier:
    """Return the frontier of the log's first entries.

    Args:
        connection: A reading transaction.
        size: How many entries.
        since: One known already, of no more entries.

    Raises:
        AuditError: The log has fewer entries.
    """
    known = since or Frontier()
    return _whole(known.extend(leaves(connection, known.size, size)), size)


def proof_since(
    connection: Connection, old: Frontier, size: int
) -> tuple[tuple[bytes, ...], Frontier]:
    """Return the consistency proof from a frontier to a size, and the frontier there.

    Raises:
        AuditError: The log has fewer entries.
    """
    proof, new = growth_proof(old, leaves(connection, old.size, size), size)
    return proof, _whole(new, size)


def _whole(frontier: Frontier, size: int) -> Frontier:
    if frontier.size < size:
        raise AuditError(
            f"cut: {size} entries were signed, {frontier.size} are left",
            where=f"entry {frontier.size}",
            mend="verify the log and restore it from a backup",
        )
    return frontier
