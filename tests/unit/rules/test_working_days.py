"""Working days: Monday to Friday, but for what the notices of the year move."""

from __future__ import annotations

from datetime import date

import pytest
from support.deadlines import day

from govsync.errors import ConfigError
from govsync.rules.timing import (
    Notice,
    WorkCalendar,
    read_notices,
    shipped_notices,
    standard_calendar,
)

SHIPPED = standard_calendar()
EMPTY = WorkCalendar([])
NOTICE = """
[[notices]]
number = "国办发明电〔2026〕1号"
issued = 2026-11-30
covers = [2027]
off = [[2027-01-01, 2027-01-03]]
on = [2027-02-20]
"""


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2017-09-25", "2017-10-27"),
        ("2018-01-29", "2018-03-01"),
        ("2018-02-05", "2018-03-08"),
        ("2025-09-19", "2025-10-23"),
        ("2026-09-18", "2026-10-22"),
        ("2026-12-01", "2026-12-29"),
    ],
)
def test_twenty_working_days(start: str, end: str) -> None:
    assert SHIPPED.add_working_days(day(start), 20) == day(end)


@pytest.mark.parametrize(
    ("when", "worked"),
    [
        ("2018-02-11", True),
        ("2018-12-29", True),
        ("2026-10-10", True),
        ("2019-05-02", False),
        ("2020-01-31", False),
        ("2020-02-01", False),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-11-25", True),
        ("2026-11-28", False),
    ],
)
def test_a_day_is_worked_as_the_notices_say(when: str, worked: bool) -> None:
    """Also where a later notice took back what an earlier one had said."""
    assert SHIPPED.is_working_day(day(when)) is worked


def test_the_day_of_the_event_is_not_counted() -> None:
    assert EMPTY.add_working_days(day("2026-11-25"), 1) == day("2026-11-26")
    assert EMPTY.add_working_days(day("2026-11-27"), 1) == day("2026-11-30")


def test_counting_back() -> None:
    assert EMPTY.add_working_days(day("2026-11-30"), -1) == day("2026-11-27")
    assert EMPTY.add_working_days(day("2026-11-29"), -1) == day("2026-11-27")
    assert SHIPPED.add_working_days(day("2026-10-09"), -2) == day("2026-09-30")


def test_the_next_working_day_may_be_the_day_itself() -> None:
    assert SHIPPED.next_working_day(day("2026-10-01")) == day("2026-10-08")
    assert SHIPPED.next_working_day(day("2026-10-10")) == day("2026-10-10")


def test_working_days_between_leave_the_first_day_out() -> None:
    monday, friday = day("2026-11-23"), day("2026-11-27")

    assert EMPTY.working_days_between(monday, friday) == 4
    assert EMPTY.working_days_between(friday, monday) == -4
    assert EMPTY.working_days_between(monday, monday) == 0


def test_the_calendar_ends_where_dates_do() -> None:
    assert SHIPPED.add_working_days(date.max, 5) == date.max
    assert SHIPPED.add_working_days(date.min, -5) == date.min


@pytest.mark.parametrize(
    ("first", "last", "provisional"),
    [
        ("2026-01-01", "2026-12-24", False),
        ("2026-12-24", "2026-12-25", True),
        ("2026-12-01", "2027-01-05", True),
        ("2025-12-01", "2025-12-31", False),
        ("2016-12-31", "2017-01-03", True),
        ("2017-01-03", "2016-12-31", True),
        ("2030-01-01", "2030-01-02", True),
    ],
)
def test_what_no_notice_covers_is_provisional(
    first: str, last: str, provisional: bool
) -> None:
    """The last week of a year is moved by the notice for the next."""
    assert SHIPPED.is_provisional(day(first), day(last)) is provisional


def test_a_file_adds_a_year() -> None:
    more = read_notices(NOTICE, where="holidays.toml")
    known = WorkCalendar([*shipped_notices(), *more])

    assert known.years[-1] == 2027
    assert known.is_working_day(day("2027-02-20"))
    assert not known.is_working_day(day("2027-01-01"))
    assert not known.is_provisional(day("2026-12-01"), day("2027-01-05"))
    assert known.digest != SHIPPED.digest


def test_a_later_notice_prevails() -> None:
    worked = Notice(number="2", issued=day("2026-01-02"), on=(day("2026-01-01"),))

    assert WorkCalendar([*shipped_notices(), worked]).is_working_day(day("2026-01-01"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notices = [", "not valid TOML"),
        ("[[notices]]\nnumber = '1'", "holidays.toml: notices.0.issued"),
        (NOTICE.replace("2027-01-03", "2026-12-01"), "a holiday from"),
        (NOTICE.replace("covers", "cover"), "notices.0.cover"),
    ],
)
def test_a_file_that_does_not_hold_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_notices(text, where="holidays.toml")


def test_every_notice_says_where_it_stands() -> None:
    notices = shipped_notices()

    assert [year for n in notices for year in n.covers] == [*range(2017, 2027)]
    assert all(n.number.startswith("国办发明电〔") for n in notices)
    assert [n.issued for n in notices] == sorted(n.issued for n in notices)
    assert all(n.number[6:10] == str(n.issued.year) for n in notices)
