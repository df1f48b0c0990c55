"""The lock: never two runs, and none that a dead process keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from govsync.errors import StoreError
from govsync.store.lock import FileLock

HOLDER = """
import sys
from pathlib import Path
from govsync.store.lock import FileLock

with FileLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_an_older_longer_name_is_gone(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    path.write_text("12345678901234567890\n")

    with FileLock(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_who_holds_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".lock"

    with (
        FileLock(path),
        pytest.raises(StoreError, match=f"another run is at work.*pid {os.getpid()}"),
        FileLock(path),
    ):
        pass


def test_it_is_free_again_after_the_block_however_that_ended(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with pytest.raises(RuntimeError), FileLock(path):
        raise RuntimeError

    with FileLock(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_a_killed_process_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=f"pid {holder.pid}"), FileLock(path):
            pass
        holder.kill()
        holder.wait()

        with FileLock(path):
            assert path.read_text() == f"{os.getpid()}\n"


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / ".lock"

    with pytest.raises(StoreError, match=r"nowhere.*folder is there"), FileLock(path):
        pass


def test_a_disk_without_room_is_said_and_keeps_no_lock() -> None:
    with (
        pytest.raises(StoreError, match=r"/dev/full.*has room"),
        FileLock(Path("/dev/full")),
    ):
        pass
