"""A report as DOCX, as python-docx reads it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document

from govsync.reports import Audience, Figure, Listing, Report, Section, Table, letter

REPORT = Report(
    audience=Audience.PILOT,
    title="示例市工作总结",
    city="示例市",
    as_of=date(2026, 3, 31),
    basis=(("统计截止", "2026-03-31"),),
    sections=(
        Section(
            key="s",
            title="一、基本情况",
            text=("覆盖 5 / 8 项 <&>\x0b\ud800",),
            figures=(Figure(key="f", label="已覆盖", value=5, of=8),),
            tables=(
                Table(
                    key="t", title="按领域", header=("名", "数"), rows=(("甲", "1"),)
                ),
            ),
            listings=(
                Listing(key="l", title="清单", rows=(("a", "b", "c"),) * 60, total=70),
            ),
        ),
    ),
)


def written() -> bytes:
    out = BytesIO()
    letter.write(REPORT, out)
    return out.getvalue()


def test_headings_paragraphs_and_tables_are_read_back() -> None:
    read = Document(BytesIO(written()))
    said = {(one.style.name, one.text) for one in read.paragraphs}
    cells = [[c.text for c in row.cells] for one in read.tables for row in one.rows]

    assert ("Title", "示例市工作总结") in said
    assert ("Heading 1", "一、基本情况") in said
    assert ("Normal", "覆盖 5 / 8 项 <&>��") in said
    assert ("Heading 2", "清单: 共 70 条, 此处列出前 50 条") in said
    assert ["已覆盖", "5 / 8 条", "62.5%"] in cells
    assert ["甲", "1"] in cells
    assert cells.count(["a", "b", "c"]) == letter.CAP


def test_equal_reports_give_equal_bytes() -> None:
    assert written() == written()
