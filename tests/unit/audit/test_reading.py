"""The log as tables: CSV and XLSX that a spreadsheet opens and computes nothing of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from support.logs import AT, Log, entry

from govsync import audit
from govsync.audit import reading
from govsync.audit.log import lines

HOSTILE = '=HYPERLINK("http://127.0.0.1/","x")'


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    told = entry(1).changed(
        at=AT + timedelta(days=1),
        reason=HOSTILE,
        revision=7,
        channel="province",
        detail={"address": "http://127.0.0.1/密山.html"},
    )
    with log.database.write() as connection:
        audit.append(connection, [entry(0), told, entry(2)])
    log.tamper("UPDATE audit SET body = NULL WHERE seq = 2")
    yield log
    log.database.dispose()


def written(log: Log, form: str) -> bytes:
    out = io.BytesIO()
    write = {"csv": audit.write_csv, "xlsx": audit.write_xlsx}[form]
    with log.database.read() as connection:
        assert write(connection, out) == 3
    return out.getvalue()


def test_a_table_is_csv_with_a_mark_for_excel(log: Log) -> None:
    content = written(log, "csv")
    header, first, second, third = csv.reader(
        io.StringIO(content.decode("utf-8-sig"), newline="")
    )

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 4
    assert header[:3] == ["seq 序号", "at 时间", "actor 操作者"]
    assert first[:5] == [
        *("0", "2026-03-02T08:00:00+08:00", "cron@test", "record.accepted", "r/0")
    ]
    assert second[5:7] == ["province", "7"]
    assert second[9:11] == [f"'{HOSTILE}", "address=http://127.0.0.1/密山.html"]
    assert third[:2] == ["2", ""]
    assert "expired" in third[9]


def test_a_workbook_holds_texts_alone(log: Log) -> None:
    content = written(log, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["audit"]
    rows = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(content)
    ).get_sheet_by_index(0)

    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["J"].width > 30
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert sheet["J3"].value == HOSTILE
    assert rows.to_python()[2][9] == HOSTILE
    assert rows.to_python()[0][0] == "seq 序号"
    assert len(rows.to_python()) == 4


def test_a_workbook_goes_on_in_a_further_sheet(log: Log) -> None:
    out = io.BytesIO()
    with log.database.read() as connection:
        reading.write_xlsx(connection, out, rows_of_a_sheet=2)
    book = openpyxl.load_workbook(out)

    assert book.sheetnames == ["audit", "audit 2"]
    assert book["audit 2"]["A2"].value == "2"


def test_a_cell_too_long_for_a_workbook_is_cut(log: Log) -> None:
    with log.database.write() as connection:
        audit.append(connection, [entry(3).changed(reason="长" * 40_000)])
    out = io.BytesIO()
    with log.database.read() as connection:
        audit.write_xlsx(connection, out)

    cell = openpyxl.load_workbook(out)["audit"]["J5"].value
    assert len(cell) == 32_767


def test_a_part_of_the_log_is_chosen_by_its_moments(log: Log) -> None:
    with log.database.read() as connection:
        since = [line.seq for line in lines(connection, since=AT + timedelta(days=1))]
        until = [line.seq for line in lines(connection, until=AT + timedelta(days=1))]
        out = io.BytesIO()
        assert audit.export_json_lines(connection, out, until=AT) == 0

    assert (since, until) == ([1], [0, 2])


def test_the_file_is_left_open_even_where_an_entry_cannot_be_read(log: Log) -> None:
    from govsync.errors import AuditError

    log.tamper("UPDATE audit SET body = x'5b5d' WHERE seq = 0")
    out = io.BytesIO()
    with log.database.read() as connection, pytest.raises(AuditError):
        audit.write_csv(connection, out)

    assert not out.closed
