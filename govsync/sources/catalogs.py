"""Files of standard catalogs (基层政务公开标准目录), in every form that cities publish.

Workbooks, delimited text, saved pages and Word documents become grids; one reader
stands on top of them. A file is known by its content: offices name pages ``.xls``.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from govsync.errors import SourceError
from govsync.model import Catalogs
from govsync.sources import grids_page, grids_text, grids_word, grids_workbook
from govsync.sources.catalog_sheet import Given, Sheet
from govsync.sources.problem import CatalogReading, Problem, SheetPlaces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from govsync.model import Catalog
    from govsync.sources.grid import Grid

    Grids = Callable[[Path], Iterator[tuple[str, Grid]]]

_READERS: dict[str, Grids] = {
    "workbook": grids_workbook.grids,
    "word": grids_word.grids,
    "page": grids_page.grids,
    "text": grids_text.grids,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
_LOOKED_AT = 4096
"""Bytes of a file by which its kind is known."""


def read(path: Path, given: Given) -> CatalogReading:
    """Read a file of catalogs, one catalog a sheet or table.

    Args:
        path: The file.
        given: What is known of all its catalogs.

    Raises:
        SourceError: It is not there, of no known kind, or locked by a password.
    """
    catalogs: list[Catalog] = []
    places: list[SheetPlaces] = []
    problems: list[Problem] = []
    for name, grid in _READERS[kind_of(path)](path):
        sheet = Sheet(path, name, grid, given)
        catalog = sheet.read()
        if catalog is not None:
            catalogs.append(catalog)
            places.append(sheet.places())
        problems += sheet.remarks.problems
    return CatalogReading(
        catalogs=Catalogs(catalogs=tuple(catalogs)),
        places=tuple(places),
        problems=tuple(problems),
        rows_read=sum(len(catalog.items) for catalog in catalogs),
    )


def kind_of(path: Path) -> str:
    """Return the kind of a file by its content: a key of the readers' table.

    Raises:
        SourceError: It is of no kind that can hold a catalog.
    """
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if start.startswith(_OLE):
        return "workbook"
    if start.startswith(_ZIP):
        return _packed(path)
    plain = (
        start.replace(b"\0", b"") if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else start
    )
    if _PAGE.search(plain):
        return "page"
    if b"\0" in plain:
        raise SourceError(
            "not a workbook, nor text, a page or a Word document",
            where=str(path),
            mend="save it as .xlsx",
        )
    return "text"


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"not a workbook: {error}", where=str(path), mend="copy it again"
        ) from error
    return "word" if grids_word.DOCUMENT in names else "workbook"
