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
        self._known = set(marks)
        self._missing = set(self._known)
        self.rows = 0
        """How many rows of the file are passed over."""

    def __bool__(self) -> bool:
        """Whether anything is known of the source."""
        return bool(self._known)

    def look(self, marks: Iterable[bytes]) -> bool:
        """Look at the marks of a file; False where it holds one known row twice."""
        known, missing = self._known, self._missing
        for mark in marks:
            if mark in missing:
                missing.remove(mark)
            elif mark in known:
                return False
        self.rows = len(known) - len(missing)
        return True

    def holds(self, mark: bytes) -> bool:
        """Whether the row of a mark stands in the file, and is passed over."""
        return mark in self._known and mark not in self._missing
