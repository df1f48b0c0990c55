"""The tables of a Word document (.docx) as grids (ISO/IEC 29500-1, 17.4)."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from lxml import etree

from govsync.errors import SourceError
from govsync.sources import flow
from govsync.sources.grid import Grid, Place, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

DOCUMENT = "word/document.xml"
LARGEST = 256 * 1024 * 1024
"""Bytes of the document when unpacked; a larger one is refused."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " "}
_WRAPPERS = {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}
"""What stands around rows, cells and paragraphs and means nothing here."""
_DROPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText"}
"""What was deleted, or is no text."""


def grids(path: Path) -> Iterator[tuple[str, Grid]]:
    """Yield the grid of each table that is a catalog; tables have no names.

    Raises:
        SourceError: It is broken, larger than anybody's catalog, or holds none.
    """
    found = list(flow.sheets(_blocks(_body(path))))
    if not found:
        raise SourceError(
            "no table of this document has the header of a catalog",
            where=str(path),
            mend="take the document that holds the table",
        )
    for grid in found:
        yield "", grid


def _body(path: Path) -> _Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(DOCUMENT).file_size > LARGEST:
                raise SourceError("larger than 256 MiB", where=str(path))
            root = etree.fromstring(archive.read(DOCUMENT), parser)
    except (zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        mend = "save it again as .docx"
        raise SourceError(
            f"not a document: {error}", where=str(path), mend=mend
        ) from error
    return root


def _blocks(root: _Element) -> Iterator[str | Grid]:
    for body in root.iterchildren(f"{_W}body"):
        for part in _inside(body):
            if part.tag == f"{_W}tbl":
                yield _grid(part)
            elif part.tag == f"{_W}p" and (line := _text(part)):
                yield line


def _inside(element: _Element) -> Iterator[_Element]:
    """Yield an element's children, those in wrappers among them."""
    for child in element.iterchildren(tag=etree.Element):
        if child.tag in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _grid(table: _Element) -> Grid:
    cells: list[list[str]] = []
    anchors: dict[Place, Place] = {}
    rows = (row for row in _inside(table) if row.tag == f"{_W}tr")
    for place, row in enumerate(rows):
        line = [""] * _number(row, "trPr", "gridBefore")
        for cell in (part for part in _inside(row) if part.tag == f"{_W}tc"):
            _add(cell, (place, len(line)), anchors)
            line += [_text(cell), *[""] * (max(1, _span(cell)) - 1)]
        cells.append(line)
    return Grid(cells, anchors)


def _add(cell: _Element, at: Place, anchors: dict[Place, Place]) -> None:
    """Note which cells are one with others: to the right of it, and above it."""
    row, column = at
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
    above = (row - 1, column)
    first = anchors.get(above, above) if goes_on and row else at
    reach = range(column, column + max(1, _span(cell)))
    if merge is not None or len(reach) > 1:
        anchors.update(dict.fromkeys(((row, one) for one in reach), first))


def _span(cell: _Element) -> int:
    return _number(cell, "tcPr", "gridSpan")


def _number(element: _Element, properties: str, name: str) -> int:
    found = element.find(f"{_W}{properties}/{_W}{name}")
    said = found.get(f"{_W}val", "") if found is not None else ""
    return min(int(said), 63) if said.isdecimal() else 0


def _text(element: _Element) -> str:
    return text_of("".join(_pieces(element)))


def _pieces(element: _Element) -> Iterator[str]:
    for child in element.iterchildren(tag=etree.Element):
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}sym":
            yield chr(int(child.get(f"{_W}char", "20"), 16))
        elif child.tag in _BREAKS:
            yield _BREAKS[str(child.tag)]
        elif child.tag not in _DROPPED:
            yield from _pieces(child)
    if element.tag == f"{_W}p":
        yield "\n"
