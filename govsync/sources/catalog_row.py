"""One row of a catalog's sheet → an Item: every cell goes somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from govsync.model import BoxSemantics, Item
from govsync.sources import boxes, header, rows
from govsync.sources.grid import letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.sources.grid import Grid
    from govsync.sources.remarks import Remarks

NAMES = ("level1", "level2", "level3")
_WRITE_MODE = "write 主动公开 or 依申请公开"
_BLANK = {"", "-", "—", "─", "/", "无"}


@dataclass
class _Cells:
    """The cells of a row, by what their columns hold."""

    given: dict[str, str]
    extra: dict[str, str]
    levels: list[str]

    def keep(self, title: str, text: str, column: int) -> None:
        """Keep a cell that no field takes under its header, or its letter."""
        name = title or letter(column)
        if name in self.extra:
            name = f"{name} ({letter(column)})"
        self.extra[name] = text


class RowReader:
    """Reads the rows of one sheet, in order.

    Args:
        grid: The sheet.
        columns: What its columns hold.
        area: Of its items.
        semantics: What an empty box means.
        remarks: Takes what is to be said of a row.
    """

    def __init__(
        self,
        grid: Grid,
        columns: Sequence[header.Column],
        area: str,
        semantics: BoxSemantics,
        remarks: Remarks,
    ) -> None:
        self._grid = grid
        self._columns = columns
        self._area = area
        self._semantics = semantics
        self._remarks = remarks
        self._above = ["", "", ""]

    def read(self, row: int) -> Item | None:
        """Return the item of a row, or None where it names none."""
        cells = self._cells(row)
        given = cells.given
        names = self._names(row, given)
        if not names[0]:
            mend = "write the name of the item in 一级事项"
            self._remarks.fault("row.item", "the row names no item", row=row, mend=mend)
            return None
        return Item.model_validate(
            {
                "ref": {"area": self._area, **dict(zip(NAMES, names, strict=True))},
                "number": given.get("number", ""),
                "content": given.get("content", ""),
                "basis": rows.documents(given.get("basis", "")),
                "deadline": given.get("deadline", ""),
                "bodies": self._bodies(row, given.get("bodies", "")),
                "channels": self._channels(row, given.get("channels", "")),
                "audience": rows.audience(given),
                "modes": self._modes(row, given),
                "levels": list(dict.fromkeys(cells.levels)),
                "extra": cells.extra,
            }
        )

    def _cells(self, row: int) -> _Cells:
        cells = _Cells({}, {}, [])
        # What stands behind the last header is kept by its letter.
        beyond = range(len(self._columns), self._grid.width)
        unnamed = [header.Column("extra", "") for _ in beyond]
        for position, column in enumerate([*self._columns, *unnamed]):
            text = self._grid.text(row, position)
            if column.holds.startswith("level:"):
                cells.levels += _ticked_levels(column, text, cells, position)
            elif column.holds == "levels":
                known, others = rows.levels(text)
                cells.levels += known
                if others:
                    cells.keep(column.title, text, position)
            elif column.holds != "extra" and column.holds not in cells.given:
                cells.given[column.holds] = text
            elif text:
                cells.keep(column.title, text, position)
        return cells

    def _names(self, row: int, given: dict[str, str]) -> list[str]:
        """Return the levels' names; a merge that was lost is taken from above."""
        names = ["".join(given.get(key, "").split()) for key in NAMES]
        names = ["" if name in _BLANK else name for name in names]
        if not names[0] and any(names) and self._above[0]:
            names[0] = self._above[0]
            if names[2] and not names[1]:
                names[1] = self._above[1]
            self._say_lost(row, names[0])
        if names[1] == names[0] and "level2" in given and self._merged_across(row):
            names[1] = ""
        if names[0]:
            self._above = names
        return names

    def _say_lost(self, row: int, name: str) -> None:
        # A file that has no merges cannot have lost one.
        if self._grid.merges:
            self._remarks.note(
                "row.merge",
                f"一级事项 is empty: taken from above, {name}",
                row=row,
                mend="merge the cells again",
            )

    def _merged_across(self, row: int) -> bool:
        across = [self._grid.anchors.get((row, c)) for c in range(self._grid.width)]
        return any(a is not None and a == b for a, b in pairwise(across))

    def _bodies(self, row: int, text: str) -> list[str]:
        if lone := rows.unpaired_bracket(text):
            self._remarks.note(
                "cell.bodies",
                f"the bracket {lone} has no fellow: the list was parted without it",
                row=row,
                value=text,
                mend="write both brackets, or none",
            )
        return rows.outside_brackets(text)

    def _modes(self, row: int, given: dict[str, str]) -> list[str]:
        found, unknown = rows.modes(given)
        if unknown and not found:
            self._remarks.fault(
                "cell.mode",
                "no mode of publication: taken as 依申请公开, so that nothing goes out",
                row=row,
                value=unknown,
                mend=_WRITE_MODE,
            )
            return ["on_request"]
        if unknown:
            message = "there are words beside the mode of publication: not used"
            self._remarks.note(
                "cell.mode", message, row=row, value=unknown, mend=_WRITE_MODE
            )
        return found

    def _channels(self, row: int, text: str) -> list[dict[str, Any]]:
        found, unknown = boxes.channels(text, self._semantics)
        for label in unknown:
            self._remarks.note(
                "cell.channels",
                "not one of the thirteen channels: kept as 其他",
                row=row,
                value=label,
            )
        if not found:
            self._remarks.fault(
                "cell.channels",
                "the row names no channel",
                row=row,
                value=text,
                mend="check at least one box",
            )
        return found


def _ticked_levels(
    column: header.Column, text: str, cells: _Cells, position: int
) -> tuple[str, ...]:
    yes, words = boxes.ticked(text)
    name = column.holds.removeprefix("level:")
    if not yes:
        return ()
    if words or name not in header.LEVELS:
        cells.keep(column.title, text, position)
    return header.LEVELS.get(name, ())
