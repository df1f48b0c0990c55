"""The log as a table for people: CSV and XLSX, which no inspector has to decode.

Tables are for reading. What proves anything is the JSON Lines of the whole log, beside
its checkpoints (:func:`govsync.audit.log.export_json_lines`).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, BinaryIO

from govsync.audit.log import Line, lines
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

COLUMNS = (
    ("seq 序号", 9),
    ("at 时间", 27),
    ("actor 操作者", 28),
    ("action 动作", 24),
    ("record 公开信息", 26),
    ("channel 渠道", 16),
    ("revision 版本", 9),
    ("digest 摘要值", 24),
    ("outcome 结果", 12),
    ("reason 原因", 40),
    ("detail 详情", 40),
    ("leaf 叶哈希", 24),
)
"""Headers, and their widths in characters."""
_EXPIRED = "(expired 文本已到期)"
_FORMULAS = "=+-@\t\r\n＝＋－＠"
"""What a cell may not begin with: a spreadsheet would compute it (OWASP, CSV
injection). The full-width forms count in Excel too."""
_LONGEST_CELL = 32_767
"""Characters, of Excel ("Excel specifications and limits"); rows, see below."""


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(tuple(_FORMULAS)) else text


def write_csv(
    connection: Connection,
    out: BinaryIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write entries as CSV (RFC 4180, UTF-8 with its mark); return how many.

    Args:
        connection: A reading transaction.
        out: Is written to, and left open.
        since: Entries of this moment and later.
        until: Entries before this moment.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    number = 0
    try:
        writer.writerow([header for header, _ in COLUMNS])
        for row in _rows(connection, since, until):
            writer.writerow(map(harmless, row))
            number += 1
        text.flush()
    finally:
        text.detach()
    return number


def write_xlsx(
    connection: Connection,
    out: BinaryIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    rows_of_a_sheet: int = 1_048_575,
) -> int:
    """Write entries as a workbook of text cells, in constant memory; return how many.

    Args:
        connection: A reading transaction.
        out: Is written to, and left open.
        since: Entries of this moment and later.
        until: Entries before this moment.
        rows_of_a_sheet: A further sheet is begun after so many, the header apart.

    Raises:
        ConfigError: The package that writes workbooks is not there.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise ConfigError(
            "workbooks need the package XlsxWriter", mend="pip install 'govsync[xlsx]'"
        ) from error
    options = {"constant_memory": True, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    number = 0
    sheet = _sheet(book, 0)
    for row in _rows(connection, since, until):
        place = number % rows_of_a_sheet
        if number and not place:
            sheet = _sheet(book, number)
        for column, cell in enumerate(row):
            sheet.write_string(place + 1, column, cell[:_LONGEST_CELL])
        number += 1
    book.close()
    return number


def _sheet(book: Any, first: int) -> Any:
    sheet = book.add_worksheet(f"audit {first}" if first else "audit")
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, (header, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    return sheet


def _rows(
    connection: Connection, since: datetime | None, until: datetime | None
) -> Iterator[list[str]]:
    for line in lines(connection, since=since, until=until):
        yield _cells(line)


def _cells(line: Line) -> list[str]:
    seq, leaf, entry = str(line.seq), line.leaf.hex(), line.entry
    if entry is None:
        return [seq, *[""] * 8, _EXPIRED, "", leaf]
    detail = "; ".join(f"{name}={value}" for name, value in entry.detail.items())
    revision = "" if entry.revision is None else str(entry.revision)
    said = (entry.actor, entry.action, entry.record, entry.channel, revision)
    why = (entry.digest, entry.outcome, entry.reason, detail)
    return [seq, entry.at.isoformat(), *said, *why, leaf]
