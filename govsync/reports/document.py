"""Document: a report as plain values that every rendering shows alike.

A section has figures, tables and lists. A figure names the list of the records behind
it, which stands in the same section.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from govsync.reports.facts import Fact

UNKNOWN = "无法判断"


class Audience(Code):
    """Who reads a report."""

    INSPECTION = "inspection", "政务公开检查自评报告"
    LEADERS = "leaders", "政务公开情况简报"
    ANNUAL = "annual", "政府信息公开年度统计"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The records behind a figure."""

    key: str
    """Unique in the report: what a figure points to."""
    title: str
    rows: tuple[tuple[str, str, str], ...] = ()
    """Id, title, and what is to be said of it."""


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

    def add(self, name: str, title: str, rows: Iterable[tuple[Fact, str]]) -> str:
        """Add a list of records, each with what is to be said; return its key."""
        plain = ((fact.id, fact.title, said) for fact, said in rows)
        return self.add_plain(name, title, plain)

    def add_plain(
        self, name: str, title: str, rows: Iterable[tuple[str, str, str]]
    ) -> str:
        """Add a list of anything; return its key, or nothing where it is empty."""
        found = tuple(rows)
        if not found:
            return ""
        key = f"{self.section}-{name}"
        self.made.append(Listing(key=key, title=title, rows=found))
        return key


def each(facts: Iterable[Fact], said: str = "") -> Sequence[tuple[Fact, str]]:
    """Return records with the same word to each."""
    return [(fact, said) for fact in facts]
