"""Read what office documents say: workbooks, texts and presentations (ECMA-376, ODF).

Cells are read one by one, never as a grid: a cell in the last corner of a sheet makes
a grid of 17 thousand million, and a library that lays it out ends the whole process.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from govsync.attachments.lines import lines, local, unseen, words_of
from govsync.attachments.piece import Piece, UnreadableError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

MOST_CELLS = 5_000_000
"""Of a workbook, empty ones before filled ones counted."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRINGS = "xl/sharedStrings.xml"
"""The part of a workbook with the texts of its cells."""
_RULES = ("hyperlink", "dataValidation", "cfRule")
"""What stands in a sheet below its rows, and holds words."""


class Package:
    """The parts of a document, by name, each unpacked when it is asked for."""

    def __init__(
        self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
    ) -> None:
        self._archive = archive
        self._members = {one.filename: one for one in members}
        self.names = list(self._members)

    def read(self, name: str) -> bytes:
        """Return a part, never more of it than its header says."""
        with self._archive.open(self._members[name]) as stream:
            return stream.read(self._members[name].file_size)

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """Yield the elements of a part as they end; all where no tags are given.

        Raises:
            UnreadableError: It is no XML.
        """
        from lxml import etree

        recover = name.lower().endswith(".vml")  # programs write it as they like
        try:
            yield from (
                element
                for _, element in etree.iterparse(
                    BytesIO(self.read(name)),
                    tag=[f"{{*}}{tag}" for tag in tags or "*"],
                    resolve_entities=False,
                    no_network=True,
                    recover=recover,
                )
            )
        except etree.XMLSyntaxError as error:
            raise UnreadableError(f"{name} in it is broken") from error


def workbook(package: Package) -> Iterator[Piece]:
    """Yield the sheets of an xlsx, then all else that it says."""
    strings = _strings(package)
    shown: set[int] = set()
    sheets = dict(_sheets(package))
    left = [MOST_CELLS]
    yield Piece("the names of sheets", "\n".join(sheets.values()))
    for name, title in sheets.items():
        rows = Rows(strings, shown, left)
        margins = []
        rules = []
        for element in package.elements(name, "row", "headerFooter", *_RULES):
            if local(element) == "row":
                rows.take(element)
                element.clear()
            elif local(element) == "headerFooter":
                margins += element.itertext()
            else:
                rules += [*element.itertext(), *map(str, element.attrib.values())]
        yield Piece(f"sheet {title}", rows.text, unit="row")
        yield Piece(f"sheet {title}, margins", "\n".join(margins))
        yield Piece(f"sheet {title}, formulas", "\n".join(rows.formulas + rules))
    hidden = [text for i, text in enumerate(strings) if i not in shown]
    yield Piece("strings that no cell shows", "\n".join(hidden))
    yield from _parts(package, [n for n in package.names if n not in sheets])


def document(package: Package) -> Iterator[Piece]:
    """Yield the parts of a docx, pptx or of an OpenDocument file."""
    yield from _parts(package, package.names)


def _parts(package: Package, names: list[str]) -> Iterator[Piece]:
    for name in names:
        if name.endswith(".rels"):
            targets = (one.get("Target", "") for one in package.elements(name))
            yield Piece("links", "\n".join(filter(is_spoken, targets)))
        elif is_text(name):
            yield from _of_part(package, name)


def _of_part(package: Package, name: str) -> Iterator[Piece]:
    root = None
    for element in package.elements(name):
        root = element
    if root is None:
        return
    stem = PurePosixPath(name).stem
    paragraphs = "\n".join(_one_line(words_of(line)) for line in lines(root))
    yield Piece(stem, paragraphs, unit="paragraph")
    yield Piece(f"{stem}, unseen", "\n".join(text for _, _, text in unseen(root)))


def _strings(package: Package) -> list[str]:
    if STRINGS not in package.names:
        return []
    return [text_of(one) for one in package.elements(STRINGS, "si")]


