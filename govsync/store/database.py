"""One database: connection, transactions, schema version. No domain logic.

SQLite by its own rules: ``BEGIN IMMEDIATE`` for every writing transaction, because a
deferred one that reads before it writes fails where it should wait;
``synchronous=FULL``, because a lost commit is a second sending; and the journal by
:func:`wal_is_safe`.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    Column,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from govsync.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, Engine

_META = MetaData()
_meta = Table(
    "meta",
    _META,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use a write-ahead log with several writers.

    Versions 3.7.0 to 3.51.2 can corrupt a database when two connections write and
    checkpoint at the same instant (sqlite.org/wal.html, "the WAL-reset bug"); fixed in
    3.51.3 and, on their branches, in 3.50.7 and 3.44.6.
    """
    fixed_on_branch = {(3, 44): 6, (3, 50): 7}
    major, minor, patch = (*version, 0, 0)[:3]
    if (major, minor) in fixed_on_branch:
        return patch >= fixed_on_branch[major, minor]
    return (major, minor, patch) >= (3, 51, 3)


class Database:
    """An open database; made by :meth:`open`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @classmethod
    def open(cls, path: str | Path, *, busy_timeout_s: float = 10.0) -> Self:
        """Open an SQLite file, made where it is not there.

        Args:
            path: The file.
            busy_timeout_s: How long a transaction waits for another's end.

        Raises:
            StoreError: It cannot be opened, or is not a database.
        """
        path = Path(path)
        with _store_errors(str(path)):
            _make_private(path)
            engine = create_engine(
                f"sqlite:///{path}", connect_args={"timeout": busy_timeout_s}
            )
            event.listen(engine, "connect", _prepare)
            opened = cls(engine, str(path))
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        return opened

    @property
    def journal_mode(self) -> str:
        """How this database keeps its journal: ``wal`` or ``truncate``."""
        with self.read() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            return str(mode)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a writing transaction: committed at the end, rolled back on an error.

        Raises:
            StoreError: The database is locked, full, read-only or damaged.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a reading transaction: all of it sees one state.

        Raises:
            StoreError: As :meth:`write`.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with _store_errors(self.name), self.engine.connect() as connection:
            connection.exec_driver_sql(begin)
            yield connection
            connection.commit()

    def create_or_check(
        self,
        metadata: MetaData,
        version: int,
        migrations: Mapping[int, Callable[[Connection], None]] | None = None,
    ) -> None:
        """Make the tables of an empty database, or bring an older one up to date.

        Args:
            metadata: The tables.
            version: The schema that this code reads and writes.
            migrations: By the version they lead to.

        Raises:
            StoreError: The database is of a newer version, or no migration leads here.
        """
        with self.write() as connection:
            _META.create_all(connection)
            found = _schema(connection)
            if found is None:
                metadata.create_all(connection)
                row = {"key": "schema", "value": str(version)}
                connection.execute(insert(_meta).values(row))
                return
            if found > version:
                raise StoreError(
                    f"its schema is version {found}, this govsync knows {version}",
                    where=self.name,
                    mend="use the newer govsync that wrote it",
                )
            self._migrate(connection, found, version, migrations or {})

    def _migrate(
        self,
        connection: Connection,
        found: int,
        version: int,
        migrations: Mapping[int, Callable[[Connection], None]],
    ) -> None:
        for step in range(found + 1, version + 1):
            if step not in migrations:
                raise StoreError(
                    f"its schema is version {found}, and nothing leads to {step}",
                    where=self.name,
                )
            migrations[step](connection)
        if found != version:
            connection.execute(
                _meta.update().where(_meta.c.key == "schema").values(value=str(version))
            )

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def recall(connection: Connection, key: str) -> str | None:
    """Return a value kept by :func:`remember`, or None."""
    return connection.execute(select(_meta.c.value).where(_meta.c.key == key)).scalar()


def remember(connection: Connection, key: str, value: str) -> None:
    """Keep one value under a key."""
    changed = connection.execute(
        _meta.update().where(_meta.c.key == key).values(value=value)
    )
    if not changed.rowcount:
        connection.execute(insert(_meta).values(key=key, value=value))


def _schema(connection: Connection) -> int | None:
    found = recall(connection, "schema")
    return None if found is None else int(found)


def _make_private(path: Path) -> None:
    """Make a new file that only its owner reads: records before review lie in it."""
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver would begin deferred transactions by itself; ours are explicit.
    connection.isolation_level = None
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"journal_mode={journal}"):
        connection.execute(f"PRAGMA {pragma}")


_MENDS = {
    "locked": "another process writes; the next run carries on",
    "disk is full": "make room on the disk; nothing is half-written",
    "not a database": "the file is something else, or damaged: restore a backup",
    "malformed": "the file is damaged: restore a backup",
    "readonly": "give this user the right to write the file and its folder",
    "unable to open": "check that the folder is there and can be written",
    "disk i/o error": "check the disk and its free space",
}


@contextmanager
def _store_errors(name: str) -> Iterator[None]:
    """Turn what is wrong with the database into a StoreError; bugs stay as they are."""
    try:
        yield
    except (ProgrammingError, IntegrityError):
        raise
    except DatabaseError as error:
        text = str(error.orig)
        raise StoreError(text, where=name, mend=_mend(text)) from error
    except OSError as error:
        if error.filename != name:
            raise
        raise StoreError(
            error.strerror or str(error), where=name, mend=_MENDS["unable to open"]
        ) from error


def _mend(text: str) -> str:
    lowered = text.lower()
    return next((mend for sign, mend in _MENDS.items() if sign in lowered), "")
