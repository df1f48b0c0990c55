"""A folder keeps each head once, and never writes over one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.anchors import given, write_anew
from support.logs import ORIGIN, Log

from govsync.anchors import AnchorError, FolderSettings, ForkError
from govsync.anchors.folder import Folder
from govsync.audit import SigningKey
from govsync.audit.note import Checkpoint

SETTINGS = FolderSettings(kind="file", name="archive", path=Path())


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(3)
    log.grow(4)
    yield log
    log.database.dispose()


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    drop = tmp_path / "drop"
    drop.mkdir()
    return drop


@pytest.fixture
def folder(drop: Path) -> Folder:
    return Folder(SETTINGS, drop)


def test_each_head_becomes_a_file_named_by_its_size(
    folder: Folder, drop: Path, log: Log
) -> None:
    for note in log.notes:
        kept = folder.keep(given(log, note))

    files = sorted(drop.iterdir())
    assert [file.name for file in files] == [
        "checkpoint-000000000003.txt",
        "checkpoint-000000000007.txt",
    ]
    assert kept.proof == str(files[1])
    assert [file.read_text() for file in files] == log.notes == folder.copies()
    assert folder.check() == f"2 checkpoints in {drop}"


def test_a_head_that_is_there_is_left_as_it_is(
    folder: Folder, drop: Path, log: Log
) -> None:
    """Cosignatures come later than the first copy: they are no other head."""
    folder.keep(given(log, log.notes[0]))
    (file,) = drop.iterdir()
    before = file.stat()

    folder.keep(given(log, log.notes[0]))

    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert list(drop.iterdir()) == [file]


def test_another_head_of_the_size_is_an_alarm_and_no_overwriting(
    folder: Folder, drop: Path, log: Log
) -> None:
    folder.keep(given(log, log.notes[1]))
    forged = write_anew(log, range(1, 8))

    with pytest.raises(ForkError, match="another checkpoint of 7 entries is there"):
        folder.keep(given(log, forged))

    assert [file.read_text() for file in drop.iterdir()] == [log.notes[1]]


def test_a_cut_log_is_an_alarm(folder: Folder, log: Log) -> None:
    folder.keep(given(log, log.notes[1]))
    cut = write_anew(log, range(5))

    with pytest.raises(ForkError, match="of 7 entries, this log signed 5"):
        folder.keep(given(log, cut))


def test_a_folder_of_another_log_is_refused(
    folder: Folder, drop: Path, log: Log
) -> None:
    head = Checkpoint(origin="govsync/other", size=3, root=b"\1" * 32)
    note = SigningKey.generate("govsync/other").sign(head.text())
    (drop / "checkpoint-000000000003.txt").write_text(note)

    with pytest.raises(AnchorError, match="of another log: govsync/other"):
        folder.keep(given(log, log.notes[0]))


@pytest.mark.parametrize("content", ["", "govsync", f"{ORIGIN}\n3\n", "\udcff"])
def test_a_file_that_is_no_checkpoint_is_named_and_left(
    folder: Folder, drop: Path, log: Log, content: str
) -> None:
    file = drop / "checkpoint-000000000003.txt"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(AnchorError, match="no whole checkpoint"):
        folder.keep(given(log, log.notes[0]))

    assert file.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_other_files_are_passed_over(folder: Folder, drop: Path, log: Log) -> None:
    (drop / "checkpoint-9.txt").write_text("mine")
    (drop / ".checkpoint-000000000999.txt.x").write_text("half")

    folder.keep(given(log, log.notes[0]))

    assert folder.copies() == [log.notes[0]]


def test_a_folder_that_is_not_there_is_not_made(drop: Path, log: Log) -> None:
    """An empty place to mount at would be taken for the other machine."""
    away = Folder(SETTINGS, drop / "away")

    for call in (
        lambda: away.keep(given(log, log.notes[0])),
        away.check,
        away.copies,
    ):
        with pytest.raises(AnchorError, match="No such file or directory"):
            call()
    assert not (drop / "away").exists()


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_system_without_links_will_do(drop: Path, log: Log, number: int) -> None:
    def link(source: str, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    Folder(SETTINGS, drop, link).keep(given(log, log.notes[0]))

    assert [file.read_text() for file in drop.iterdir()] == [log.notes[0]]


def test_a_full_disk_is_said_and_leaves_nothing(drop: Path, log: Log) -> None:
    def link(source: str, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(AnchorError, match="No space left"):
        Folder(SETTINGS, drop, link).keep(given(log, log.notes[0]))

    assert not list(drop.iterdir())


def test_who_is_quicker_is_compared_with(drop: Path, log: Log) -> None:
    """Two runs of two machines with one key would be seen here."""
    forged = log.key.sign(Checkpoint(origin=ORIGIN, size=3, root=b"\3" * 32).text())

    def link(source: str, target: Path) -> None:
        target.write_text(forged)
        os.link(source, target)

    with pytest.raises(ForkError, match="another checkpoint of 3"):
        Folder(SETTINGS, drop, link).keep(given(log, log.notes[0]))

    assert [file.read_text() for file in drop.iterdir()] == [forged]


def test_a_folder_that_takes_no_files_is_found_before_a_run(
    drop: Path, log: Log
) -> None:
    file = drop / "file"
    file.write_text("")

    with pytest.raises(AnchorError, match="cannot be used"):
        Folder(SETTINGS, file).check()
