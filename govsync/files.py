"""Write a file whole or not at all."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_BUFFER = 128 * 1024


class Unseen(io.BufferedRandom):
    """A new file that nobody sees before it is whole, written in any order."""


@contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of ``path`` when the block ends well.

    What stands there is untouched until then, and for good where the block raises. A
    path that is no regular file (``/dev/stdout``, a pipe) is written to directly.

    Raises:
        OSError: The folder is not there, not writable, or the disk is full.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as direct:
            yield direct
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with Unseen(io.FileIO(handle, "r+b"), _BUFFER) as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
