"""Reckon: when a clock of a record ends, and until when a notice must stand."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from govsync.model import SHANGHAI, Moment, Value
from govsync.rules.timing.measure import Kind, Measure, Start
from govsync.rules.timing.terms import ROW, next_second, term_end

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from govsync.model import ItemRef, Mode, Step
    from govsync.rules.timing.statutes import Statute
    from govsync.rules.timing.working_days import WorkCalendar

EVENT_COLUMN = "时限起算日"
"""The column of a record's ``extra`` with the day, or the moment, of a row's event."""


class Clock(Value):
    """A clock that applies to a record."""

    measure: str
    """What it demands, in plain words."""
    source: str
    """公开时限, or the law and its article."""
    number: str = ""
    """文号 of the law."""
    by: Moment | None = None
    """The last moment in time; None where ``lacks`` says what is not known."""
    lacks: str = ""
    """The field of the record that would tell when the clock begins."""
    provisional: bool = False
    """Whether it counts through days of which no notice is known."""
    special: bool = False
    """Whether it stands in the place of the general clock."""
    general: bool = False
    """Whether it is the clock of 政府信息公开条例 for all that is made public."""

    def passed(self, moment: datetime) -> bool:
        """Whether something made public at a moment was late, or would be."""
        if self.by is None or moment <= self.by:
            return False
        return moment.replace(microsecond=0) > self.by


class Showing(Value):
    """A period of public notice (公示期): how long something must stay public."""

    measure: str
    source: str
    until: Moment | None = None
    """Its last moment; None as long as the record is not published."""
    provisional: bool = False

    @property
    def take_down(self) -> datetime | None:
        """From when on it may be taken down."""
        return next_second(self.until) if self.until else None


class Dated(Protocol):
    """What clocks look at of a record; a record is one, and so is less than that."""

    @property
    def title(self) -> str:
        """Chooses among what a row or a law treats."""

    @property
    def item(self) -> ItemRef | None:
        """Its row of the catalog."""

    @property
    def step(self) -> Step:
        """Chooses among the laws."""

    @property
    def mode(self) -> Mode:
        """The general clock binds what is released unasked."""

    @property
    def formed(self) -> date | None:
        """The day of its signature."""

    @property
    def issued(self) -> date | None:
        """The day on which it was printed."""

    @property
    def published(self) -> datetime | None:
        """Its first publication."""

    @property
    def extra(self) -> Mapping[str, str]:
        """Has the moment of an event that no other field tells."""


class Reckoner(NamedTuple):
    """What the clocks of one record are reckoned from."""

    record: Dated
    related: Dated | None
    calendar: WorkCalendar

    def clock(self, measure: Measure, law: Statute | None) -> Clock:
        """Return when a measure of the row, or of a law, ends."""
        begun, field = self.begun(measure)
        by = term_end(measure, begun, self.calendar) if begun else None
        return Clock(
            measure=str(measure),
            source=law.source if law else ROW,
            number=law.number if law else "",
            by=by,
            lacks="" if begun else field,
            provisional=self._provisional(begun, by),
            special=law is not None and law.special,
            general=law is not None and law.general,
        )

    def showing(self, measure: Measure, law: Statute | None) -> Showing:
        """Return until when a notice must stand."""
        begun = self.record.published
        until = term_end(measure, begun, self.calendar) if begun else None
        return Showing(
            measure=str(measure),
            source=law.source if law else ROW,
            until=until,
            provisional=self._provisional(begun, until),
        )

    def begun(self, measure: Measure) -> tuple[datetime | None, str]:
        """Return when a clock begins, and the field that tells it."""
        record, related = self.record, self.related
        if measure.kind is Kind.BY_DATE:
            return _day(_date_of(measure)), ""
        if measure.start is Start.RELATED or measure.kind is Kind.TOGETHER:
            return (related.published if related else None), "relation"
        if measure.start in _FIELDS:
            field, day_of = _FIELDS[measure.start]
            return _day(day_of(record)), field
        return _moment(record.extra.get(EVENT_COLUMN, "")), f"extra.{EVENT_COLUMN}"

    def _provisional(self, begun: datetime | None, ended: datetime | None) -> bool:
        if begun is None or ended is None:
            return False
        return self.calendar.is_provisional(begun.date(), ended.date())


_FIELDS: dict[Start, tuple[str, Callable[[Dated], date | None]]] = {
    Start.FORMED: ("formed", lambda record: record.formed),
    Start.ISSUED: ("issued", lambda record: record.issued),
}


def _date_of(measure: Measure) -> date | None:
    if measure.year and measure.month and measure.day:
        return date(measure.year, measure.month, measure.day)
    return None


def _day(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day else None


def _moment(text: str) -> datetime | None:
    """Read an ISO 8601 day or moment; None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            return moment.replace(tzinfo=SHANGHAI)
        return moment.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None
