"""Keep the checkpoints in a file too: a copy of it on another machine shows any cut.

The file only grows. A run that is killed leaves checkpoints out of it, and a full disk
tears the last one: the next run goes on where it ends, with the ledger's own.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from govsync.audit.keys import DASH
from govsync.errors import AuditError
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

_TAIL = 64 * 1024
"""Bytes at the end of the file that are read; a checkpoint takes some 200."""
_SIGNED = re.compile(rb"^%s[^\n]+\n\n" % DASH.encode(), re.MULTILINE)
"""How a whole note ends: its last signature, and the empty line after it."""


def keep(connection: Connection, path: Path) -> None:
    """Append to a file the checkpoints that it lacks, and the rest of a torn one.

    Args:
        connection: A reading transaction.
        path: The file; made where it is not there.

    Raises:
        AuditError: The file ends in what is no checkpoint of this log.
        OSError: It cannot be written; what is missing is written the next time.
    """
    whole, torn = _end(path)
    missing = b"".join(_missing(connection, whole))
    if not missing.startswith(torn):
        raise AuditError(
            f"its end is no checkpoint of this log: {torn[:40]!r}",
            where=str(path),
            mend="find out who wrote there, and move the file away: it is made anew",
        )
    _append(path, missing[len(torn) :])


def _end(path: Path) -> tuple[bytes, bytes]:
    """Return the whole notes at the end of a file, and what stands after them."""
    if not path.exists():
        return b"", b""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    border = max((found.end() for found in _SIGNED.finditer(tail)), default=0)
    return tail[:border], tail[border:]


def _missing(connection: Connection, whole: bytes) -> list[bytes]:
    """Return the notes that follow the file's last, oldest first."""
    missing: list[bytes] = []
    # Head and signatures take turns, an empty line after each.
    *_, last, _, _ = (b"", b"", *whole.split(b"\n\n"))
    for note in _newest_first(connection):
        if not whole.endswith(note):
            missing.append(note)  # or cosigned since it was written
        if note.partition(b"\n\n")[0] == last:
            return missing[::-1]
    # A file that ends in no note of ours is another log's, or a later one: it gets the
    # newest, and whoever verifies is told of the break.
    return missing[:1] if whole else missing[::-1]


def _newest_first(connection: Connection) -> Iterator[bytes]:
    query = select(t.checkpoint.c.text).order_by(t.checkpoint.c.size.desc())
    stream = connection.execute(query.execution_options(yield_per=100)).scalars()
    return (f"{text}\n".encode() for text in stream)


def _append(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)
