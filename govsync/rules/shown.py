"""A clean body as its reader sees it: one text, and which cell each part stands in.

Only for HTML that :mod:`govsync.model.html` has cleaned, whose tags are regular; what
is no tag stays text, so that nothing is ever left unread.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Cell(NamedTuple):
    """One cell of a table."""

    start: int
    end: int
    table: int
    """From 1, in the order in which the tables begin."""
    row: int
    """From 1; the header is row 1."""
    column: int
    """From 1, merged cells counted as what they cover."""
    span: int


class Shown(NamedTuple):
    """The text of a body, blocks and cells on lines of their own."""

    text: str
    cells: tuple[Cell, ...] = ()
    """Inner cells before the cells that they stand in."""
    attributes: tuple[tuple[str, str], ...] = ()
    """What readers get beside the text: ``alt``, ``title`` and the like."""


_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*+)>')
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
INLINE = frozenset("a abbr b code em i s small span strong sub sup time u".split())
_ODD_BLANKS = re.compile(r"[\t\n\f\r]| {2}")
_BLANKS = re.compile(r"[ \t\n\f\r]+")
_ADDRESSES = frozenset({"href", "src"})
_SPOKEN = ("tel:", "mailto:")
"""Addresses that are themselves what a reader gets."""
_MOST_COLUMNS = 100
"""Of a merged cell."""
_LAST_COLUMN = 300
"""Further cells count as standing there: else a row of merged cells, each over all the
rows, makes the time and the table grow with the square of the body."""


@lru_cache(maxsize=1)  # several rules read one body, one after the other
def shown(html: str) -> Shown:
    """Return the text of some clean HTML, its cells and its attributes."""
    if "<" not in html and "&" not in html:
        return Shown(_as_read(html))
    walk = _Walk()
    pieces = _TAG.split(html)
    walk.text(pieces[0])
    tags = zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True)
    for slash, name, attributes, text in tags:
        walk.tag(name, closing=bool(slash), attributes=attributes)
        walk.text(text)
    walk.end()
    return Shown("".join(walk.parts), tuple(walk.cells), tuple(walk.attributes))


def place_in(body: Shown, offset: int) -> str:
    """Name a place: ``table 1, row 2, column 身份证号``, or ``offset 14``."""
    for cell in body.cells:
        if cell.start <= offset < cell.end:
            column = _header(body, cell) or str(cell.column)
            return f"table {cell.table}, row {cell.row}, column {column}"
    return f"offset {offset}"


def tables(body: Shown) -> dict[int, list[list[str]]]:
    """Return the cells of each table by its number; a merged one at its first place."""
    found: dict[int, list[list[str]]] = {}
    for cell in body.cells:
        rows = found.setdefault(cell.table, [])
        rows += [[] for _ in range(cell.row - len(rows))]
        row = rows[cell.row - 1]
        row += [""] * (cell.column - len(row))
        row[cell.column - 1] = body.text[cell.start : cell.end].strip()
    return found


def _header(body: Shown, cell: Cell) -> str:
    """Return what heads the column; a first row with numbers in it is no header."""
    first = [c for c in body.cells if c.table == cell.table and c.row == 1]
    texts = [body.text[c.start : c.end] for c in first]
    if cell.row == 1 or any(re.search(r"\d{7}", text) for text in texts):
        return ""
    for head, text in zip(first, texts, strict=True):
        if head.column <= cell.column < head.column + head.span:
            return " ".join(text.split())[:20]
    return ""


class _Table:
    """Where in a table the walk is."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.row = 0
        self.column = 1
        self.open: Cell | None = None
        self.taken: dict[int, int] = {}
        """By column, the last row that a cell from above covers."""

    def next_row(self) -> None:
        self.row += 1
        self.column = 1

    def next_cell(self, start: int, across: int, down: int) -> None:
        self.row = self.row or 1
        while self.column < _LAST_COLUMN and self._is_taken():
            self.column += 1
        self.column = min(self.column, _LAST_COLUMN)
        covered = range(self.column, self.column + across)
        self.taken.update(dict.fromkeys(covered, self.row + down - 1))
        self.open = Cell(start, start, self.number, self.row, self.column, across)
        self.column += across

    def _is_taken(self) -> bool:
        return self.taken.get(self.column, 0) >= self.row


class _Walk:
    """Collects text and cells along the tags of a body."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.cells: list[Cell] = []
        self.attributes: list[tuple[str, str]] = []
        self.tables: list[_Table] = []
        self.number = 0

    def text(self, text: str) -> None:
        if text:
            self._add(_as_read(text))

    def tag(self, name: str, *, closing: bool, attributes: str) -> None:
        if name not in INLINE and self.parts and self.parts[-1] != "\n":
            self._add("\n")
        if attributes:
            self.attributes += _readable(attributes)
        if name == "table":
            self._end_table() if closing else self._begin_table()
        elif self.tables and name in {"tr", "td", "th"}:
            self._end_cell()
            if not closing and name == "tr":
                self.tables[-1].next_row()
            elif not closing:
                self.tables[-1].next_cell(self.length, *_spans(attributes))

    def end(self) -> None:
        while self.tables:
            self._end_table()

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _begin_table(self) -> None:
        self.number += 1
        self.tables.append(_Table(self.number))

    def _end_table(self) -> None:
        if self.tables:
            self._end_cell()
            self.tables.pop()

    def _end_cell(self) -> None:
        table = self.tables[-1]
        if table.open is not None:
            self.cells.append(table.open._replace(end=self.length))
            table.open = None


def _as_read(text: str) -> str:
    if _ODD_BLANKS.search(text):
        text = _BLANKS.sub(" ", text)
    return unescape(text) if "&" in text else text


def _readable(attributes: str) -> Iterator[tuple[str, str]]:
    for name, value in _ATTRIBUTE.findall(attributes):
        text = unescape(value)
        if name not in _ADDRESSES or text.lower().startswith(_SPOKEN):
            yield name, text


def _spans(attributes: str) -> tuple[int, int]:
    given = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
    across, down = (
        int(value) if re.fullmatch(r"[0-9]{1,5}", value) else 1
        for value in (given.get("colspan", ""), given.get("rowspan", ""))
    )
    return max(1, min(across, _MOST_COLUMNS)), max(1, down)
