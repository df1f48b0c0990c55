"""A comparison of catalogs for people: lines, a page, or a workbook."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from govsync.catalogs.comparison import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from govsync.catalogs.comparison import RowChange

    Changes = Sequence[RowChange]

_SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
_HEADER = ("变化", "公开事项", "栏目", "原目录", "新目录")
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>目录动态调整对照表</title>
<style>
table { border-collapse: collapse } th, td { border: 1px solid #999; padding: .3em }
td { vertical-align: top; white-space: pre-line }
.added { background: #e6ffed } .removed { background: #ffeef0 }
</style></head><body><h1>目录动态调整对照表</h1><table>
"""


def text(changes: Changes) -> bytes:
    """Return lines: a row's name with its sign, its cells below it."""
    return "".join(f"{line}\n" for line in _lines(changes)).encode()


def _lines(changes: Changes) -> Iterator[str]:
    for one in changes:
        yield f"{_SIGNS[one.kind]} {one.name}"
        for cell in one.cells:
            yield f"    {cell.column}: {_flat(cell.old)} → {_flat(cell.new)}"
    kinds = [one.kind for one in changes]
    yield ", ".join(f"{kinds.count(kind)} {kind}" for kind in Kind)


def _flat(words: str) -> str:
    return " ".join(words.split()) or "(空)"


def _rows(changes: Changes) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """Yield a line for each cell that changed, and one for each other row."""
    for one in changes:
        for cell in one.cells:
            yield one.kind, (one.kind.label, one.name, cell.column, cell.old, cell.new)
        if not one.cells:
            old, new = (str(i.ref) if i else "" for i in (one.old, one.new))
            yield one.kind, (one.kind.label, one.name, "", old, new)


def page(changes: Changes) -> bytes:
    """Return a page that stands alone."""
    head = "".join(f"<th>{title}</th>" for title in _HEADER)
    rows = "".join(
        f'<tr class="{kind}">{_cells(row)}</tr>\n' for kind, row in _rows(changes)
    )
    return f"{_HEAD}<tr>{head}</tr>\n{rows}</table></body></html>\n".encode()


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in row)


def workbook(changes: Changes) -> bytes:
    """Return a workbook of one sheet."""
    import xlsxwriter

    from govsync.catalogs.writing import MADE

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        style = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        sheet = book.add_worksheet("目录调整对照")
        table = [_HEADER, *(row for _, row in _rows(changes))]
        for place, row in enumerate(table):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell, style)
        sheet.set_column(1, 4, 40)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


FORMS: dict[str, Callable[[Changes], bytes]] = {
    "text": text,
    "html": page,
    "xlsx": workbook,
}
