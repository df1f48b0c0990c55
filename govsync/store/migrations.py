"""How a ledger's database of an older version is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.store import ledger_tables as t
from govsync.store import schema, tallying

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from govsync.store.database import Migrations

_INDEXES_OF_2 = {
    "record_screened",
    "record_source",
    "finding_severity",
    "obligation_leased",
    "obligation_waiting",
    "obligation_verified",
}

_COLUMNS_OF_2 = (
    "ALTER TABLE record ADD COLUMN mark BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE obligation ADD COLUMN waits_for TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE obligation ADD COLUMN verified_at VARCHAR(27)",
)


def _to_2(connection: Connection) -> None:
    """Know rows again unread, count obligations as they change, look again in turn."""
    for statement in _COLUMNS_OF_2:
        connection.exec_driver_sql(statement)
    for table in (t.record, t.finding, t.obligation):
        for index in table.indexes:
            if index.name in _INDEXES_OF_2:
                index.create(connection)
    t.tally.create(connection)
    tallying.count(connection)


_NEW_IN_3 = (
    schema.anchor,
    t.override,
    t.screened_file,
    t.sign_off,
    t.publication,
    t.link,
    t.matter,
)


def _to_3(connection: Connection) -> None:
    """Know deadlines, anchors, decisions, files, sign-offs, links and the inbox."""
    connection.exec_driver_sql("ALTER TABLE obligation ADD COLUMN deadline VARCHAR(27)")
    connection.exec_driver_sql(
        "ALTER TABLE feedback ADD COLUMN opened INTEGER NOT NULL DEFAULT 0"
    )
    connection.exec_driver_sql("ALTER TABLE record ADD COLUMN take_down VARCHAR(27)")
    new = [i for i in t.record.indexes if i.name == "record_take_down"]
    for index in (*t.feedback.indexes, *new):
        index.create(connection)
    for table in _NEW_IN_3:
        table.create(connection)


MIGRATIONS: Migrations = {2: _to_2, 3: _to_3}
"""By the version that each leads to."""
