"""Where the rendered pieces of a document wait until the whole of it is known to hold.

In memory up to a limit, then in a file without a name. Where the document goes into a
file that nobody sees before it is whole (:class:`govsync.files.Unseen`), its entries
are written there at once, behind a gap as long as the head is expected to be: that
halves what a large document costs to write. Where the guess was wrong, they move.
"""

from __future__ import annotations

import shutil
from io import SEEK_END
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from govsync.files import Unseen

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

_IN_MEMORY = 2 * 1024 * 1024
_AT_ONCE = 256 * 1024
_JOINED = 32


def temporary(open_files: ExitStack) -> BinaryIO:
    """Open a file without a name, which is gone when the stack is left."""
    file = TemporaryFile(buffering=_AT_ONCE)  # noqa: SIM115 - on the stack
    return cast("BinaryIO", open_files.enter_context(file))


class Seen:
    """The ids of a document: a set of many parts.

    One set would be copied whole whenever it grows, which is most of the memory that
    a large document needs; parts are copied one at a time.
    """

    def __init__(self) -> None:
        self._parts: tuple[dict[str, None], ...] = tuple({} for _ in range(16))

    def add(self, name: str) -> bool:
        """Add an id; return whether it is new."""
        part = self._parts[hash(name) & 15]
        if name in part:
            return False
        part[name] = None
        return True


class Spool:
    """Pieces, in order, with a separator between them.

    Args:
        separator: Stands between two pieces.
        overflow: Opens the file that takes the pieces when memory does not.
    """

    def __init__(self, separator: bytes, overflow: Callable[[], BinaryIO]) -> None:
        self.size = 0
        """In bytes, separators included."""
        self._separator = separator
        self._overflow = overflow
        self._held: list[bytes] = []
        self._file: BinaryIO | None = None

    def add(self, content: bytes) -> None:
        """Add a piece."""
        if self.size and self._separator:
            content = self._separator + content
        self.size += len(content)
        if self._file is not None:
            self._file.write(content)
            return
        self._held.append(content)
        if self.size > _IN_MEMORY:
            self._file = self._overflow()
            self._file.writelines(self._held)
            self._held.clear()

    def copy(self, out: BinaryIO) -> None:
        """Write all pieces, or pass over them in the file where they stand already."""
        if self._file is None:
            # Some at a time: a write of each costs more, a copy of all more memory.
            write = out.write
            for start in range(0, len(self._held), _JOINED):
                write(b"".join(self._held[start : start + _JOINED]))
        elif self._file is out:
            out.seek(0, SEEK_END)
        else:
            self._file.seek(0)
            shutil.copyfileobj(self._file, out, _AT_ONCE)


class Behind:
    """The file of a document's entries, behind a gap for what comes before them.

    Args:
        out: Where the document goes.
        expected: Gives how long what comes before is, as far as can be known.
        open_files: Closes what is opened.
    """

    def __init__(
        self, out: BinaryIO, expected: Callable[[], int], open_files: ExitStack
    ) -> None:
        self._out = out
        self._expected = expected
        self._open_files = open_files
        self._gap: int | None = None

    def open(self) -> BinaryIO:
        """Return the file, at the place of the first entry."""
        if not isinstance(self._out, Unseen):
            return temporary(self._open_files)
        self._gap = self._expected()
        self._out.seek(self._gap)
        return self._out

    def make_room(self, before: int) -> None:
        """Go to the start, and let as many bytes fit in before the entries."""
        if self._gap is None:
            return
        if self._gap != before:
            self._move(self._gap, before)
        self._out.seek(0)

    def _move(self, gap: int, before: int) -> None:
        aside = temporary(self._open_files)
        self._out.seek(gap)
        shutil.copyfileobj(self._out, aside, _AT_ONCE)
        self._out.truncate(0)
        self._out.seek(before)
        aside.seek(0)
        shutil.copyfileobj(aside, self._out, _AT_ONCE)
