"""County workbooks of standard catalogs (基层政务公开标准目录).

Title rows, two header rows, merged cells, boxes and ticks in all their glyphs, notes at
the foot: every cell is read, kept, or named with its sheet, row and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from govsync.errors import SourceError
from govsync.model import BoxSemantics, Catalog, Catalogs, Item
from govsync.sources import boxes, header, rows
from govsync.sources.grid import Grid, letter
from govsync.sources.problem import CatalogReading, Problem, shown

_GENERIC = re.compile(r"(?i)sheet\s*\d*|工作表\d*|目录|标准目录")
_TITLE = re.compile(r"(?:^.*?[省市县区旗])?(.+?)领域.*(?:标准)?目录")
_BLANK = {"", "-", "—", "─", "/", "无"}

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_workbook(
    path: Path, *, version: str, box_semantics: BoxSemantics | None
) -> CatalogReading:
    """Read a workbook, one catalog a sheet.

    Args:
        path: The file.
        version: Of all its catalogs; a workbook does not say.
        box_semantics: What ■ and □ mean; None: as each sheet's header says.

    Raises:
        SourceError: It is not there, not a workbook, or locked by a password.
    """
    catalogs, problems, seen = [], [], 0
    for name, grid in _sheets(path):
        sheet = _Sheet(path.name, name, grid, version, box_semantics)
        catalog = sheet.read()
        if catalog is not None:
            catalogs.append(catalog)
            seen += len(catalog.items)
        problems += sheet.problems
    return CatalogReading(
        catalogs=Catalogs(catalogs=tuple(catalogs)),
        problems=tuple(problems),
        rows_read=seen,
    )


def _sheets(path: Path) -> Iterator[tuple[str, Grid]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            yield name, Grid.of(rows, sheet.merged_cell_ranges or ())
    except PasswordError as error:
        mend = "save it without a password"
        raise SourceError("locked by a password", where=str(path), mend=mend) from error
    except CalamineError as error:
        raise SourceError(
            f"not a workbook: {error}", where=str(path), mend="save it as .xlsx"
        ) from error
    except OSError as error:
        mend = "check the path in the configuration"
        raise SourceError(str(error), where=str(path), mend=mend) from error


@dataclass
class _Sheet:
    """One sheet while it is read."""

    file: str
    name: str
    grid: Grid
    version: str
    semantics: BoxSemantics | None
    problems: list[Problem] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    _level1: str = ""

    def read(self) -> Catalog | None:
        """Return the sheet's catalog, or None where it holds none."""
        top = next(
            (r for r in range(self.grid.height) if header.is_header(self.grid.peek(r))),
            None,
        )
        if top is None:
            if any(map(self.grid.filled, range(self.grid.height))):
                self._say("sheet.header", "no header of a catalog in this sheet")
            return None
        title = self._title(top)
        first, columns = self._header(top)
        semantics = self.semantics or self._box_semantics(first)
        area = self._area(title)
        for row in range(first, self.grid.height):
            self._row(row, columns, area, semantics)
        self._report_unread()
        return Catalog(
            area=area,
            title=title,
            version=self.version,
            box_semantics=semantics,
            items=tuple(self.items),
            notes=tuple(self.notes),
        )

    def _title(self, top: int) -> str:
        lines = dict.fromkeys(
            text for row in range(top) for text in self.grid.row(row) if text
        )
        title, *others = [*lines, ""]
        self.notes += [line for line in others if line]
        return title

    def _header(self, top: int) -> tuple[int, list[header.Column]]:
        upper = self.grid.row(top)
        below = self.grid.peek(top + 1) if top + 1 < self.grid.height else []
        known = {header.plain(cell) for cell in below if cell}
        if known & {"一级事项", "二级事项", "全社会", "特定群体", "主动", "县级"}:
            return top + 2, header.columns(upper, self.grid.row(top + 1))
        return top + 1, header.columns(upper, None)

    def _box_semantics(self, first: int) -> BoxSemantics:
        said = "".join(
            text
            for row in (*range(first), self.grid.height - 1)
            for text in self.grid.peek(row)
        )
        official = "必选" in said and "可选" in said
        return BoxSemantics.OFFICIAL if official else BoxSemantics.USED

    def _area(self, title: str) -> str:
        named = _TITLE.match("".join(title.split()))
        if _GENERIC.fullmatch(self.name.strip()) and named:
            return named[1]
        return self.name.strip().removesuffix("领域")

    def _row(
        self,
        row: int,
        columns: list[header.Column],
        area: str,
        semantics: BoxSemantics,
    ) -> None:
        if not self.grid.filled(row):
            return
        if header.is_header(self.grid.peek(row)) or self._repeats_header(row):
            self.grid.row(row)
            return
        if self._is_note(row, columns):
            self.notes += dict.fromkeys(text for text in self.grid.row(row) if text)
            return
        item = self._item(row, columns, area, semantics)
        if item is not None:
            self._add(item, row)

    def _repeats_header(self, row: int) -> bool:
        known = [
            header.plain(cell) in header.COLUMNS for cell in self.grid.peek(row) if cell
        ]
        return len(known) > 2 and all(known)

    def _is_note(self, row: int, columns: list[header.Column]) -> bool:
        held = {
            columns[column].holds
            for column in range(self.grid.width)
            if self.grid.anchors.get((row, column), (row, column))[0] == row
            and self.grid.peek(row)[column]
        }
        return not held & {"level1", "level2", "content", "channels", "deadline"}

    def _item(
        self,
        row: int,
        columns: list[header.Column],
        area: str,
        semantics: BoxSemantics,
    ) -> Item | None:
        given: dict[str, str] = {}
        extra: dict[str, str] = {}
        levels: list[str] = []
        for position, column in enumerate(columns):
            text = self.grid.text(row, position)
            if column.holds.startswith("level:"):
                levels += self._levels(column, text, extra)
            elif column.holds == "extra" or column.holds in given:
                extra |= {column.title or letter(position): text} if text else {}
            else:
                given[column.holds] = text
        names = self._names(row, given)
        if not names[0]:
            mend = "write the name of the item in 一级事项"
            self._say("row.item", "the row names no item", row=row, mend=mend)
            return None
        keys = ("level1", "level2", "level3")
        return Item.model_validate(
            {
                "ref": {"area": area, **dict(zip(keys, names, strict=True))},
                "number": given.get("number", ""),
                "content": given.get("content", ""),
                "basis": rows.documents(given.get("basis", "")),
                "deadline": given.get("deadline", ""),
                "bodies": rows.outside_brackets(given.get("bodies", "")),
                "channels": self._channels(row, given, semantics),
                "audience": rows.audience(given),
                "modes": rows.modes(given),
                "levels": levels,
                "extra": extra,
            }
        )

    def _names(self, row: int, given: dict[str, str]) -> list[str]:
        """Return the levels' names; a merge that was lost is taken from above."""
        names = [
            "" if given.get(key, "") in _BLANK else "".join(given[key].split())
            for key in ("level1", "level2", "level3")
        ]
        if not names[0] and names[1] and self._level1:
            names[0] = self._level1
            self._say(
                "row.merge",
                f"一级事项 is empty: taken from above, {names[0]}",
                row=row,
                error=False,
                mend="merge the cells again",
            )
        if names[1] == names[0] and "level2" in given and self._merged_across(row):
            names[1] = ""
        self._level1 = names[0] or self._level1
        return names

    def _merged_across(self, row: int) -> bool:
        across = [
            self.grid.anchors.get((row, column)) for column in range(self.grid.width)
        ]
        return any(a is not None and a == b for a, b in pairwise(across))

    def _channels(
        self, row: int, given: dict[str, str], semantics: BoxSemantics
    ) -> list[dict[str, Any]]:
        text = given.get("channels", "")
        found, unknown = boxes.channels(text, semantics)
        for label in unknown:
            self._say(
                "cell.channels",
                "not one of the thirteen channels: kept as 其他",
                row=row,
                value=label,
                error=False,
            )
        if not found:
            mend = "check at least one box"
            self._say(
                "cell.channels",
                "the row names no channel",
                row=row,
                mend=mend,
                value=text,
            )
        return found

    def _levels(
        self, column: header.Column, text: str, extra: dict[str, str]
    ) -> tuple[str, ...]:
        yes, words = boxes.ticked(text)
        name = column.holds.removeprefix("level:")
        if not yes:
            return ()
        if words or name not in header.LEVELS:
            extra[column.title] = text
        return header.LEVELS.get(name, ())

    def _add(self, item: Item, row: int) -> None:
        first = self._rows.setdefault(item.ref.key, row)
        if first != row:
            self._say(
                "row.twice",
                f"row {first + 1} names the same item: the first is used",
                row=row,
                value=str(item.ref),
                mend="give the items different names",
            )
            return
        self.items.append(item)

    def _report_unread(self) -> None:
        for (row, column), text in self.grid.unread():
            self._say(
                "cell.unread",
                "this cell was not read",
                row=row,
                column=letter(column),
                value=text,
                mend="give its column a header",
            )

    def _say(
        self,
        rule: str,
        message: str,
        *,
        row: int | None = None,
        column: str = "",
        value: str = "",
        mend: str = "",
        error: bool = True,
    ) -> None:
        self.problems.append(
            Problem(
                rule=rule,
                error=error,
                message=message,
                file=self.file,
                sheet=self.name,
                row=None if row is None else row + 1,
                column=column,
                value=shown(value),
                mend=mend,
            )
        )
