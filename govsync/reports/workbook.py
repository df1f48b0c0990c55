"""Workbook: a report as XLSX, written row by row; no formulas, no clock."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from govsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import IO

    from govsync.reports.document import Report, Section

_CELL = 32_767
"""Characters that a cell can hold (ECMA-376)."""
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(report: Report, out: IO[bytes]) -> None:
    """Write a report as a workbook: a sheet a section, one for its lists.

    Raises:
        UsageError: The package that writes workbooks is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as error:
        raise UsageError(
            "workbooks need XlsxWriter", mend="pip install 'govsync[report]'"
        ) from error
    made = BytesIO()
    with Workbook(made, _OPTIONS) as book:
        # The day that was asked for: no clock gets into the bytes.
        day = report.as_of
        created = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(
            tzinfo=None
        )
        book.set_properties({"title": report.title, "created": created})
        bold = book.add_format({"bold": True})
        cover: list[Sequence[object]] = [(report.title,), *report.basis]
        _fill(book.add_worksheet("说明"), cover, bold)
        for number, section in enumerate(report.sections, start=1):
            _fill(book.add_worksheet(f"{number} {section.key}"), _rows(section), bold)
            _fill(
                book.add_worksheet(f"{number} {section.key} 清单"),
                _lists(section),
                bold,
            )
    out.write(made.getvalue())


def _fill(sheet: Any, rows: Iterable[Sequence[object]], bold: Any) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 26)
    for number, row in enumerate(rows):
        # A row of one cell is a heading.
        look = bold if len(row) == 1 else None
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, look)
            else:
                sheet.write_string(number, column, str(cell)[:_CELL], look)


def _rows(section: Section) -> Iterable[Sequence[object]]:
    yield (section.title,)
    for note in section.notes:
        yield ("", note)
    for paragraph in section.text:
        yield ("", paragraph)
    if section.figures:
        yield ("指标", "数量", "总数", "比率", "单位", "说明")
    for one in section.figures:
        value = one.shown if one.value is None else one.value
        of = "" if one.of is None else one.of
        yield (one.label, value, of, one.percent, one.unit, one.note)
    for table in section.tables:
        yield (table.title,)
        yield table.header
        for row in table.rows:
            yield tuple(_typed(cell) for cell in row)


def _typed(cell: str) -> object:
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) < 16 else cell


def _lists(section: Section) -> Iterable[Sequence[object]]:
    for listing in section.listings:
        yield (f"{listing.title}: {listing.counted(len(listing.rows))}",)
        yield from listing.rows
