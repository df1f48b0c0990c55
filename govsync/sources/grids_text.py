"""Delimited text (CSV, TSV) as grids: one for each titled part of the file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from govsync.errors import SourceError
from govsync.sources import header
from govsync.sources.grid import Grid, text_of
from govsync.sources.text import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DELIMITERS = "\t,;"
_LOOKED_AT = 65_536
"""Characters by which the delimiter is found."""


def grids(path: Path) -> Iterator[tuple[str, Grid]]:
    """Yield a grid for each catalog in the file; text names no sheets.

    Raises:
        SourceError: It does not decode, or holds no catalog.
    """
    parts = list(_parts(_rows(path)))
    if not any(map(_header_of, parts)):
        raise SourceError(
            "not a workbook, nor a table with the header of a catalog",
            where=str(path),
            mend="save it as .xlsx, or with its title and header rows",
        )
    for part in parts:
        yield "", Grid(part, merges=False)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding=encoding_of(path, None), newline="") as file:
        start = file.read(_LOOKED_AT)
        file.seek(0)
        delimiter = max(DELIMITERS, key=start.count)
        try:
            found = list(csv.reader(file, delimiter=delimiter))
        except csv.Error as error:
            mend = "save it as .xlsx"
            raise SourceError(str(error), where=str(path), mend=mend) from error
    return [[text_of(cell) for cell in row] for row in found]


def _parts(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """Part a file where a blank line is followed by a title and a header."""
    part: list[list[str]] = []
    for place, row in enumerate(rows):
        if not any(row) and _begins(rows, place + 1):
            yield part
            # Rows above, so that places are those of the file.
            part = [[] for _ in range(place + 1)]
        else:
            part.append(row)
    yield part


def _begins(rows: list[list[str]], place: int) -> bool:
    """Whether a title, alone in its row, and then a header stand here."""
    for row in rows[place:]:
        if header.is_header(row):
            return rows[place] is not row
        if sum(map(bool, row)) != 1:
            return False
    return False


def _header_of(rows: list[list[str]]) -> bool:
    return any(map(header.is_header, rows))
