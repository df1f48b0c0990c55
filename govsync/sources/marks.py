"""Marks of rows, by which a row that was read before is known again unread.

Most rows of a source are the same from one run to the next, and to read one (dates,
codes, cleaning, validation) takes twenty times as long as to mark it. A mark is of the
row's raw cells and of all that reading them depends on.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = 16
"""Bytes of a mark: two rows of one mark will not be met (2^64 rows until then)."""

_PLAIN = 0
"""The version of the format in which equal strings are written alike."""

Known = Callable[[bytes], bool]
"""Says of a mark whether its row was read before, and needs no reading."""


def nothing(mark: bytes) -> bool:
    """Say that no row was read before."""
    del mark
    return False


class Marker:
    """Marks the rows of one file.

    Args:
        settings: What reading a row depends on beside its cells: the header, the
            columns' names, the kind of file.
    """

    def __init__(self, settings: Iterable[str]) -> None:
        self._start = blake2b(digest_size=SIZE)
        for said in (version("govsync"), *settings):
            self._start.update(_framed(said))

    def cells(self, cells: Sequence[str]) -> bytes:
        """Return the mark of a table's row."""
        # The quickest text that no two rows share; where another Python writes it
        # otherwise, all rows are read once more.
        return self.line(marshal.dumps(list(cells), _PLAIN))

    def line(self, line: bytes) -> bytes:
        """Return the mark of a line."""
        mark = self._start.copy()
        mark.update(line)
        return mark.digest()


def _framed(said: str) -> bytes:
    content = said.encode("utf-8", "surrogatepass")
    return len(content).to_bytes(8, "big") + content
