"""A text of a file with its place, and the error of a file that gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from govsync.rules.persons import Told

if TYPE_CHECKING:
    from govsync.rules.numbers import Hit


class UnreadableError(ValueError):
    """A file, or a part of it, that cannot be read; says why."""


class Piece(NamedTuple):
    """A text of a file and where it stands."""

    place: str
    """Such as ``sheet 名单`` or ``page 2``; empty for the whole file."""
    text: str
    unit: Literal["line", "paragraph", "row"] = "line"
    """What its lines are; the cells of a row are parted by tabs."""

    def where(self, hit: Hit | Told) -> str:
        """Name the place of a number in it: ``sheet 名单, row 2, column 3``."""
        if isinstance(hit, Told) and hit.row:
            place = f"row {hit.row}, column {hit.column}"
            return ", ".join(filter(None, (self.place, place)))
        begin = self.text.rfind("\n", 0, hit.start) + 1
        number = self.text.count("\n", 0, begin) + 1
        column = self.text.count("\t", begin, hit.start) + 1
        parts = [self.place, f"{self.unit} {number}"]
        if self.unit == "row":
            parts.append(f"column {column}")
        return ", ".join(filter(None, parts))
