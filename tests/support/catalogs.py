"""A sheet of a catalog, written in every kind of file that cities publish."""

from __future__ import annotations

import csv
import html
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""
TITLE = "密山市市政服务领域基层政务公开标准目录"
TOP = [
    "序号", "公开事项", "", "公开内容(要素)", "公开依据", "公开时限", "公开主体",
    "公开渠道和载体(“■”表示必选项,“□”表示可选项)", "公开对象", "", "公开方式", "",
    "公开层级", "",
]  # fmt: skip
BELOW = [
    "", "一级事项", "二级事项", "", "", "", "", "", "全社会", "特定群众",
    "主动", "依申请", "县级", "乡、村级",
]  # fmt: skip
ROW = [
    "1", "公用事业", "停水公告", "1.时间\n2.范围", "《城市供水条例》", "20个工作日",
    "市供水公司", "■政府网站\n□政府公报", "√", "", "√", "", "√", "√",
]  # fmt: skip
NEXT = ["2", "", "停气公告", *ROW[3:]]
MERGES: list[Merge] = [
    (0, 0, 0, 13),
    *((1, column, 2, column) for column in (0, 3, 4, 5, 6, 7)),
    *((1, column, 1, column + 1) for column in (1, 8, 10, 12)),
    (3, 1, 4, 1),
]


@dataclass(frozen=True)
class Sheet:
    """Rows of texts and their merged ranges."""

    rows: list[list[str]] = field(
        default_factory=lambda: [[TITLE], TOP, BELOW, ROW, NEXT]
    )
    merges: list[Merge] = field(default_factory=lambda: list(MERGES))
    name: str = "市政服务"


def xlsx(path: Path, sheet: Sheet) -> Path:
    """Write it as Excel does."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheet.name
    for row in sheet.rows:
        book.active.append([cell or None for cell in row])
    for first, left, last, right in sheet.merges:
        book.active.merge_cells(
            start_row=first + 1,
            start_column=left + 1,
            end_row=last + 1,
            end_column=right + 1,
        )
    book.save(path)
    return path


def xls(path: Path, sheet: Sheet) -> Path:
    """Write it as Excel 97 did."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet.name)
    merged = {(first, left): (last, right) for first, left, last, right in sheet.merges}
    covered = _covered(sheet.merges)
    for row, cells in enumerate(sheet.rows):
        for column, text in enumerate(cells):
            if (row, column) in merged:
                last, right = merged[row, column]
                page.write_merge(row, last, column, right, text)
            elif (row, column) not in covered and text:
                page.write(row, column, text)
    book.save(str(path))
    return path


def delimited(path: Path, sheet: Sheet, delimiter: str = ",") -> Path:
    """Write it as Excel saves text: merged cells hold their text once."""
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(sheet.rows)
    return path


def page(path: Path, sheet: Sheet, *, around: str = "{}") -> Path:
    """Write it as a saved page in GB 18030, inside what lays the page out."""
    reach = {(r, c): (last, right) for r, c, last, right in sheet.merges}
    covered = _covered(sheet.merges)
    lines = []
    for row, cells in enumerate(sheet.rows[1:], 1):
        inner = "".join(
            f"<td{_spans((row, column), reach)}>{_lines(text)}</td>"
            for column, text in enumerate(cells)
            if (row, column) not in covered
        )
        lines.append(f"<tr>\n {inner}\n</tr>")
    table = f"<table>{''.join(lines)}</table>"
    content = (
        '<html><head><meta http-equiv="Content-Type" content="text/html;'
        f' charset=gb2312"><title>公开目录</title></head><body><p>{sheet.rows[0][0]}'
        f"</p>{around.format(table)}<!-- end --></body></html>"
    )
    path.write_bytes(content.encode("gb18030"))
    return path


def _spans(at: tuple[int, int], reach: dict[tuple[int, int], tuple[int, int]]) -> str:
    last, right = reach.get(at, at)
    down, across = last - at[0] + 1, right - at[1] + 1
    return f' rowspan="{down}" colspan="{across}"'


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(path: Path, sheet: Sheet, *, after: Sequence[str] = ()) -> Path:
    """Write it as a Word document's table below its title."""
    table = "".join(_word_row(row, sheet) for row in range(1, len(sheet.rows)))
    lines = "".join(_paragraph(line) for line in after)
    title = _paragraph(sheet.rows[0][0])
    return packed(path, f"{title}<w:tbl>{table}</w:tbl>{lines}")


def packed(path: Path, body: str) -> Path:
    """Pack the body of a Word document."""
    xml = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return path


def _word_row(row: int, sheet: Sheet) -> str:
    cells = []
    column = 0
    width = max(map(len, sheet.rows))
    texts = [*sheet.rows[row], *[""] * (width - len(sheet.rows[row]))]
    while column < width:
        properties, right = _word_merge((row, column), sheet.merges)
        text = "".join(_paragraph(line) for line in texts[column].split("\n"))
        cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{text}</w:tc>")
        column = right + 1
    return f"<w:tr>{''.join(cells)}</w:tr>"


def _word_merge(at: tuple[int, int], merges: Sequence[Merge]) -> tuple[str, int]:
    row, column = at
    for first, left, last, right in merges:
        if first <= row <= last and left == column:
            span = f'<w:gridSpan w:val="{right - left + 1}"/>'
            goes_on = '<w:vMerge w:val="restart"/>' if first == row else "<w:vMerge/>"
            return span + (goes_on if last > first else ""), right
    return "", column


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p>"


def _covered(merges: Sequence[Merge]) -> set[tuple[int, int]]:
    return {
        (row, column)
        for first, left, last, right in merges
        for row in range(first, last + 1)
        for column in range(left, right + 1)
        if (row, column) != (first, left)
    }


KINDS: dict[str, Callable[..., Any]] = {
    "catalog.xlsx": xlsx,
    "catalog.xls": xls,
    "catalog.csv": delimited,
    "catalog.html": page,
    "catalog.docx": word,
}
