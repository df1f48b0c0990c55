"""The file of checkpoints: whatever a crash left of it, the next run makes it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from support.logs import Log

from govsync import audit
from govsync.errors import AuditError
from govsync.store import schema


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    for entries in (3, 2, 4):
        log.grow(entries)
    yield log
    log.database.dispose()


@pytest.fixture
def whole(log: Log) -> bytes:
    return "".join(f"{note}\n" for note in log.notes).encode()


def keep(log: Log, path: Path) -> None:
    with log.database.read() as connection:
        audit.keep(connection, path)


def test_a_new_file_gets_every_checkpoint(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoints.txt"
    keep(log, path)
    keep(log, path)

    assert path.read_bytes() == whole
    assert audit.split_checkpoints(path.read_text()) == log.notes


def test_wherever_it_was_torn_the_rest_is_appended(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoints.txt"
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        keep(log, path)
        assert path.read_bytes() == whole, length


def test_a_head_that_was_cosigned_since_is_appended_wherever_that_was_torn(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoints.txt"
    cosigned = f"{log.notes[-1]}— witness.example AAAAAAAA\n"
    with log.database.write() as connection:
        last = select(func.max(schema.checkpoint.c.size)).scalar_subquery()
        connection.execute(
            update(schema.checkpoint)
            .where(schema.checkpoint.c.size == last)
            .values(text=cosigned)
        )
    added = f"{cosigned}\n".encode()
    for length in range(len(added) + 1):
        path.write_bytes(whole + added[:length])
        keep(log, path)
        assert path.read_bytes() == whole + added, length


def test_a_long_file_is_read_at_its_end_alone(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoints.txt"
    before = log.notes[0].encode() + b"\n"
    path.write_bytes(before * 500)
    keep(log, path)

    assert path.read_bytes() == before * 499 + whole


def test_what_somebody_wrote_at_its_end_is_named_and_left(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoints.txt"
    path.write_bytes(whole + b"checked by me")

    with pytest.raises(AuditError, match="no checkpoint of this log: b'checked by me'"):
        keep(log, path)
    assert path.read_bytes() == whole + b"checked by me"


def test_a_file_that_knows_more_than_the_log_goes_on_and_shows_the_cut(
    log: Log, whole: bytes, tmp_path: Path
) -> None:
    """The database was restored from a backup: its next head is not hidden."""
    path = tmp_path / "checkpoints.txt"
    log.tamper(
        f"DELETE FROM checkpoint WHERE text = '{log.notes[2]}'",
        f"DELETE FROM checkpoint WHERE text = '{log.notes[1]}'",
    )
    path.write_bytes(whole)
    keep(log, path)

    assert audit.split_checkpoints(path.read_text()) == [*log.notes, log.notes[0]]


def test_a_log_that_was_never_signed_leaves_an_empty_file(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    path = tmp_path / "checkpoints.txt"
    keep(log, path)
    log.database.dispose()

    assert path.read_bytes() == b""
