"""Which rows of a source need no reading, because they were read before as they stand.

The ledger keeps the mark of each row that it took without a problem
(:mod:`govsync.sources.marks`). A row whose mark is there is passed over; but which of
two rows of one id counts can only be told of rows that are read. So the marks of the
whole file are looked at first, and where a row that changed has the id of one that
would be passed over, the file is read as if nothing were known of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unchanged:
    """The rows of one source that the ledger knows.

    Args:
        marks: Of the rows that the ledger took from this source.
    """

    def __init__(self, marks: Iterable[bytes] = ()) -> None:
        self._stands = dict.fromkeys(marks, False)
        self.rows = 0
        """How many rows of the file are passed over."""
        self.others = 0
        """How many are to be read."""

    def __bool__(self) -> bool:
        """Whether anything is known of the source."""
        return bool(self._stands)

    def look(self, marks: Iterable[bytes]) -> bool:
        """Look at the marks of a file; False where it holds one known row twice."""
        stands = self._stands
        for mark in marks:
            seen = stands.get(mark)
            if seen:
                return False
            if seen is None:
                self.others += 1
            else:
                stands[mark] = True
                self.rows += 1
        return True

    def holds(self, mark: bytes) -> bool:
        """Whether the row of a mark stands in the file, and is passed over."""
        return self._stands.get(mark, False)
