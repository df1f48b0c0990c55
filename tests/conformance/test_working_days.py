"""Working days against ``chinesecalendar``, which others keep."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from govsync.rules.timing import standard_calendar

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]


def test_both_know_the_same_working_days() -> None:
    calendar = standard_calendar()
    differing = [
        day
        for day in DAYS
        if calendar.is_working_day(day) != chinese_calendar.is_workday(day)
    ]

    assert len(DAYS) == 3652
    assert differing == []


@pytest.mark.parametrize("start", DAYS[:-60:97])
def test_twenty_working_days_are_the_same(start: date) -> None:
    ours = standard_calendar().add_working_days(start, 20)
    theirs = [day for day in DAYS if day > start and chinese_calendar.is_workday(day)]

    assert ours == theirs[19]
