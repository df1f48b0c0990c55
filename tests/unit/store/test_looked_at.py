"""A database that was made before is brought to the tables of a new one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from govsync.store import ledger_tables, schema
from govsync.store.database import Database
from govsync.store.looked_at import add_columns

COLUMNS = ("waits_for", "verified_at")
INDEXES = ("obligation_waiting", "obligation_verified")


def shape(database: Database) -> tuple[object, object]:
    inspector = inspect(database.engine)
    columns = inspector.get_columns("obligation")
    types = {c["name"]: (str(c["type"]), c["nullable"]) for c in columns}
    indexes = inspector.get_indexes("obligation")
    return types, {i["name"]: i["column_names"] for i in indexes}


def test_an_older_database_gets_what_a_new_one_has(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "ledger.db")
    database.create_or_check(schema.metadata, ledger_tables.VERSION)
    new = shape(database)
    with database.write() as connection:
        for index in INDEXES:
            connection.execute(text(f"DROP INDEX {index}"))
        for column in COLUMNS:
            connection.execute(text(f"ALTER TABLE obligation DROP COLUMN {column}"))
    assert shape(database) != new
    with database.write() as connection:
        add_columns(connection)

    assert shape(database) == new
    database.dispose()
