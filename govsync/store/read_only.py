"""A database that is looked at and left exactly as it is, to the last byte."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, event

from govsync.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_IN_WAL = b"\x02\x02"
"""What the bytes 18 and 19 of a database are that keeps a write-ahead log (sqlite.org,
"Database File Format", 1.3.3)."""


def open_read_only(path: Path, *, busy_timeout_s: float = 10.0) -> Database:
    """Open an SQLite file for reading alone; makes no file, not even beside it.

    Args:
        path: Of a file that is there.
        busy_timeout_s: How long reading waits for another's writing.

    Raises:
        OSError: The file cannot be read.
    """
    mode = "immutable=1" if _lies_still(path) else "mode=ro"

    def connect() -> sqlite3.Connection:
        address = f"{path.absolute().as_uri()}?{mode}"
        return sqlite3.connect(
            address, uri=True, timeout=busy_timeout_s, check_same_thread=False
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "connect", _only_read)
    return Database(engine, str(path))


def _lies_still(path: Path) -> bool:
    """Whether to read without a log: one would be made, though nobody writes."""
    with path.open("rb") as file:
        head = file.read(20)
    beside = path.with_name(f"{path.name}-wal")
    return head[18:20] == _IN_WAL and not beside.exists()


def _only_read(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")
