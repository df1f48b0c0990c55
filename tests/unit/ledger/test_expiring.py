"""A superseded revision goes in time; what anybody needs stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from govsync.ledger.expiring import expire_revisions
from govsync.store import ledger_tables as t
from govsync.store import schema
from govsync.store.database import Database

AT = datetime(2026, 3, 2, tzinfo=UTC)
NEWEST = 6


def ledger(path: Path) -> Database:
    """A record of six revisions: one wanted, one held, one sent, one the newest."""
    database = Database.open(path)
    database.create_or_check(schema.metadata, t.VERSION)
    with database.write() as connection:
        record = {"id": "r/1", "revision": NEWEST, "digest": "d", "source": "s"}
        more = {"source_digest": "d", "title": "题", "accepted_at": AT}
        connection.execute(insert(t.record).values(**record, **more))
        rows = [
            {"record": "r/1", "revision": n, "digest": "d", "json": {}, "at": AT}
            for n in range(1, NEWEST + 1)
        ]
        connection.execute(insert(t.revision), rows)
        common = {"record": "r/1", "op": "publish", "digest": "d", "state": "live"}
        owed = [
            {"channel": "a", "revision": 2, "held_revision": None},
            {"channel": "b", "revision": NEWEST, "held_revision": 3},
            {"channel": "c", "revision": NEWEST, "sent_revision": 4},
        ]
        for one in owed:
            connection.execute(
                insert(t.obligation).values(**common, **one, due_at=AT, priority=0)
            )
    return database


def left(database: Database, before: datetime) -> list[int]:
    with database.write() as connection:
        expire_revisions(connection, before)
        return list(connection.execute(select(t.revision.c.revision)).scalars())


def test_only_what_nobody_needs_expires(tmp_path: Path) -> None:
    database = ledger(tmp_path / "ledger.db")

    assert left(database, AT) == [1, 2, 3, 4, 5, 6]
    assert left(database, AT + timedelta(days=1)) == [2, 3, 4, 6]
    database.dispose()
