"""By when a matter is to be answered, and how it stands. Pure: no clock, no store.

国办发〔2017〕47号: reports of errors are answered within 3 working days. Practice of
mailboxes: 3 working days, 10 for what is complex. 国办秘函〔2019〕19号: one message
that is left unanswered for more than 3 months fails the whole site (单项否决).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from govsync.inbox.matter import Category, Matter
from govsync.model import SHANGHAI, Value
from govsync.model.codes import Code

if TYPE_CHECKING:
    from govsync.rules.timing import WorkCalendar

VETO_MONTHS = 3
VETO_LEAD = timedelta(days=14)
"""So long before the veto a matter is told of as near it."""
Days = Annotated[int, Field(ge=1, le=250)]


class Terms(Value):
    """How many working days an answer may take, by category."""

    suggestion: Days = 3
    error: Days = 3
    complex: Days = 10
    """For what somebody marked as complex, whatever its category."""


class Standing(Code):
    """How a matter stands on a day; the worst first."""

    VETO = "veto", "逾三个月"
    NEAR_VETO = "near-veto", "将逾三个月"
    OVERDUE = "overdue", "已超期"
    DUE_SOON = "due-soon", "即将到期"
    ON_TIME = "on-time", "期限内"
    NO_TERM = "no-term", "无期限"
    ENDED = "ended", "已办结"


WORRYING = (
    Standing.VETO,
    Standing.NEAR_VETO,
    Standing.OVERDUE,
    Standing.DUE_SOON,
)


class Timing(Value):
    """The moments of a matter."""

    due: datetime | None
    """The first moment at which it is late; None where nothing says one."""
    veto: datetime | None
    """The first moment at which it fails the site; None where it cannot."""
    provisional: bool = False
    """Whether the term runs through days that no notice on days off arranges yet."""

    def standing(self, now: datetime, lead: timedelta) -> Standing:
        """Return how an open matter stands.

        Args:
            now: The present moment, aware.
            lead: How long before it is due it is due soon.
        """
        if self.veto and now >= self.veto:
            return Standing.VETO
        if self.veto and now >= self.veto - VETO_LEAD:
            return Standing.NEAR_VETO
        if self.due is None:
            return Standing.NO_TERM
        if now >= self.due:
            return Standing.OVERDUE
        return Standing.DUE_SOON if now >= self.due - lead else Standing.ON_TIME


def timing(
    matter: Matter, calendar: WorkCalendar, terms: Terms | None = None
) -> Timing:
    """Return by when a matter is to be answered.

    What its channel asks for prevails. The day on which it came is not counted, and the
    last day is over at midnight in Asia/Shanghai.
    """
    veto = _veto(matter)
    if matter.said.due is not None:
        return Timing(due=matter.said.due, veto=veto)
    days = _days(matter, terms or Terms())
    if days is None:
        return Timing(due=None, veto=veto)
    first = matter.begins.astimezone(SHANGHAI).date()
    last = calendar.add_working_days(first, days)
    return Timing(
        due=_end_of(last),
        veto=veto,
        provisional=calendar.is_provisional(first, last),
    )


def _days(matter: Matter, terms: Terms) -> int | None:
    if not matter.category.from_the_public:
        return None
    if matter.complex:
        return terms.complex
    return terms.error if matter.category is Category.ERROR else terms.suggestion


def _veto(matter: Matter) -> datetime | None:
    if not matter.category.from_the_public:
        return None
    return _end_of(months_after(matter.begins.astimezone(SHANGHAI).date(), VETO_MONTHS))


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last (民法典 art. 202).

    >>> months_after(date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(days=1)
