"""A sheet as a grid of texts that remembers which of its cells were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from govsync.model.gb18030 import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass
class Grid:
    """The cells of a sheet; a merged cell gives its text wherever it reaches."""

    cells: list[list[str]]
    anchors: dict[Place, Place] = field(default_factory=dict)
    """Every cell of a merged range → its first."""
    used: set[Place] = field(default_factory=set)
    merges: bool = True
    """Whether its kind of file can merge cells; a CSV file cannot."""

    @classmethod
    def of(
        cls,
        rows: Sequence[Sequence[object]],
        merged: Sequence[tuple[Place, Place]],
    ) -> Grid:
        """Make a grid of a sheet's values and its merged ranges (first, last cell)."""
        anchors = {
            (row, column): first
            for first, last in merged
            for row in range(first[0], last[0] + 1)
            for column in range(first[1], last[1] + 1)
        }
        return cls([[text_of(cell) for cell in row] for row in rows], anchors)

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self.cells)

    @cached_property
    def width(self) -> int:
        """How many columns."""
        return max(map(len, self.cells), default=0)

    def under(self, lines: Sequence[str]) -> Grid:
        """Return this grid below some lines, each in a row of its own."""
        return Grid([[line] for line in lines], merges=self.merges).over(self)

    def over(self, other: Grid) -> Grid:
        """Return this grid with another one below it, such as a table's next page."""
        moved = {
            (row + self.height, column): (first[0] + self.height, first[1])
            for (row, column), first in other.anchors.items()
        }
        cells = [*self.cells, *other.cells]
        return Grid(cells, self.anchors | moved, merges=self.merges)

    def row(self, row: int) -> list[str]:
        """Return a row's texts, merged cells filled in, and count them as read."""
        return [self.text(row, column) for column in range(self.width)]

    def text(self, row: int, column: int) -> str:
        """Return one text, and count it as read."""
        at = self.anchors.get((row, column), (row, column))
        self.used.add(at)
        return self._own(at)

    def peek(self, row: int) -> list[str]:
        """Return a row's own texts, and count nothing as read."""
        return [self._own((row, column)) for column in range(self.width)]

    def filled(self, row: int) -> int:
        """Return how many of a row's own cells hold text."""
        return sum(bool(cell) for cell in self.peek(row))

    def unread(self) -> Iterator[tuple[Place, str]]:
        """Yield every cell that holds text and was not read."""
        for row, cells in enumerate(self.cells):
            for column, text in enumerate(cells):
                at = self.anchors.get((row, column), (row, column))
                if text and at not in self.used:
                    yield (row, column), text

    def _own(self, at: Place) -> str:
        row, column = at
        if row < len(self.cells) and column < len(self.cells[row]):
            return self.cells[row][column]
        return ""


def text_of(cell: object) -> str:
    """Return a cell's value as text: a whole number without its ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    return current(str(cell)).strip() if cell is not None else ""


def letter(column: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
