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
        path: The lock's file; made where it is not there, never removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            StoreError: Another process holds it; names its pid.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise StoreError(
                f"another run is at work (pid {holder or 'unknown'})",
                where=str(self.path),
                mend="let it end; the next run carries on",
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return self

    def __exit__(self, *exception: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
