"""Records, rows and days for the tests of deadlines."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from support.rules import good, item

from govsync.model import SHANGHAI, ChannelCode, ItemRef, Record
from govsync.rules.timing import Due, due, standard_calendar

PAGE = Path(__file__).parents[2] / "docs" / "deadlines.md"
"""The page whose first table lists phrases and what becomes of them."""


def listed() -> list[tuple[str, list[str], list[str]]]:
    """Return the rows of that table: phrase, what was understood, kinds."""
    text = PAGE.read_text(encoding="utf-8")
    rows = text.partition("| kinds |\n| --- | --- | --- |\n")[2].partition("\n\n")[0]
    cells = ([c.strip() for c in r.strip("|").split("|")] for r in rows.splitlines())
    return [(raw, _lines(said), _lines(kinds)) for raw, said, kinds in cells]


def reckoned(
    deadline: str,
    *,
    channel: ChannelCode | None = None,
    related: Record | None = None,
    ref: ItemRef | None = None,
    **changes: Any,
) -> Due:
    """Return by when a good record is due whose row says this."""
    row = item(deadline=deadline) if ref is None else item(deadline=deadline, ref=ref)
    changes = {"item": row.ref, "published": None, **changes}
    return due(
        good(**changes), row, standard_calendar(), channel=channel, related=related
    )


def at(text: str) -> datetime:
    """Return a moment in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    """Return a day."""
    return date.fromisoformat(text)


def _lines(cell: str) -> list[str]:
    return cell.split("<br>") if cell else []
