"""An audit log in a database of its own."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from govsync.audit import Entry, SigningKey, append, checkpoint
from govsync.store import schema
from govsync.store.database import Database

AT = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = "govsync/230382"


def entry(number: int) -> Entry:
    return Entry(
        at=AT, actor="cron@test", action="record.accepted", record=f"r/{number}"
    )


class Log:
    """A log on disk, and ways to tamper with it as a thief would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = SigningKey.generate(ORIGIN)
        self.database = Database.open(path)
        self.database.create_or_check(schema.metadata, 1)
        self.notes: list[str] = []

    def grow(self, entries: int, *, signed: bool = True) -> None:
        with self.database.write() as connection:
            size = append(connection, [])
            append(connection, [entry(size + n) for n in range(entries)])
            note = checkpoint(connection, self.key, ORIGIN, AT) if signed else None
        self.notes += [note] if note else []

    def tamper(self, *statements: str) -> None:
        """Run SQL behind the log's back."""
        connection = sqlite3.connect(self.path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
