"""A catalog laid out as a sheet: title, two header rows, items, notes. Pure.

The layout is that of the guidelines (国办发〔2019〕54号): what the
sheet cannot say in it, such as the day on which a version begins, stands in lines
below the title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from govsync.catalogs import cells
from govsync.errors import InputError
from govsync.model import BoxSemantics, Level
from govsync.sources.catalog_sheet import area_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from govsync.catalogs.cells import Cell
    from govsync.model import Catalog, Item

LONGEST = 32_767
"""Characters that a cell of a workbook holds."""
_NO_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$|^(?i:history)$|^$")
_NAME_LONGEST = 31
_MEANING = {
    BoxSemantics.OFFICIAL: "(“■”表示必选项,“□”表示可选项)",
    BoxSemantics.USED: "(“■”表示采用,“□”表示不采用)",
}


class Merge(NamedTuple):
    """A range of cells that are one: rows and columns from 0, the last included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A catalog as a sheet."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    """All of one width; a merged range holds its text in its first cell."""
    merges: tuple[Merge, ...]
    header: int
    """The first of the two header rows."""
    items: int
    """How many rows below the header are items."""

    @cached_property
    def merged(self) -> dict[tuple[int, int], Merge]:
        """The merged ranges, by their first cell."""
        return {(merge.top, merge.left): merge for merge in self.merges}

    @cached_property
    def covered(self) -> frozenset[tuple[int, int]]:
        """The cells that belong to a merged range and are not its first."""
        reach = (
            (row, column)
            for merge in self.merges
            for row in range(merge.top, merge.bottom + 1)
            for column in range(merge.left, merge.right + 1)
        )
        return frozenset(reach) - self.merged.keys()


def sheets(
    catalogs: Sequence[Catalog], *, named: bool, merged: bool = True
) -> Iterator[Sheet]:
    """Yield a sheet for each catalog.

    Args:
        catalogs: What is laid out.
        named: Whether the file names its sheets, as a workbook does.
        merged: Whether it can merge cells; else each row says all of its names.

    Raises:
        InputError: A text is longer than a cell holds.
    """
    taken: set[str] = set()
    for number, catalog in enumerate(catalogs, 1):
        name = _name(catalog.area, number, taken) if named else ""
        taken.add(name.casefold())
        yield _sheet(catalog, name, merged=merged)


def _name(area: str, number: int, taken: set[str]) -> str:
    fits = not _NO_NAME.search(area) and len(area) <= _NAME_LONGEST
    return area if fits and area.casefold() not in taken else f"目录{number}"


def _sheet(catalog: Catalog, name: str, *, merged: bool) -> Sheet:
    columns = tuple(_columns(catalog))
    width = len(columns)
    above = [line for line in (catalog.title, *_facts(catalog, name)) if line]
    body = [tuple(column.of(item) for column in columns) for item in catalog.items]
    top = len(above)
    foot = top + 2 + len(body)
    merges = [*_across(range(top), width), *_header_merges(columns, top)]
    if merged:
        merges += _name_merges(catalog.items, columns, top + 2)
        body = _once(body, merges, top + 2)
    merges += _across(range(foot, foot + len(catalog.notes)), width)
    lines = [(line, *[""] * (width - 1)) for line in (*above, *catalog.notes)]
    rows = (*lines[:top], *_header(catalog, columns), *body, *lines[top:])
    _check(rows, catalog)
    return Sheet(
        name=name, rows=rows, merges=tuple(merges), header=top, items=len(body)
    )


def _columns(catalog: Catalog) -> Iterator[Cell]:
    """Yield the columns that a catalog needs, in the order of the guidelines."""
    items = catalog.items
    third = any(item.ref.level3 for item in items)
    used = {Level.COUNTY, Level.TOWN}.union(*(item.levels for item in items))
    yield cells.NUMBER
    yield from cells.NAMES[: 3 if third else 2]
    yield from (*cells.CONTENT, cells.CHANNELS, *cells.AUDIENCE, *cells.MODES)
    yield from (cell for level, cell in cells.LEVELS.items() if level in used)
    for title in dict.fromkeys(title for item in items for title in item.extra):
        yield cells.Cell("extra", title, "", cells.unknown(title))


def _facts(catalog: Catalog, name: str) -> Iterator[str]:
    """Yield what the layout has no place for."""
    if area_of(name, catalog.title) != catalog.area:
        yield f"公开领域:{catalog.area}"
    if catalog.version:
        yield f"版本:{catalog.version}"
    if catalog.valid_from:
        yield f"施行日期:{catalog.valid_from.isoformat()}"


def _header(catalog: Catalog, columns: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    meaning = _MEANING[catalog.box_semantics]
    before = [None, *(column.top for column in columns)]
    yield tuple(
        f"{column.top}\n{meaning}"
        if column is cells.CHANNELS
        else ("" if column.below and column.top == left else column.top)
        for column, left in zip(columns, before, strict=False)
    )
    yield tuple(column.below for column in columns)


def _header_merges(columns: Sequence[Cell], top: int) -> Iterator[Merge]:
    first = 0
    for place, column in enumerate(columns):
        if not column.below:
            yield Merge(top, place, top + 1, place)
        if column.top != columns[first].top:
            first = place
        last = place + 1 == len(columns) or columns[place + 1].top != column.top
        if column.below and last and place > first:
            yield Merge(top, first, top, place)


def _across(rows: range, width: int) -> Iterator[Merge]:
    for row in rows:
        yield Merge(row, 0, row, width - 1)


def _name_merges(
    items: Sequence[Item], columns: Sequence[Cell], first: int
) -> Iterator[Merge]:
    """Yield the runs of rows under one name, as catalogs merge them."""
    for place, column in enumerate(columns):
        if column not in cells.NAMES[:2]:
            continue
        begin = 0
        for row in range(1, len(items) + 1):
            if row < len(items) and _together(items[row - 1], items[row], column):
                continue
            if row - begin > 1:
                yield Merge(first + begin, place, first + row - 1, place)
            begin = row


def _together(one: Item, next_: Item, column: Cell) -> bool:
    """Whether two rows share a name, and the second still says one of its own."""
    deep = cells.NAMES.index(column) + 1
    names = [
        (item.ref.level1, item.ref.level2, item.ref.level3) for item in (one, next_)
    ]
    return (
        names[0][:deep] == names[1][:deep]
        and bool(names[1][deep - 1])
        and bool(names[1][deep])
    )


def _once(
    body: Sequence[tuple[str, ...]], merges: Sequence[Merge], first: int
) -> list[tuple[str, ...]]:
    """Leave the text of a merged range in its first cell alone."""
    covered = {
        (row, merge.left)
        for merge in merges
        if merge.top >= first
        for row in range(merge.top + 1, merge.bottom + 1)
    }
    return [
        tuple("" if (row, c) in covered else text for c, text in enumerate(texts))
        for row, texts in enumerate(body, first)
    ]


def _check(rows: Sequence[tuple[str, ...]], catalog: Catalog) -> None:
    for row, texts in enumerate(rows, 1):
        if any(len(text) > LONGEST for text in texts):
            raise InputError(
                f"longer than the {LONGEST} characters that a cell holds",
                where=f"{catalog.area}, row {row}",
                mend="part the item into several",
            )
