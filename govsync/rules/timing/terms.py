"""Terms: where a measure ends that begins at a known moment.

The day of the event is not counted; a term in days, weeks, months or years that would
end on a day off ends on the next working day, at 24:00; hours run from the moment
itself (民法典 art. 201 to 203, applied to publication as is civil practice). Counting
back from an event leaves the day where it falls.
"""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from govsync.model import SHANGHAI
from govsync.rules.timing.measure import Kind, Unit

if TYPE_CHECKING:
    from govsync.rules.timing.measure import Measure
    from govsync.rules.timing.working_days import WorkCalendar

ROW = "公开时限"
"""The source of a clock that the catalog's row sets."""
_LAST_SECOND = time(23, 59, 59)


def end_of(day: date) -> datetime:
    """Return the last second of a day in Asia/Shanghai.

    It stands for 24:00, so that the date of a due moment is the last day on which
    something is in time.
    """
    return datetime.combine(day, _LAST_SECOND, SHANGHAI)


def term_end(measure: Measure, begun: datetime, calendar: WorkCalendar) -> datetime:
    """Return the last moment of a term.

    Args:
        measure: With an amount and a unit, or of kind ``at``.
        begun: When the event takes place, aware. Of a day whose hour is not known,
            00:00.
        calendar: Which days are worked.
    """
    day = begun.date()
    if measure.amount is None or measure.unit is None:
        return end_of(day)
    back = measure.kind is Kind.BEFORE
    amount = -measure.amount if back else measure.amount
    if measure.unit is Unit.HOUR:
        return _shifted(begun, timedelta(hours=amount))
    if measure.unit is Unit.WORKING_DAY:
        return end_of(calendar.add_working_days(day, amount))
    last = _added(day, amount, measure.unit)
    return end_of(last if back else calendar.next_working_day(last))


def _added(day: date, amount: int, unit: Unit) -> date:
    """Add days, weeks, months or years; a day that is not there is the month's last."""
    if unit is Unit.DAY or unit is Unit.WEEK:
        ordinal = day.toordinal() + amount * (7 if unit is Unit.WEEK else 1)
        return date.fromordinal(max(1, min(ordinal, date.max.toordinal())))
    number = 12 * day.year + day.month - 1
    number += amount * (12 if unit is Unit.YEAR else 1)
    year, month = divmod(max(12, min(number, 12 * 9999 + 11)), 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def next_second(moment: datetime) -> datetime:
    """Return the second after a moment."""
    return _shifted(moment, timedelta(seconds=1))


def _shifted(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        # The calendar ends there: what is due later is due then.
        return moment
