"""Timeliness: what was public in time, counted in working days.

Judged by the record's own day of publication against the clock that binds
(:mod:`govsync.rules.timing`). Where no clock can be computed a record is in neither
number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govsync.reports.document import Bar, Chart, Figure, Lists, Section, Table
from govsync.rules.timing import EVENT_COLUMN, Reckoner, binding, case, timed

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import datetime

    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts
    from govsync.rules.timing import Clock, Measure, Start, Statute

    _Demands = tuple[tuple[Measure, Statute | None], ...]

NO_AREA = "目录外"
_STEPS = ((5, "逾期 1 至 5 个工作日"), (20, "逾期 6 至 20 个工作日"))
_LONG = "逾期 20 个工作日以上"


class Judged(NamedTuple):
    """A record against its due moment."""

    fact: Fact
    clock: Clock
    """The clock that binds."""
    late_days: int
    """Working days after the due day; 0: in time, or not due yet."""
    public: bool

    @property
    def late(self) -> bool:
        """Whether it was published late, or is not public though it is due."""
        return self.late_days > 0


class Timed(NamedTuple):
    """A public record with the clock that it is held to."""

    fact: Fact
    clock: Clock | None
    """None where none can be computed."""

    @property
    def in_time(self) -> bool | None:
        """Whether it was published in time; None where nobody can say."""
        if self.clock is None or self.fact.published is None:
            return None
        return not self.clock.passed(self.fact.published)

    def told(self) -> Row:
        """Return its line in a list."""
        by = self.clock.by if self.clock else None
        said = f"应于 {by:%Y-%m-%d %H:%M} 前" if by else "时限无法起算"
        return self.fact.told(f"{self.fact.published:%Y-%m-%d %H:%M} 发布, {said}")


class Judge:
    """Judges many records by their clocks, reckoning each clock once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._demands: dict[Hashable, _Demands] = {}
        # Kept with what they are of, so that nothing else ever has its identity.
        self._alike: dict[tuple[int, ...], _Demands] = {}
        self._clocks: dict[Hashable, tuple[Measure, Clock]] = {}
        self._binding: dict[Hashable, Clock | None] = {}

    def all(self) -> list[Judged]:
        """Return every standing record whose clock can be computed."""
        judged = map(self.judge, self.facts.standing)
        return [one for one in judged if one is not None]

    def judge(self, fact: Fact) -> Judged | None:
        """Return how a record stands; None where no clock can be computed."""
        clock = self.clock(fact)
        if clock is None or clock.by is None:
            return None
        published = self.facts.published(fact)
        moment = published or self.facts.end
        late = clock.by < self.facts.end and clock.passed(moment)
        days = self._days_after(clock.by, moment) if late else 0
        return Judged(fact, clock, days, published is not None)

    def _days_after(self, by: datetime, moment: datetime) -> int:
        last = min(moment.date(), self.facts.as_of)
        between = self.facts.calendar.working_days_between(by.date(), last)
        # A day off after the last day is late too.
        return max(1, between)

    def clock(self, fact: Fact, start: Start | None = None) -> Clock | None:
        """Return the clock that binds, as :func:`govsync.rules.timing.due` does.

        Args:
            fact: The record.
            start: Only clocks that begin so; None: all.
        """
        target = fact.relation.target if fact.relation else ""
        related = self.facts.by_id.get(target)
        demands = self._demanded(fact)
        begun = fact.formed, fact.issued, fact.extra.get(EVENT_COLUMN)
        key = id(demands), start, *begun, related and related.published
        if key not in self._binding:
            reckoner = Reckoner(fact, related, self.facts.calendar)
            wanted = [one for one in demands if start in {None, one[0].start}]
            clocks = [self._clock(reckoner, *demand) for demand in wanted]
            self._binding[key] = binding(clocks)
        return self._binding[key]

    def _demanded(self, fact: Fact) -> _Demands:
        """Return what says by when; the same tuple for the same measures."""
        item = self.facts.row(fact)
        key = case(fact, item)
        found = self._demands.get(key)
        if found is None:
            made = timed(fact, item)
            found = self._alike.setdefault(tuple(id(m) for m, _ in made), made)
            self._demands[key] = found
        return found

    def _clock(
        self, reckoner: Reckoner, measure: Measure, law: Statute | None
    ) -> Clock:
        key = id(measure), reckoner.begun(measure)
        if key not in self._clocks:
            self._clocks[key] = measure, reckoner.clock(measure, law)
        return self._clocks[key][1]


