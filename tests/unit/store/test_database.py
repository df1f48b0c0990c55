"""The database: its journal, its transactions, and what it says when it cannot."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from govsync.errors import ConfigError, StoreError
from govsync.store.database import (
    Database,
    Journal,
    recall,
    remember,
    wal_is_safe,
)

META = MetaData()
numbers = Table("numbers", META, Column("n", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "a.db", busy_timeout_s=0.05)
    database.create_or_check(META, 3)
    yield database
    database.dispose()


def held(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(select(numbers.c.n)).scalars())


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_where_a_write_ahead_log_is_safe(version: tuple[int, ...], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_the_journal_follows_the_version(database: Database) -> None:
    safe = wal_is_safe(sqlite3.sqlite_version_info)

    assert database.journal_mode == ("wal" if safe else "truncate")


@pytest.mark.parametrize("journal", ["truncate", "wal"])
def test_the_journal_can_be_named(tmp_path: Path, journal: Journal) -> None:
    """Where one process writes, either is safe, whatever the version."""
    database = Database.open(tmp_path / "a.db", journal=journal)
    mode = database.journal_mode
    database.dispose()

    assert mode == journal


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_a_new_file_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        database = Database.open(tmp_path / "a.db")
    finally:
        os.umask(before)
    database.dispose()

    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


def test_every_connection_waits_and_writes_through_to_the_disk(
    database: Database,
) -> None:
    with database.read() as first, database.read() as second:
        for connection in (first, second):
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("busy_timeout", "synchronous", "foreign_keys")
            ]
            assert settings == [50, 2, 1]


def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(numbers).values(n=1))
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(insert(numbers).values(n=2))
        raise RuntimeError

    assert held(database) == [1]


def test_writers_wait_for_each_other_and_say_when_they_gave_up(
    database: Database,
) -> None:
    with (
        database.write(),
        pytest.raises(StoreError, match="locked.*another process"),
        database.write(),
    ):
        pass


def test_threads_of_one_database_take_turns_and_never_give_up(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "a.db", busy_timeout_s=0)
    database.create_or_check(META, 1)

    def add(number: int) -> None:
        for step in range(20):
            with database.write() as connection:
                connection.execute(insert(numbers).values(n=number * 20 + step))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    assert sorted(held(database)) == list(range(80))
    database.dispose()


def test_a_writer_that_waited_sees_what_the_other_wrote(tmp_path: Path) -> None:
    """BEGIN IMMEDIATE: the second one comes to nothing it would have to take back."""
    first, second = (Database.open(tmp_path / "a.db") for _ in range(2))
    first.create_or_check(META, 1)
    begun = Event()

    def add() -> list[int]:
        with second.write() as connection:
            begun.set()
            found = connection.execute(select(numbers.c.n)).scalars().all()
            connection.execute(insert(numbers).values(n=2))
            return list(found)

    with ThreadPoolExecutor(1) as threads:
        with first.write() as connection:
            waiting = threads.submit(add)
            assert not begun.wait(0.1)
            connection.execute(insert(numbers).values(n=1))
        assert waiting.result(10) == [1]
    first.dispose()
    second.dispose()


def test_a_reader_sees_one_state(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(numbers).values(n=1))
    with database.read() as reading:
        first = reading.execute(select(numbers.c.n)).all()
        try:
            with database.write() as connection:
                connection.execute(insert(numbers).values(n=2))
        except StoreError:
            pass  # with a rollback journal a reader keeps the writer out
        assert reading.execute(select(numbers.c.n)).all() == first


def test_a_full_disk_is_said_and_nothing_is_half_written(database: Database) -> None:
    with (
        pytest.raises(StoreError, match="full.*make room"),
        database.write() as filling,
    ):
        pages = filling.exec_driver_sql("PRAGMA page_count").scalar_one()
        filling.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        filling.execute(insert(numbers), [{"n": n} for n in range(100_000)])

    assert held(database) == []


def test_a_defect_of_ours_is_not_dressed_as_the_databases(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(numbers), [{"n": 1}, {"n": 1}])
    with pytest.raises(OperationalError), database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"PK\x03\x04" * 200]
)
def test_what_is_no_database_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)

    with pytest.raises(StoreError, match="not a database"):
        Database.open(path)


def test_a_damaged_file_is_said(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(numbers), [{"n": n} for n in range(5000)])
    database.dispose()
    path = Path(database.name)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(StoreError, match=r"malformed.*backup"):
        held(database)


def test_a_read_only_database_is_read_and_says_who_may_write(
    database: Database,
) -> None:
    reading = Database.open(f"sqlite:///file:{database.name}?mode=ro&uri=true")

    assert held(reading) == []
    with (
        pytest.raises(StoreError, match=r"readonly.*right to write"),
        reading.write() as connection,
    ):
        connection.execute(insert(numbers).values(n=1))
    reading.dispose()


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "目录 台账.db", "a#b.db"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    Database.open(tmp_path / name).dispose()

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_relative_name_means_one_file_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    database = Database.open("a.db")
    monkeypatch.chdir("elsewhere")
    database.dispose()
    database.create_or_check(META, 1)

    assert held(database) == []
    assert list(Path().iterdir()) == []
    database.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://who:secret@127.0.0.1/x", r"who:\*\*\*@.*not an SQLite"),
        ("://", "not a database's URL"),
    ],
)
def test_the_url_of_something_else_is_refused(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Database.open(url)


def test_a_folder_or_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"a\.db"):
        (tmp_path / "a.db").mkdir()
        Database.open(tmp_path / "a.db")
    with pytest.raises(StoreError, match="No such file"):
        Database.open(tmp_path / "nowhere" / "a.db")


def test_a_newer_schema_is_left_alone(database: Database) -> None:
    with pytest.raises(StoreError, match="version 3, this govsync knows 2"):
        database.create_or_check(META, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE bookmarks (url TEXT)",
        "CREATE TABLE meta (key TEXT, value TEXT)",
        "CREATE TABLE meta (name TEXT, number INTEGER)",
    ],
)
def test_another_programs_database_is_left_as_it_is(
    tmp_path: Path, statement: str
) -> None:
    database = Database.open(tmp_path / "a.db")
    with database.write() as connection:
        connection.exec_driver_sql(statement)

    with pytest.raises(StoreError, match="another program's"):
        database.create_or_check(META, 1)
    with database.read() as connection:
        assert len(inspect(connection).get_table_names()) == 1
    database.dispose()


def test_an_older_schema_is_brought_up_to_date(database: Database) -> None:
    def add(connection: Connection) -> None:
        connection.execute(insert(numbers).values(n=4))

    with pytest.raises(StoreError, match="nothing leads to 5"):
        database.create_or_check(META, 5, {4: add})
    assert held(database) == []
    database.create_or_check(META, 4, {4: add})
    database.create_or_check(META, 4, {4: add})

    assert held(database) == [4]


def test_single_values_are_remembered(database: Database) -> None:
    with database.write() as connection:
        assert recall(connection, "a") is None
        remember(connection, "a", "1")
        remember(connection, "a", "2")
        assert recall(connection, "a") == "2"
