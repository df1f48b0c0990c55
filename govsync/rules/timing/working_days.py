"""Working days: Monday to Friday, but for what the yearly notices move.

``holidays.toml`` holds the notices of 国务院办公厅. In a year that none covers Monday
to Friday is all that is known: what is counted through such days is provisional.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from pydantic import ValidationError, model_validator

from govsync.errors import ConfigError
from govsync.model import Value, canonical_json, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_LAST = date.max.toordinal()


class Notice(Value):
    """One notice on the days off of a year, or on a change of them."""

    number: str
    """文号, such as 国办发明电〔2025〕7号."""
    issued: date
    covers: tuple[int, ...] = ()
    """The years that it arranges in full; none for a notice that only amends."""
    off: tuple[tuple[date, date], ...] = ()
    """First and last day of each holiday."""
    on: tuple[date, ...] = ()
    """Weekend days that are worked (调休上班)."""

    @model_validator(mode="after")
    def _in_order(self) -> Notice:
        for first, last in self.off:
            if not 0 <= (last - first).days < 366:
                raise ValueError(f"a holiday from {first} to {last}")
        return self


class _Notices(Value):
    notices: tuple[Notice, ...]


def read_notices(text: str, *, where: str) -> tuple[Notice, ...]:
    """Read notices from TOML, as ``holidays.toml`` has them.

    Args:
        text: The file's content.
        where: Its name, for errors.

    Raises:
        ConfigError: It is not TOML, or not such notices.
    """
    import tomllib

    try:
        return _Notices.model_validate(tomllib.loads(text)).notices
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=where) from error
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise ConfigError(str(fault["msg"]), where=f"{where}: {place}") from error


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """Return the notices that govsync ships."""
    from importlib.resources import files

    text = files(__package__).joinpath("holidays.toml").read_text(encoding="utf-8")
    return read_notices(text, where="holidays.toml")


@cache
def standard_calendar() -> WorkCalendar:
    """Return the calendar of the shipped notices."""
    return WorkCalendar(shipped_notices())


class WorkCalendar:
    """Which days are worked, in Asia/Shanghai. Never changes once made.

    Args:
        notices: In the order in which they count: a later one prevails.
    """

    def __init__(self, notices: Iterable[Notice]) -> None:
        self.notices = tuple(notices)
        moved: dict[int, int] = {}
        years: set[int] = set()
        for notice in self.notices:
            moved.update(_moved(notice))
            years.update(notice.covers)
        self.years = tuple(sorted(years))
        """The years that a notice arranges."""
        self._known = frozenset(years)
        days = sorted(day for day, shift in moved.items() if shift)
        self._days = days
        self._shifts = [0, *accumulate(moved[day] for day in days)]
        self._most_off = sum(moved[day] < 0 for day in days)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the notices: equal for calendars of equal notices."""
        plain = [notice.model_dump(mode="json") for notice in self.notices]
        return digest_of(canonical_json(plain))

    def is_working_day(self, day: date) -> bool:
        """Whether a day is worked."""
        ordinal = day.toordinal()
        return self._count(ordinal) > self._count(ordinal - 1)

    def add_working_days(self, day: date, number: int) -> date:
        """Return the last day of a term of so many working days.

        The day of the event is not counted (民法典 art. 201): the first day is the
        next working day. A negative number counts back; none gives the day itself, or
        the next working day after a day off. Ends at the calendar's last day.
        """
        known = self._count(day.toordinal())
        if number > 0:
            return self._nth(known + number, day.toordinal(), number)
        before = self._count(day.toordinal() - 1)
        if number == 0:
            return self._nth(before + 1, day.toordinal() - 1, 1)
        low = max(1, day.toordinal() + 2 * (number - self._most_off) - 7)
        return self._nth(before + 1 + number, low - 1, day.toordinal() - low)

    def working_days_between(self, first: date, last: date) -> int:
        """Count the working days after one day up to another, which is counted.

        Negative where the last day is the earlier one.
        """
        return self._count(last.toordinal()) - self._count(first.toordinal())

    def next_working_day(self, day: date) -> date:
        """Return the day itself where it is worked, or else the next that is.

        A term in calendar days ends so (民法典 art. 203).
        """
        return self.add_working_days(day, 0)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a day of a span is known by its weekday only.

        The notice for a year may move days of the December before it (2018-12-29,
        2022-12-31): the last week of a year is known when the next year's is there.
        """
        if first > last:
            first, last = last, first
        end = last.year + (last.month == 12 and last.day >= 25)
        return any(year not in self._known for year in range(first.year, end + 1))

    def _count(self, ordinal: int) -> int:
        """Count the working days from 0001-01-01, a Monday, to a day."""
        weeks, rest = divmod(ordinal, 7)
        moved = self._shifts[bisect_right(self._days, ordinal)]
        return 5 * weeks + min(rest, 5) + moved

    def _nth(self, wanted: int, after: int, near: int) -> date:
        """Return the first day on which so many working days have passed."""
        high = min(after + 2 * (near + self._most_off) + 7, _LAST)
        span = range(after + 1, high)
        found = after + 1 + bisect_left(span, wanted, key=self._count)
        return date.fromordinal(max(1, min(found, _LAST)))


def _moved(notice: Notice) -> dict[int, int]:
    """Return by day what it adds to the working days of plain weeks."""
    moved: dict[int, int] = {}
    for first, last in notice.off:
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            moved[ordinal] = 0 if _weekend(ordinal) else -1
    for day in notice.on:
        moved[day.toordinal()] = 1 if _weekend(day.toordinal()) else 0
    return moved


def _weekend(ordinal: int) -> bool:
    return ordinal % 7 in {6, 0}
