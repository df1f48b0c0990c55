"""What a source says: rows with their records, and problems with their place."""

from __future__ import annotations

import re

from govsync.model import Catalogs, Record, Value

_SHOWN = 40
_LONG_NUMBER = re.compile(r"\d{11,}")


class Problem(Value):
    """A row or cell that could not be used, or was used with a note."""

    rule: str
    """The kind, such as ``cell.date`` or ``integrity.active-content``."""
    error: bool = True
    """Whether something was not used; else it is a note."""
    message: str
    file: str
    sheet: str = ""
    row: int | None = None
    """As a spreadsheet counts: the header's row is 1 in a table."""
    column: str = ""
    """The header, or the letter of the column in a workbook."""
    value: str = ""
    """What stands there, made safe by :func:`shown`."""
    mend: str = ""
    record: str = ""

    def __str__(self) -> str:
        places = (
            self.file,
            f"sheet {self.sheet}" if self.sheet else "",
            f"row {self.row}" if self.row is not None else "",
            f"column {self.column}" if self.column else "",
        )
        where = ", ".join(filter(None, places))
        value = f": {self.value!r}" if self.value else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{'' if self.error else 'note: '}{where}: {self.message}{value}{mend}"


class Row(Value):
    """One row of a source: its record, where it could be read, and its problems."""

    line: int
    record: Record | None
    problems: tuple[Problem, ...] = ()
    mark: bytes = b""
    """Of the row as the file has it; see :mod:`govsync.sources.marks`."""


class SheetPlaces(Value):
    """Where the items of one catalog stand in their file."""

    file: str
    sheet: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    """What each column holds, such as ``deadline``, and its letter."""
    rows: tuple[int, ...] = ()
    """The row of each item, as a spreadsheet counts."""

    def letter(self, holds: str) -> str:
        """Return the letter of the column that holds something; empty: none does."""
        return next((one for held, one in self.columns if held == holds), "")


class CatalogReading(Value):
    """What reading a file of catalogs came to."""

    catalogs: Catalogs
    places: tuple[SheetPlaces, ...] = ()
    """Of the items of each catalog."""
    problems: tuple[Problem, ...] = ()
    rows_read: int = 0
    """Items read, over all areas."""


def shown(value: object) -> str:
    """Return a value as it may be shown and kept: short, long numbers masked."""
    text = _LONG_NUMBER.sub(_masked, str(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _masked(number: re.Match[str]) -> str:
    digits = number[0]
    return f"{digits[:2]}{'*' * (len(digits) - 4)}{digits[-2:]}"
