"""A lock between processes of one machine, so that cron runs never overlap."""

from __future__ import annotations

import fcntl
import os
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Self

from govsync.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


class FileLock(AbstractContextManager["FileLock"]):
    """Held while the block runs; the kernel gives it back when the process dies.

    Args:
        path: The lock's file; made where it is not there, never removed, because a
            removed one could be locked a second time under the same name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """Take the lock, at once or not at all.

        Raises:
            StoreError: Another holds it, and its pid is named; or the file cannot be
                opened.
        """
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError as error:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            os.close(handle)
            raise StoreError(
                f"another run is at work (pid {holder or 'unknown'})",
                where=str(self.path),
                mend="let it end; the next run carries on",
            ) from error
        except OSError as error:
            os.close(handle)
            raise self._unusable(error) from error
        self._handle = handle
        return self

    def __exit__(self, *exception: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(
            f"cannot be locked: {error.strerror}",
            where=str(self.path),
            mend="check that the folder is there, can be written and has room",
        )
