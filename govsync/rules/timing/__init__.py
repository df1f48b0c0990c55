"""By when: what 公开时限 says, what the law says, working days, due moments.

:func:`parse` understands a phrase of the catalog, :func:`due` reckons with it by a
:class:`WorkCalendar`. Pure: the present moment is the caller's.
"""

from govsync.rules.timing.due import Due, binding, case, due, timed
from govsync.rules.timing.measure import (
    Deadline,
    Kind,
    Measure,
    Part,
    Period,
    Start,
    Unit,
)
from govsync.rules.timing.parsing import parse
from govsync.rules.timing.reckoning import EVENT_COLUMN, Clock, Dated, Reckoner, Showing
from govsync.rules.timing.statutes import Statute, statutes, statutes_of
from govsync.rules.timing.terms import ROW
from govsync.rules.timing.working_days import (
    Notice,
    WorkCalendar,
    read_notices,
    shipped_notices,
    standard_calendar,
)

__all__ = [
    "EVENT_COLUMN",
    "ROW",
    "Clock",
    "Dated",
    "Deadline",
    "Due",
    "Kind",
    "Measure",
    "Notice",
    "Part",
    "Period",
    "Reckoner",
    "Showing",
    "Start",
    "Statute",
    "Unit",
    "WorkCalendar",
    "binding",
    "case",
    "due",
    "parse",
    "read_notices",
    "shipped_notices",
    "standard_calendar",
    "statutes",
    "statutes_of",
    "timed",
]
