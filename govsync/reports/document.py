"""Document: a report as plain values that every rendering shows alike.

A section has figures, tables and lists. A figure names the list of the records behind
it, which stands in the same section.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

T = TypeVar("T")
Row = tuple[str, str, str]
"""A line of a list: id, title, and what is to be said of it."""
UNKNOWN = "无法判断"
KEPT = 2000
"""Rows of a list that a report keeps: no form shows more."""


class Audience(Code):
    """Who reads a report."""

    INSPECTION = "inspection", "政务公开检查自评报告"
    LEADERS = "leaders", "政务公开情况简报"
    ANNUAL = "annual", "政府信息公开年度统计"
    PILOT = "pilot", "基层政务公开标准化规范化试点工作总结"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The records behind a figure."""

    key: str
    """Unique in the report: what a figure points to."""
    title: str
    rows: tuple[Row, ...]
    """The first of them, at most :data:`KEPT`."""
    total: int
    """How many there are."""

    def counted(self, shown: int) -> str:
        """Return how many there are, and how many of them are shown if not all."""
        capped = f", 此处列出前 {shown} 条" if shown < self.total else ""
        return f"共 {self.total} 条{capped}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number; a rate has what it is a part of."""

    key: str
    label: str
    value: int | None
    """None where govsync cannot know it."""
    of: int | None = None
    unit: str = "条"
    note: str = ""
    listing: str = ""
    """The key of the list behind it; empty where no records are."""

    @property
    def percent(self) -> str:
        """The rate to one decimal, half rounded up; empty where there is none."""
        if self.value is None or not self.of:
            return ""
        tenths = (2000 * self.value + self.of) // (2 * self.of)
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def shown(self) -> str:
        """The number as a reader sees it."""
        if self.value is None:
            return UNKNOWN
        if self.of is None:
            return f"{self.value} {self.unit}"
        return f"{self.value} / {self.of} {self.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Figures in rows."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    links: tuple[str, ...] = ()
    """By row, the key of the list behind it; empty where there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar of a chart: a part of a whole."""

    label: str
    value: int
    of: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Bars under one title."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One subject of a report."""

    key: str
    title: str
    notes: tuple[str, ...] = ()
    """How the figures were made, and what govsync cannot know."""
    text: tuple[str, ...] = ()
    """Paragraphs."""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report, whole."""

    audience: Audience
    title: str
    city: str
    as_of: date
    basis: tuple[tuple[str, str], ...] = ()
    """What it was made from: name and value."""
    sections: tuple[Section, ...] = ()


@dataclass(kw_only=True)
class Lists:
    """Collects the lists of a section while its figures are made."""

    section: str
    made: list[Listing] = field(default_factory=list)

    def add(
        self,
        name: str,
        title: str,
        found: Sequence[T],
        row: Callable[[T], Row],
        *,
        most: int = KEPT,
        total: int | None = None,
    ) -> str:
        """Add a list; return its key, or nothing where nothing was found.

        Args:
            name: Unique in the section.
            title: What was found.
            found: All of it; it is counted.
            row: Makes the row of one; not asked for those that are not kept.
            most: How many are kept.
            total: How many there are, where ``found`` has the first of them only.
        """
        if not found:
            return ""
        key = f"{self.section}-{name}"
        rows = tuple(map(row, found[:most]))
        total = len(found) if total is None else total
        listing = Listing(key=key, title=title, rows=rows, total=total)
        self.made.append(listing)
        return key

    def add_plain(self, name: str, title: str, rows: Iterable[Row]) -> str:
        """Add a list of rows that are made already, as :meth:`add` does."""
        return self.add(name, title, tuple(rows), lambda row: row)
