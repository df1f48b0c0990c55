"""The tables of a saved web page (HTML) as grids (HTML Standard, 4.9.12).

Cities print catalogs inside tables that only lay out the page, and offices save
workbooks that are pages in truth: each table is looked at by itself, and a table
inside a cell is part of the cell's text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree, html

from govsync.errors import SourceError
from govsync.sources import flow
from govsync.sources.grid import Grid, Place, text_of
from govsync.sources.text import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_GB = re.compile(r"(?i)gb[-_]?(2312|k|18030)\w*|cp936")
_BLOCKS = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 table".split())
_DROPPED = frozenset("script style template noscript head".split())
_WIDEST, _TALLEST = 1000, 65534
"""The limits of colspan and rowspan in the standard."""


def grids(path: Path) -> Iterator[tuple[str, Grid]]:
    """Yield the grid of each table that is a catalog; tables have no names.

    Raises:
        SourceError: It does not decode, or holds no table of a catalog.
    """
    root = _root(path)
    title = text_of(root.findtext(".//title") or "")
    found = list(flow.sheets(_blocks(root), title if "目录" in title else ""))
    if not found:
        raise SourceError(
            "no table of this page has the header of a catalog",
            where=str(path),
            mend="save the page that shows the table, or the workbook behind it",
        )
    for grid in found:
        yield "", grid


def _root(path: Path) -> _Element:
    raw = path.read_bytes()
    said = _CHARSET.search(raw[:4096])
    name = said[1].decode("ascii") if said else None
    # What calls itself GB 2312 or GBK holds characters of its successor as a rule.
    named = "gb18030" if name and _GB.fullmatch(name) else name
    try:
        encoding = encoding_of(path, named)
    except SourceError:
        encoding = encoding_of(path, None)
    # A comment, as a page has around its scripts, is nobody's text.
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    text = _DECLARATION.sub("", raw.decode(encoding))
    try:
        return html.document_fromstring(text, parser)
    except etree.ParserError as error:
        raise SourceError(f"not a page: {error}", where=str(path)) from error


def _blocks(root: _Element) -> Iterator[str | Grid]:
    """Yield the lines and the catalogs' tables of a page, in order."""
    for element in root.iter("table", "p", "h1", "h2", "h3", "h4", "div", "span"):
        if element.tag != "table":
            inside = next(element.iterancestors("table"), None)
            whole = not len(element) or element.tag not in {"div", "span"}
            if whole and (inside is None or not flow.has_header(_grid(inside))):
                yield _text(element)
            continue
        grid = _grid(element)
        if flow.has_header(grid) or not element.xpath(".//table"):
            yield grid


def _grid(table: _Element) -> Grid:
    cells: dict[Place, str] = {}
    anchors: dict[Place, Place] = {}
    rows = list(_rows(table))
    for row, element in enumerate(rows):
        column = 0
        for cell in element.iterchildren("td", "th"):
            while (row, column) in cells:
                column += 1
            across = _span(cell, "colspan", _WIDEST)
            down = min(_span(cell, "rowspan", _TALLEST), len(rows) - row)
            reach = [
                (row + one, column + other)
                for one in range(down)
                for other in range(across)
            ]
            cells.update(dict.fromkeys(reach, ""))
            cells[row, column] = _text(cell)
            if len(reach) > 1:
                anchors.update(dict.fromkeys(reach, (row, column)))
            column += across
    width = max((column for _, column in cells), default=-1) + 1
    lines = [
        [cells.get((row, one), "") for one in range(width)] for row in range(len(rows))
    ]
    caption = [_text(one) for one in table.iterchildren("caption")]
    return Grid(lines, anchors).under(caption)


def _rows(table: _Element) -> Iterator[_Element]:
    """Yield the table's own rows, and none of a table inside it."""
    for child in table.iterchildren("thead", "tbody", "tfoot", "tr"):
        if child.tag == "tr":
            yield child
        else:
            yield from child.iterchildren("tr")


def _span(cell: _Element, name: str, most: int) -> int:
    said = (cell.get(name) or "").strip()
    return min(max(1, int(said)), most) if said.isdecimal() else 1


def _text(element: _Element) -> str:
    lines = "".join(_pieces(element)).split("\n")
    kept = (" ".join(line.split()) for line in lines)
    return text_of("\n".join(line for line in kept if line))


def _pieces(element: _Element) -> Iterator[str]:
    border = "\n" if element.tag in _BLOCKS else ""
    yield border
    if element.tag == "input" and element.get("type", "").lower() == "checkbox":
        yield "□" if element.get("checked") is None else "■"
    yield from _words(element.text)
    for child in element:
        if child.tag not in _DROPPED:
            yield from _pieces(child)
        yield from _words(child.tail)
    yield border


def _words(text: str | None) -> Iterator[str]:
    # A line break of the source is a blank to whoever reads the page.
    yield (text or "").replace("\n", " ").replace("\r", " ")
