"""Checks of the database and of the audit log in it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from govsync import audit
from govsync.doctor.case import BAD_CONFIG, UNAVAILABLE, fail, ok, warn
from govsync.doctor.runs import holder
from govsync.errors import StoreError
from govsync.store import ledger_tables, recall, schema, wal_is_safe

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from govsync.doctor.case import Answer, Case

WHOLE_UP_TO = 256 * 1024 * 1024
"""A larger database is checked without its indexes, which takes a fraction."""


def sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Answer:
    """Which SQLite is it, and which journal does it allow."""
    named = ".".join(map(str, version))
    if wal_is_safe(version):
        yield ok("sqlite", f"SQLite {named}, journal WAL")
    else:
        yield ok(
            "sqlite",
            f"SQLite {named}, journal TRUNCATE: its write-ahead log could corrupt a"
            " database with several writers",
        )


def database(case: Case) -> Answer:
    """Is the database whole, of the right version, and in the right journal."""
    if not case.database.exists():
        yield warn("database", "not there yet", "the first run makes it")
        return
    try:
        with case.reading() as connection:
            yield from _integrity(connection, case.database)
            yield from _journal(connection)
            yield from _schema(connection)
    except StoreError as error:
        if _has_journal(case.database):
            told = "a run was cut off while it wrote"
            yield warn(
                "database", told, "the next run takes back what was half-written"
            )
        else:
            yield fail("database", error.message, error.mend, UNAVAILABLE)


def _has_journal(path: Path) -> bool:
    beside = path.with_name(f"{path.name}-journal")
    return beside.exists() and beside.stat().st_size > 0


def _integrity(connection: Connection, path: Path) -> Answer:
    whole = path.stat().st_size <= WHOLE_UP_TO
    pragma = "integrity_check" if whole else "quick_check"
    faults = list(connection.exec_driver_sql(f"PRAGMA {pragma}(10)").scalars())
    strays = len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())
    restore = "stop the runs, and restore it from a backup"
    if faults != ["ok"]:
        detail = f"damaged: {'; '.join(map(str, faults))}"
        yield fail("database", detail, restore, UNAVAILABLE)
    if strays:
        detail = f"{strays} rows belong to records that are not there"
        yield fail("database", detail, restore, UNAVAILABLE)
    if faults == ["ok"] and not strays:
        yield ok("database", f"whole ({pragma}, foreign keys)")


def _journal(connection: Connection) -> Answer:
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    if mode == "wal" and not wal_is_safe(sqlite3.sqlite_version_info):
        told = "it keeps a write-ahead log, which this SQLite could corrupt"
        yield warn(
            "database", told, "the next run changes that; do not let two overlap"
        )


def _schema(connection: Connection) -> Answer:
    found = recall(connection, "schema") or "none"
    known = ledger_tables.VERSION
    if found == str(known):
        yield ok("schema", f"version {known}")
    elif found.isdecimal() and int(found) < known:
        told = f"version {found}, this govsync writes {known}"
        yield warn(
            "schema", told, "back the file up: the next run brings it up to date"
        )
    else:
        told = f"version {found}, this govsync knows {known}"
        yield fail("schema", told, "use the newer govsync that wrote it", UNAVAILABLE)


def audit_log(case: Case) -> Answer:
    """Is there a key to sign the audit log with, and is all of it signed."""
    path = case.config.path(case.config.audit.key_file)
    if not path.exists():
        mend = "restore it from your backup, or make a new one: `govsync init`"
        yield fail("audit log", f"its key {path} is not there", mend, BAD_CONFIG)
    else:
        key = audit.SigningKey.load(path)
        yield ok("audit log", f"signed by {key.verifier.name}")
    if case.database.exists():
        yield from _signed(case)


def _signed(case: Case) -> Answer:
    with case.reading() as connection:
        size = audit.head(connection).size
        signed = connection.execute(select(func.max(schema.checkpoint.c.size))).scalar()
        notes = audit.checkpoints(connection)
    signed = signed or 0
    if size < signed:
        told = f"cut: {signed} entries were signed, {size} are left"
        yield fail("audit log", told, "`govsync audit verify`, and restore a backup")
    elif size > signed and holder(case) is None:
        told = f"{size - signed} of {size} entries are not signed yet"
        yield warn("audit log", told, "the next run signs them")
    kept = case.config.path(case.config.audit.checkpoints)
    text = kept.read_text(encoding="utf-8") if kept.exists() else ""
    lost = sum(note.strip() not in text for note in notes)
    if lost:
        told = f"{lost} of {len(notes)} checkpoints are missing in {kept}"
        yield warn("audit log", told, "restore the file from where its copy is kept")