def section(facts: Facts) -> Section:
    """Return the section on timeliness."""
    lists = Lists(section="timeliness")
    judged = Judge(facts).all()
    public = [one for one in judged if one.public]
    return Section(
        key="timeliness",
        title="公开时效",
        notes=(
            (
                "时限取目录所载公开时限与法定时限中先到者, 按国务院办公厅放假通知计算"
                "工作日; 无法起算的信息不计入按期率。"
            ),
        ),
        figures=_figures(facts, judged, public, lists),
        charts=(Chart(title="各领域按期公开率", bars=_bars(public)),),
        tables=(_spread(public),),
        listings=tuple(lists.made),
    )


def _figures(
    facts: Facts, judged: Sequence[Judged], public: Sequence[Judged], lists: Lists
) -> tuple[Figure, ...]:
    in_time = [one for one in public if not one.late]
    late = [one for one in public if one.late]
    overdue = [one for one in judged if one.late and not one.public]
    open_end = [one for one in judged if one.clock.provisional]
    known = {one.fact.id for one in judged}
    without = [one for one in facts.standing if one.id not in known]
    all_of = len(public)
    return (
        _figure("in-time", "按期公开", in_time, all_of, lists),
        _figure("late", "逾期公开", late, all_of, lists),
        _figure("overdue", "到期仍未公开", overdue, None, lists),
        _figure("provisional", "跨放假安排未公布年度(暂定)", open_end, None, lists),
        Figure(
            key="no-clock",
            label="时限无法起算",
            value=len(without),
            note="缺成文日期、印发日期或时限起算日",
            listing=lists.add(
                "no-clock",
                "时限无法起算的信息",
                without,
                lambda one: one.told(one.issuer),
            ),
        ),
    )


def _figure(
    key: str, label: str, found: Sequence[Judged], of: int | None, lists: Lists
) -> Figure:
    # The latest first: what needs attention stands where a cap cannot hide it.
    ordered = sorted(found, key=lambda one: -one.late_days)
    listing = lists.add(key, label, ordered, _told)
    return Figure(key=key, label=label, value=len(found), of=of, listing=listing)


def _told(one: Judged) -> Row:
    by = f"应于 {one.clock.by:%Y-%m-%d} 前公开 ({one.clock.source})"
    late = f", 逾期 {one.late_days} 个工作日" if one.late else ""
    return one.fact.told(f"{by}{late}")


def _bars(public: Sequence[Judged]) -> tuple[Bar, ...]:
    found: dict[str, list[Judged]] = {}
    for one in public:
        area = one.fact.item.area if one.fact.item else NO_AREA
        found.setdefault(area, []).append(one)
    return tuple(
        Bar(label=area, value=sum(not one.late for one in of), of=len(of))
        for area, of in sorted(found.items())
    )


def _spread(public: Sequence[Judged]) -> Table:
    counts = dict.fromkeys(("按期", *(label for _, label in _STEPS), _LONG), 0)
    for one in public:
        counts[_step(one.late_days)] += 1
    return Table(
        key="spread",
        title="逾期分布",
        header=("情形", "条数"),
        rows=tuple((label, str(number)) for label, number in counts.items()),
    )


def _step(late_days: int) -> str:
    if late_days == 0:
        return "按期"
    return next((label for most, label in _STEPS if late_days <= most), _LONG)