def _sheets(package: Package) -> Iterator[tuple[str, str]]:
    """Yield the parts that are sheets, with their titles where they have one."""
    titles = {}
    if "xl/workbook.xml" in package.names:
        titles = {
            one.get(_RELATION): one.get("name", "")
            for one in package.elements("xl/workbook.xml", "sheet")
        }
    targets = {}
    if (relations := "xl/_rels/workbook.xml.rels") in package.names:
        targets = {
            PurePosixPath(one.get("Target", "")).name: titles.get(one.get("Id"))
            for one in package.elements(relations, "Relationship")
        }
    for name in package.names:
        if is_sheet(name):
            part = PurePosixPath(name)
            yield name, targets.get(part.name) or part.stem


class Rows:
    """Collects the rows of a sheet: cells parted by tabs, at their own columns."""

    def __init__(self, strings: list[str], shown: set[int], left: list[int]) -> None:
        self._strings = strings
        self._shown = shown
        self._left = left
        self.lines: list[str] = []
        self.formulas: list[str] = []

    @property
    def text(self) -> str:
        """The rows, one a line."""
        return "\n".join(self.lines)

    def take(self, row: Any) -> list[tuple[int, Any]]:
        """Take a row; return its filled cells with their columns, from 1."""
        number = int(row.get("r") or len(self.lines) + 1)
        cells: list[str] = []
        filled = []
        self.formulas += (f.text for f in row.iter("{*}f") if f.text)
        for cell in row:
            if text := self._cell(cell):
                column = _column(cell.get("r", "")) or len(cells) + 1
                cells += [""] * (column - 1 - len(cells))
                cells.append(text)
                filled.append((len(cells), cell))
        if not cells:
            return []
        blank = max(0, number - 1 - len(self.lines))
        self._left[0] -= len(cells) + blank
        if self._left[0] < 0:
            raise UnreadableError("it has too many cells")
        self.lines += [""] * blank
        self.lines.append("\t".join(cells))
        return filled

    def _cell(self, cell: Any) -> str:
        number = string_number(cell)
        if number is not None:
            self._shown.add(number)
        return cell_text(cell, self._strings)


def is_sheet(name: str) -> bool:
    """Whether a part of a workbook is a sheet."""
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def is_text(name: str) -> bool:
    """Whether a part of a document is XML whose texts are read as paragraphs."""
    return name.lower().endswith((".xml", ".vml")) and name != STRINGS


def is_spoken(target: str) -> bool:
    """Whether an address is itself what a reader gets."""
    return target.startswith(("tel:", "mailto:"))


def string_number(cell: Any) -> int | None:
    """Return which of the shared strings a cell shows, from 0."""
    value = _value(cell)
    return int(value) if cell.get("t") == "s" and value.isdecimal() else None


def cell_text(cell: Any, strings: list[str]) -> str:
    """Return what a cell shows, in one line."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return text_of(cell)
    number = string_number(cell)
    if number is not None:
        return strings[number] if number < len(strings) else ""
    return _number(_value(cell)) if kind == "n" else _one_line(_value(cell))


def _value(cell: Any) -> str:
    return next((one.text or "" for one in cell if local(one) == "v"), "")


def _column(reference: str) -> int:
    """Return the column of a reference such as ``AB12``, from 1; 0 without one."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number if 0 <= number <= 16_384 else 0


def _number(value: str) -> str:
    """Write a number as its cell shows it: ``1.3804670001E10`` in full."""
    if "E" not in value.upper():
        return value.removesuffix(".0")
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    whole = number == number.to_integral_value() and abs(number.adjusted()) < 25
    return f"{number:f}" if whole else value


def text_of(element: Any) -> str:
    """Return the runs of a text in one line."""
    return _one_line("".join(one.text or "" for one in element.iter("{*}t")))


def _one_line(text: str) -> str:
    return re.sub(r"[\t\n\r]+", " ", text)
