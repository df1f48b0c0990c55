"""Catalogs written in the official layout: a workbook, a page, or delimited text."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from html import escape
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from govsync.catalogs.layout import sheets
from govsync.errors import UsageError
from govsync.files import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from govsync.catalogs.layout import Merge, Sheet
    from govsync.model import Catalogs

MADE = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Equal catalogs give equal bytes, so a workbook does not say when it was made."""
_WIDTH = 13
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>基层政务公开</title>
<style>
table { border-collapse: collapse; margin: 1em 0; font-size: 90% }
th, td { border: 1px solid #999; padding: .3em; vertical-align: top }
caption { font-size: 130%; font-weight: bold; padding: .5em }
</style></head><body>
"""


def write(catalogs: Catalogs, path: Path) -> None:
    """Write catalogs into a file of the kind that its suffix says.

    The file is written whole or not at all.

    Raises:
        UsageError: There is no such kind.
        InputError: A text is longer than a cell holds.
        OSError: The file cannot be written.
    """
    content = rendered(catalogs, path.suffix.lower())
    with replacing(path) as file:
        file.write(content)


def rendered(catalogs: Catalogs, suffix: str) -> bytes:
    """Return the bytes of such a file.

    Args:
        catalogs: What it says.
        suffix: A key of :data:`WRITERS`.

    Raises:
        UsageError: There is no such kind.
        InputError: A text is longer than a cell holds.
    """
    if suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise UsageError(f"no kind of catalog: {suffix!r}", mend=f"there are: {known}")
    return WRITERS[suffix](catalogs)


def workbook(catalogs: Catalogs) -> bytes:
    """Return a workbook (.xlsx), one sheet an area."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        plain = {"text_wrap": True, "valign": "top", "border": 1}
        formats = {
            "cell": book.add_format(plain),
            "head": book.add_format({**plain, "bold": True, "align": "center"}),
        }
        for sheet in sheets(catalogs.catalogs, named=True):
            _fill(book.add_worksheet(sheet.name), sheet, formats)
    return out.getvalue()


def _fill(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for row, texts in enumerate(sheet.rows):
        style = formats["head" if row <= sheet.header + 1 else "cell"]
        for column, text in enumerate(texts):
            merge = sheet.merged.get((row, column))
            if merge is not None:
                page.merge_range(*merge, "", style)
            if (row, column) not in sheet.covered:
                # Never as a formula or a number, whatever it looks like.
                page.write_string(row, column, text, style)
    for column, title in enumerate(sheet.rows[sheet.header]):
        page.set_column(column, column, _width(title))
    page.freeze_panes(sheet.header + 2, 0)
    page.repeat_rows(sheet.header, sheet.header + 1)
    page.set_landscape()


def _width(title: str) -> int:
    wide = {"序号": 6, "公开内容(要素)": 45, "公开依据": 35}
    return 36 if title.startswith("公开渠道") else wide.get(title, _WIDTH)


def page(catalogs: Catalogs) -> bytes:
    """Return a page (.html), one table an area."""
    tables = (
        _table(sheet, catalog.title)
        for sheet, catalog in zip(
            sheets(catalogs.catalogs, named=False), catalogs.catalogs, strict=True
        )
    )
    return f"{_HEAD}{''.join(tables)}</body></html>\n".encode()


def _table(sheet: Sheet, title: str) -> str:
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    first = 1 if title else 0
    rows = "".join(
        f"<tr>{''.join(_cells(sheet, row))}</tr>\n"
        for row in range(first, len(sheet.rows))
    )
    return f"<table>{caption}\n{rows}</table>\n"


def _cells(sheet: Sheet, row: int) -> Iterator[str]:
    tag = "th" if row in {sheet.header, sheet.header + 1} else "td"
    for column, text in enumerate(sheet.rows[row]):
        if (row, column) not in sheet.covered:
            spans = _spans(sheet.merged.get((row, column)))
            yield f"<{tag}{spans}>{escape(text).replace(chr(10), '<br>')}</{tag}>"


def _spans(merge: Merge | None) -> str:
    if merge is None:
        return ""
    down, across = merge.bottom - merge.top + 1, merge.right - merge.left + 1
    return "".join(
        f' {name}="{reach}"'
        for name, reach in (("rowspan", down), ("colspan", across))
        if reach > 1
    )


def text(catalogs: Catalogs) -> bytes:
    """Return delimited text (.csv): the areas one after the other, each titled."""
    out = StringIO()
    writer = csv.writer(out)
    for place, sheet in enumerate(sheets(catalogs.catalogs, named=False, merged=False)):
        if place:
            writer.writerow([])
        writer.writerows(sheet.rows)
    # With its mark, without which Excel takes it for GBK.
    return out.getvalue().encode("utf-8-sig")


WRITERS: dict[str, Callable[[Catalogs], bytes]] = {
    ".xlsx": workbook,
    ".html": page,
    ".csv": text,
}
