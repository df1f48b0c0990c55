"""One sheet of a catalog: title rows, one or two header rows, items, notes at the foot.

Every cell is read, kept, or named with its sheet, row and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from govsync.model import BoxSemantics, Catalog, Item
from govsync.sources import header
from govsync.sources.catalog_row import RowReader
from govsync.sources.cells import CellError
from govsync.sources.cells import date as day
from govsync.sources.grid import Grid, letter
from govsync.sources.problem import SheetPlaces
from govsync.sources.remarks import Remarks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_GENERIC = re.compile(r"(?i)(sheet|工作表|表)\s*\d*|(标准)?目录\s*\d*|")
_TITLE = re.compile(r"(?:^.*?[省市县区旗])?(.+?)领域.*(?:标准)?目录")
_SAYS = re.compile(
    r"(?P<area>公开领域)[:：](?P<name>.+)"
    r"|(?P<version>版本号?)[:：](?P<number>.+)"
    r"|(?P<from>(?:施行|实施|生效|启用)日期)[:：](?P<day>.+)"
)
"""Lines above or below the rows that say something of the whole catalog."""
_NAMING = {"level1", "level2", "level3", "content", "channels", "deadline"}
"""A row that fills none of these is a note."""


@dataclass(frozen=True)
class Given:
    """What is known of a file's catalogs before they are read."""

    version: str = ""
    valid_from: date | None = None
    box_semantics: BoxSemantics | None = None
    """None: as each sheet's header says."""


class Sheet:
    """One sheet while it is read.

    Args:
        path: The file.
        name: The sheet's name; empty where the file names none.
        grid: Its cells.
        given: What is known of its catalog.
    """

    def __init__(self, path: Path, name: str, grid: Grid, given: Given) -> None:
        self.remarks = Remarks(path.name, name)
        self._stem = path.stem
        self._grid = grid
        self._given = given
        self._columns: list[header.Column] = []
        self._items: list[Item] = []
        self._notes: list[str] = []
        self._said: dict[str, str] = {}
        self._rows: dict[tuple[str, ...], int] = {}

    def read(self) -> Catalog | None:
        """Return the sheet's catalog, or None where it holds none."""
        grid = self._grid
        heads = (r for r in range(grid.height) if header.is_header(grid.peek(r)))
        top = next(heads, None)
        if top is None:
            if any(map(grid.filled, range(grid.height))):
                message = "no header of a catalog in this sheet"
                self.remarks.fault("sheet.header", message)
            return None
        title = self._title(top)
        first = self._header(top)
        below = [row for row in range(first, grid.height) if grid.filled(row)]
        items = [row for row in below if self._is_item(row)]
        self._read_notes(row for row in below if row not in set(items))
        semantics = self._given.box_semantics or self._box_semantics(top, first)
        area = self._area(title)
        reader = RowReader(grid, self._columns, area, semantics, self.remarks)
        for row in items:
            self._add(reader.read(row), row)
        self._report_unread()
        return Catalog(
            area=area,
            title=title,
            version=self._given.version or self._said.get("version", ""),
            valid_from=self._given.valid_from or self._day(),
            box_semantics=semantics,
            items=tuple(self._items),
            notes=tuple(self._notes),
        )

    def places(self) -> SheetPlaces:
        """Return where the items stand that were read."""
        return SheetPlaces(
            file=self.remarks.file,
            sheet=self.remarks.sheet,
            columns=tuple(
                (column.holds, letter(position))
                for position, column in enumerate(self._columns)
            ),
            rows=tuple(row + 1 for row in self._rows.values()),
        )

    def _title(self, top: int) -> str:
        lines = dict.fromkeys(
            text for row in range(top) for text in self._grid.row(row) if text
        )
        title, *others = [*(line for line in lines if not self._says(line)), ""]
        self._notes += [line for line in others if line]
        return title

    def _says(self, line: str) -> bool:
        """Whether a line says something of the whole catalog; it is remembered."""
        said = _SAYS.fullmatch(line)
        if said is None:
            return False
        for key, value in (("area", "name"), ("version", "number"), ("from", "day")):
            if said[key]:
                self._said[key] = said[value].strip()
        return True

    def _header(self, top: int) -> int:
        """Read the header; return the first row below it."""
        upper = self._grid.row(top)
        below = self._grid.peek(top + 1) if top + 1 < self._grid.height else []
        if header.goes_on(upper, below):
            self._columns = header.columns(upper, self._grid.row(top + 1))
            return top + 2
        self._columns = header.columns(upper, None)
        return top + 1

    def _box_semantics(self, top: int, first: int) -> BoxSemantics:
        heads = [text for row in range(top, first) for text in self._grid.peek(row)]
        if "不采用" in "".join(heads):
            return BoxSemantics.USED
        said = "".join([*heads, *self._notes])
        official = "必选" in said and "可选" in said
        return BoxSemantics.OFFICIAL if official else BoxSemantics.USED

    def _area(self, title: str) -> str:
        area = self._said.get("area") or area_of(self.remarks.sheet, title)
        if not area:
            area = self._stem
            self.remarks.note(
                "sheet.area",
                f"the sheet does not say its area: named after the file, {area}",
                mend="name the sheet after its area",
            )
        return area

    def _day(self) -> date | None:
        if "from" not in self._said:
            return None
        try:
            return date.fromisoformat(day(self._said["from"]))
        except CellError as error:
            self.remarks.fault(
                "sheet.from", str(error), value=self._said["from"], mend=error.mend
            )
            return None

    def _is_item(self, row: int) -> bool:
        """Whether a row holds an item; one that repeats the header is counted read."""
        own = self._grid.peek(row)
        if header.is_header(own) or self._repeats_header(own):
            self._grid.row(row)
            return False
        held = {
            column.holds
            for position, column in enumerate(self._columns)
            if own[position]
            and self._grid.anchors.get((row, position), (row, position))[0] == row
        }
        return bool(held & _NAMING)

    def _repeats_header(self, own: list[str]) -> bool:
        known = [header.plain(cell) in header.REPEATED for cell in own if cell]
        return len(known) > 2 and all(known)

    def _read_notes(self, rows: Iterable[int]) -> None:
        for row in rows:
            own = self._grid.peek(row)
            if header.is_header(own) or self._repeats_header(own):
                continue
            lines = dict.fromkeys(text for text in self._grid.row(row) if text)
            self._notes += [line for line in lines if not self._says(line)]

    def _add(self, item: Item | None, row: int) -> None:
        if item is None:
            return
        first = self._rows.setdefault(item.ref.key, row)
        if first == row:
            self._items.append(item)
            return
        self.remarks.fault(
            "row.twice",
            f"row {first + 1} names the same item: the first is used",
            row=row,
            value=str(item.ref),
            mend="give the items different names",
        )

    def _report_unread(self) -> None:
        for (row, column), text in self._grid.unread():
            self.remarks.fault(
                "cell.unread",
                "this cell was not read",
                row=row,
                column=letter(column),
                value=text,
                mend="give its column a header",
            )


def area_of(sheet: str, title: str) -> str:
    """Return the area that a sheet's name or a title says; empty where neither does."""
    named = _TITLE.match("".join(title.split()))
    if _GENERIC.fullmatch(sheet.strip()):
        return named[1] if named else ""
    return sheet.strip().removesuffix("领域")
