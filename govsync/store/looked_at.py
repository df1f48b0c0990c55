"""The columns and the index of looking again and of waiting, for older databases.

A new database is made with them (:mod:`govsync.store.ledger_tables`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STATEMENTS = (
    "ALTER TABLE obligation ADD COLUMN waits_for TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE obligation ADD COLUMN verified_at VARCHAR(27)",
    """CREATE INDEX obligation_waiting ON obligation (channel, waits_for)
    WHERE waits_for <> ''""",
    "CREATE INDEX obligation_verified ON obligation (channel, state, verified_at)",
)


def add_columns(connection: Connection) -> None:
    """Add them to the table ``obligation`` of a database that was made before."""
    for statement in _STATEMENTS:
        connection.execute(text(statement))
