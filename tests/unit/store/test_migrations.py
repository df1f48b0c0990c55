"""An earlier ledger is brought to the tables of a new one, and keeps all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from govsync.store import ledger_tables, schema
from govsync.store.database import Database
from govsync.store.migrations import MIGRATIONS

SCHEMAS = Path(__file__).parents[2] / "support" / "schemas"
RECORD = """INSERT INTO record (id, revision, digest, source, source_digest, title,
    accepted_at)
    VALUES ('{0}', 1, 'd', 's.csv', 'd', 't', '2024-01-01T00:00:00.000000Z')
"""
OBLIGATION = """INSERT INTO obligation (channel, record, op, revision, digest, state,
    due_at, priority) VALUES ('{1}', '{0}', 'publish', 1, 'd', '{2}',
    '2024-01-01T00:00:00.000000Z', 0)
"""
FINDING = """INSERT INTO finding (record, position, severity, channel, json)
    VALUES ('{0}', 0, '{1}', '', 'null')
"""
ROWS = (("a", "site", "live"), ("b", "site", "live"), ("b", "province", "owed"))


@pytest.fixture(params=range(1, ledger_tables.VERSION))
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A database of each earlier version."""
    path = tmp_path / "old.db"
    schema_then = (SCHEMAS / f"ledger_{request.param}.sql").read_text("utf-8")
    with sqlite3.connect(path) as connection:
        connection.executescript(schema_then)
        for record in ("a", "b"):
            connection.execute(RECORD.format(record))
        connection.execute(FINDING.format("a", "warn"))
        for row in ROWS:
            connection.execute(OBLIGATION.format(*row))
    connection.close()
    return path


def opened(path: Path) -> Database:
    database = Database.open(path)
    database.create_or_check(schema.metadata, ledger_tables.VERSION, MIGRATIONS)
    return database


def shape(database: Database) -> object:
    """Return all tables with columns and indexes, and the triggers."""
    inspector = inspect(database.engine)
    tables = {
        table: (
            {c["name"]: _column(c) for c in inspector.get_columns(table)},
            {i["name"]: i["column_names"] for i in inspector.get_indexes(table)},
            inspector.get_pk_constraint(table)["constrained_columns"],
        )
        for table in inspector.get_table_names()
    }
    with database.read() as connection:
        programs = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '% WHERE %'")
        )
        return tables, dict(programs.all())


def _column(column: object) -> tuple[str, bool]:
    return str(column["type"]), column["nullable"]  # type: ignore[index]


def tally(database: Database) -> dict[tuple[str, ...], int]:
    with database.read() as connection:
        rows = connection.execute(ledger_tables.tally.select())
        return {tuple(row[:3]): row.number for row in rows if row.number}


def test_an_older_database_gets_what_a_new_one_has(old: Path, tmp_path: Path) -> None:
    migrated, new = opened(old), opened(tmp_path / "new.db")

    assert shape(migrated) == shape(new)

    migrated.dispose()
    new.dispose()


def test_an_older_database_keeps_its_rows_and_counts_them(old: Path) -> None:
    database = opened(old)

    with database.read() as connection:
        rows = connection.execute(ledger_tables.obligation.select()).all()
    assert {(row.record, row.channel, row.state) for row in rows} == set(ROWS)
    assert tally(database) == {
        ("record", "", ""): 2,
        ("finding", "", "warn"): 1,
        ("obligation", "site", "live"): 2,
        ("obligation", "province", "owed"): 1,
    }

    database.dispose()


def test_the_tally_follows_every_statement(old: Path) -> None:
    database = opened(old)
    with database.write() as connection:
        connection.execute(text(OBLIGATION.format("a", "province", "owed")))
        connection.execute(text("UPDATE obligation SET state = 'live'"))
        connection.execute(text("UPDATE obligation SET attempts = 3"))
        connection.execute(text("DELETE FROM obligation WHERE record = 'b'"))
        connection.execute(text(FINDING.format("b", "block")))
        connection.execute(text("DELETE FROM finding WHERE record = 'a'"))
        connection.execute(text(RECORD.format("c")))

    assert tally(database) == {
        ("record", "", ""): 3,
        ("finding", "", "block"): 1,
        ("obligation", "site", "live"): 1,
        ("obligation", "province", "live"): 1,
    }

    database.dispose()
