"""One database: connection, transactions, schema version. No domain logic.

SQLite by its own rules: ``BEGIN IMMEDIATE`` for every writing transaction, because a
deferred one that reads before it writes fails where it should wait;
``synchronous=FULL``, because a lost commit is a second sending; and the journal by
:func:`wal_is_safe`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, Self

from sqlalchemy import (
    URL,
    Column,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DatabaseError

from govsync.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, Engine

    Migrations = Mapping[int, Callable[[Connection], None]]

Journal = Literal["truncate", "wal"]
"""How SQLite makes a change whole: by what was before, or by what comes after."""

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
    3.51.3 and, on their branches, in 3.50.7 and 3.44.6. Older ones have no such log.
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
        # SQLite lets who waits sleep and try again, until it gives up on a busy day:
        # the threads of one run take turns instead. Others' processes still wait.
        self._turn = RLock()

    @classmethod
    def open(
        cls,
        path_or_url: str | Path,
        *,
        busy_timeout_s: float = 10.0,
        journal: Journal | None = None,
    ) -> Self:
        """Open an SQLite file; made, for its owner alone, where it is not there.

        Args:
            path_or_url: The file, or an SQLAlchemy URL such as
                ``sqlite:///file:ledger.db?mode=ro&uri=true``.
            busy_timeout_s: How long a transaction waits for another's end.
            journal: How it keeps its journal; None: as :func:`wal_is_safe` allows.

        Raises:
            StoreError: It cannot be opened, or is not a database.
            ConfigError: It is the URL of something else.
        """
        name = str(path_or_url)
        url = _url(name)
        engine = create_engine(
            url,
            connect_args={"timeout": busy_timeout_s},
            # Chinese as it is: escaped it would be twice as long.
            json_serializer=partial(json.dumps, ensure_ascii=False),
        )
        event.listen(engine, "connect", _preparing(journal or _safest()))
        opened = cls(engine, name)
        try:
            _make_private(url)
            with opened.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except BaseException:
            opened.dispose()
            raise
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
        with self._turn, self._transaction("BEGIN IMMEDIATE") as connection:
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
        migrations: Migrations | None = None,
    ) -> None:
        """Make the tables of an empty database, or bring an older one up to date.

        Args:
            metadata: The tables.
            version: The schema that this code reads and writes.
            migrations: By the version they lead to; all of them or none take effect.

        Raises:
            StoreError: The database is of a newer version, or no migration leads here,
                or it is another program's.
        """
        with self.write() as connection:
            found = self._schema(connection)
            if found is None:
                _META.create_all(connection)
                metadata.create_all(connection)
                remember(connection, "schema", str(version))
            elif found > version:
                raise StoreError(
                    f"its schema is version {found}, this govsync knows {version}",
                    where=self.name,
                    mend="use the newer govsync that wrote it",
                )
            elif found < version:
                self._migrate(connection, found, version, migrations or {})

    def _schema(self, connection: Connection) -> int | None:
        """Return the version of the schema; None where there are no tables at all."""
        inspector = inspect(connection)
        tables = inspector.get_table_names()
        if not tables:
            return None
        columns = inspector.get_columns("meta") if "meta" in tables else []
        ours = [column["name"] for column in columns] == ["key", "value"]
        found = recall(connection, "schema") if ours else None
        if found is None or not found.isdecimal():
            raise StoreError(
                "it is another program's database",
                where=self.name,
                mend="name another file; this one was left as it is",
            )
        return int(found)

    def _migrate(
        self, connection: Connection, found: int, version: int, migrations: Migrations
    ) -> None:
        for step in range(found + 1, version + 1):
            if step not in migrations:
                raise StoreError(
                    f"its schema is version {found}, and nothing leads to {step}",
                    where=self.name,
                    mend="bring it up to date with the govsync that came between",
                )
            migrations[step](connection)
        remember(connection, "schema", str(version))

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def recall(connection: Connection, key: str) -> str | None:
    """Return a value kept by :func:`remember`, or None."""
    return connection.execute(select(_meta.c.value).where(_meta.c.key == key)).scalar()


def remember(connection: Connection, key: str, value: str) -> None:
    """Keep one value under a key, in the caller's transaction."""
    changed = connection.execute(
        _meta.update().where(_meta.c.key == key).values(value=value)
    )
    if not changed.rowcount:
        connection.execute(insert(_meta).values(key=key, value=value))


def _url(name: str) -> URL:
    if "://" not in name:
        return URL.create("sqlite", database=name)
    try:
        url = make_url(name)
    except ArgumentError as error:
        raise ConfigError("not a database's URL", where=name) from error
    if url.get_backend_name() != "sqlite":
        shown = url.render_as_string(hide_password=True)
        raise ConfigError(
            "not an SQLite database", where=shown, mend="name a file, or sqlite:///…"
        )
    return url


def _make_private(url: URL) -> None:
    """Make a new file that only its owner reads: records before review lie in it."""
    name = url.database or ":memory:"
    if name == ":memory:" or name.startswith("file:") or Path(name).exists():
        return
    try:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(handle, 0o600)  # whatever the umask took away
        os.close(handle)
    except OSError as error:
        mend = _MENDS[sqlite3.SQLITE_CANTOPEN]
        raise StoreError(str(error.strerror), where=name, mend=mend) from error


def _safest() -> Journal:
    return "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate"


def _preparing(journal: Journal) -> Callable[[sqlite3.Connection, Any], None]:
    # What undoes one statement of a transaction is of no use after a crash: in memory.
    pragmas = (
        "synchronous=FULL",
        "foreign_keys=ON",
        f"journal_mode={journal}",
        "temp_store=MEMORY",
    )

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver would begin deferred transactions by itself; ours are explicit.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return prepare


_ROOM = "make room on the disk; nothing is half-written"
_RIGHTS = "give this user the right to write the file and its folder"
_RESTORE = "restore it from a backup"
_MENDS = {
    sqlite3.SQLITE_BUSY: "another process writes; the next run carries on",
    sqlite3.SQLITE_LOCKED: "another transaction writes; the next run carries on",
    sqlite3.SQLITE_FULL: _ROOM,
    sqlite3.SQLITE_IOERR: "check the disk and its free space",
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_PERM: _RIGHTS,
    sqlite3.SQLITE_CANTOPEN: "check that the folder is there and can be written",
    sqlite3.SQLITE_NOTADB: f"the file is something else, or damaged: {_RESTORE}",
    sqlite3.SQLITE_CORRUPT: f"the file is damaged: {_RESTORE}",
}
"""By SQLite's primary result code: what the world does to a database.

Every other code (wrong SQL, a broken constraint) is a bug, and stays as it is.
"""


@contextmanager
def _store_errors(name: str) -> Iterator[None]:
    """Turn what is wrong with the database into a StoreError; bugs stay as they are."""
    try:
        yield
    except DatabaseError as error:
        # The low byte is the primary code; the others tell its kinds apart.
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in _MENDS:
            raise
        raise StoreError(str(error.orig), where=name, mend=_MENDS[code]) from error
