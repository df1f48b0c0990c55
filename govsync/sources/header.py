"""The header of a catalog's sheet: which column means what. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

COLUMNS = {
    "序号": "number",
    "公开事项": "level1",
    "事项名称": "level1",
    "政府信息公开事项": "level1",
    "一级事项": "level1",
    "二级事项": "level2",
    "三级事项": "level3",
    "公开内容": "content",
    "公开内容要素": "content",
    "公开内容和要素": "content",
    "公开要素": "content",
    "公开依据": "basis",
    "公开时限": "deadline",
    "公开主体": "bodies",
    "公开责任主体": "bodies",
    "责任主体": "bodies",
    "公开渠道和载体": "channels",
    "公开渠道": "channels",
    "公开渠道与载体": "channels",
    "公开渠道及载体": "channels",
    "公开载体": "channels",
    "公开对象": "audience",
    "全社会": "all",
    "特定群体": "special",
    "特定群众": "special",
    "公开方式": "mode",
    "主动": "proactive",
    "主动公开": "proactive",
    "依申请": "on_request",
    "依申请公开": "on_request",
    "公开层级": "levels",
}
"""Header, without brackets and blanks → what its column holds."""
LEVELS = {
    "市级": ("city",),
    "市本级": ("city",),
    "县级": ("county",),
    "县、区级": ("county",),
    "区级": ("county",),
    "区县级": ("county",),
    "县": ("county",),
    "市": ("city",),
    "乡级": ("town",),
    "镇级": ("town",),
    "乡镇级": ("town",),
    "街镇级": ("town",),
    "镇街级": ("town",),
    "乡镇街道级": ("town",),
    "镇街": ("town",),
    "市级/镇街级": ("city", "town"),
    "县乡级": ("county", "town"),
    "县级/乡级": ("county", "town"),
    "乡": ("town",),
    "镇": ("town",),
    "乡镇": ("town",),
    "乡、村级": ("town", "village"),
    "乡村级": ("town", "village"),
    "乡/村级": ("town", "village"),
    "乡级/村级": ("town", "village"),
    "镇街、村级": ("town", "village"),
    "村级": ("village",),
    "村社区级": ("village",),
    "村": ("village",),
}
"""Sub-header of 公开层级 → the levels that a tick below it means."""
_BELOW = {
    *LEVELS,
    *(title for title, holds in COLUMNS.items() if holds.startswith("level")),
    *("全社会", "特定群体", "特定群众"),
    *("主动", "主动公开", "依申请", "依申请公开"),
}
"""What only a second header row says."""
REPEATED = {*COLUMNS, *_BELOW}
"""All known headers: a row of nothing else is a header again, at a page break."""
_SINGLE = {"number", "content", "basis", "deadline", "bodies", "channels"}
"""Columns without a second header: below them stands a row, or nothing."""
_ENOUGH = 4
"""A row with so many known headers is the header."""


@dataclass(frozen=True)
class Column:
    """One column: what it holds, and its header as printed."""

    holds: str
    """A value of :data:`COLUMNS`, ``level:…``, or ``extra``."""
    title: str


def plain(text: str) -> str:
    """Return a header without brackets, blanks and line breaks."""
    return re.sub(
        r"\([^)]*\)", "", "".join(unicodedata.normalize("NFKC", text).split())
    )


def is_header(cells: list[str]) -> bool:
    """Whether a row is the (first) header row of a catalog."""
    known = {COLUMNS.get(plain(cell)) for cell in cells} - {None}
    return len(known) >= _ENOUGH and bool(known & {"level1", "level2"})


def goes_on(top: list[str], below: list[str]) -> bool:
    """Whether the header has a second row.

    Args:
        top: The header row, merged cells filled in.
        below: The next row's own cells.
    """
    if not any(plain(cell) in _BELOW for cell in below):
        return False
    return all(
        not cell or plain(cell) == plain(title)
        for title, cell in zip(top, below, strict=False)
        if COLUMNS.get(plain(title)) in _SINGLE
    )


def columns(top: list[str], below: list[str] | None) -> list[Column]:
    """Return what each column holds.

    Args:
        top: The header row, merged cells filled in.
        below: The second header row, if there is one.
    """
    found, over = [], ""
    for position, title in enumerate(top):
        sub = below[position] if below else ""
        # Where merges were lost, what stands over a second header is to its left.
        over = title or (over if sub else "")
        found.append(_column(over, sub if plain(sub) != plain(title) else ""))
    return found


def _column(title: str, sub: str) -> Column:
    upper, lower = plain(title), plain(sub)
    printed = "/".join("".join(part.split()) for part in (title, sub) if part)
    if COLUMNS.get(upper) == "levels" and lower:
        return Column(f"level:{lower}", printed)
    holds = COLUMNS.get(lower) if lower else COLUMNS.get(upper)
    return Column(holds or "extra", printed)
