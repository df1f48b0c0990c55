"""Columns (栏目): which were not updated in time, by the thresholds of the inspectors.

The rule speaks of columns of a site; govsync knows rows of a catalog. Each 一级事项 of
an area is taken for one column, which the report says.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from govsync.reports.coverage import on_request
from govsync.rules.timing import Period, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from govsync.model import Item
    from govsync.reports.facts import Facts


class ColumnKind(NamedTuple):
    """A kind of column with its threshold (国办秘函〔2019〕19号)."""

    label: str
    words: tuple[str, ...]
    """A column whose name has one of them is of this kind."""
    days: int


KINDS = (
    ColumnKind("动态要闻类", ("动态", "要闻"), 14),
    # 6 months; 184 days is the longest half of a year.
    ColumnKind("通知公告、政策文件类", ("通知", "公告", "政策", "法规", "文件"), 184),
)
"""The first that fits counts."""
PERIODS = {
    Period.WEEK: 7,
    Period.MONTH: 31,
    Period.QUARTER: 92,
    Period.HALF: 184,
    Period.YEAR: 366,
}
"""Days of the longest such period; of the others nobody can say."""


class Column(NamedTuple):
    """One column on the day."""

    area: str
    name: str
    last: date | None
    """The day of its newest publication; None where it is blank."""
    kind: ColumnKind | None

    def stale(self, day: date) -> bool:
        """Whether the threshold of its kind has passed since its newest publication."""
        if self.kind is None or self.last is None:
            return False
        return (day - self.last) > timedelta(days=self.kind.days)


def columns(facts: Facts) -> list[Column]:
    """Return the columns in the catalogs' order, without those on request only."""
    names: dict[tuple[str, ...], Item] = {}
    for item in facts.catalogs.items:
        if not on_request(item):
            names.setdefault(item.ref.key[:2], item)
    last: dict[tuple[str, ...], date] = {}
    for key, day in facts.newest.items():
        last[key[:2]] = max(day, last.get(key[:2], day))
    return [
        Column(item.ref.area, item.ref.level1, last.get(key), _kind(item.ref.level1))
        for key, item in names.items()
    ]


def _kind(name: str) -> ColumnKind | None:
    for kind in KINDS:
        if any(word in name for word in kind.words):
            return kind
    return None


def not_updated(facts: Facts) -> Iterator[tuple[Item, str]]:
    """Yield the rows that say how often they are due and have nothing of late.

    A row that says 每季度公开 and whose newest record is older than the longest
    quarter is 应更新未更新.
    """
    for item in facts.catalogs.items:
        days = _allowed(item)
        last = facts.newest.get(item.ref.key)
        if days is None or last is None or on_request(item):
            continue
        if facts.as_of - last > timedelta(days=days):
            yield item, f"最近更新 {last}, {item.deadline}"


def _allowed(item: Item) -> int | None:
    known = [
        PERIODS[part.period]
        for part in parse(item.deadline).parts
        if part.period in PERIODS
    ]
    return min(known) if known else None
