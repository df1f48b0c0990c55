"""Terms in working days, and the veto after three months."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pydantic import ValidationError
from support.inbox import matter, said

from govsync.inbox import Category, Standing, Terms, timing
from govsync.inbox.clock import months_after
from govsync.model import SHANGHAI
from govsync.rules.timing import standard_calendar

CALENDAR = standard_calendar()
LEAD = timedelta(days=2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("begins", "changes", "due"),
    [
        ("2026-03-02T09:00", {}, "2026-03-06T00:00"),
        # The day itself is not counted, however early.
        ("2026-03-02T00:00", {}, "2026-03-06T00:00"),
        # Over a weekend, and over 清明节 (4 to 6 April 2026).
        ("2026-03-05T23:59", {}, "2026-03-11T00:00"),
        ("2026-04-03T10:00", {}, "2026-04-10T00:00"),
        ("2026-03-02T09:00", {"complex": True}, "2026-03-17T00:00"),
        ("2026-03-02T09:00", {"category": Category.ERROR}, "2026-03-06T00:00"),
    ],
)
def test_a_term_is_counted_in_working_days(
    begins: str, changes: dict[str, object], due: str
) -> None:
    known = timing(matter(begins=at(begins), **changes), CALENDAR)

    assert known.due == at(due)
    assert not known.provisional


def test_the_configured_terms_count() -> None:
    known = timing(matter(begins=at("2026-03-02T09:00")), CALENDAR, Terms(suggestion=5))

    assert known.due == at("2026-03-10T00:00")


def test_a_term_of_no_day_is_refused() -> None:
    with pytest.raises(ValidationError):
        Terms(error=0)


def test_what_the_channel_asks_for_prevails() -> None:
    asked = at("2026-03-04T18:00")
    known = timing(matter(said=said(kind="return", due=asked)), CALENDAR)

    assert known.due == asked


@pytest.mark.parametrize("category", ["return", "reminder", "catalog", "unread"])
def test_nothing_is_claimed_where_nothing_says_a_term(category: str) -> None:
    known = timing(matter(category=category), CALENDAR)

    assert (known.due, known.veto) == (None, None)
    assert known.standing(at("2027-03-02T09:00"), LEAD) is Standing.NO_TERM


def test_a_term_through_days_not_announced_yet_is_provisional() -> None:
    last = CALENDAR.years[-1]
    known = timing(matter(begins=at(f"{last}-12-30T09:00")), CALENDAR)

    assert known.provisional


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("2026-03-02T10:00", Standing.ON_TIME),
        ("2026-03-03T23:59", Standing.ON_TIME),
        ("2026-03-04T00:00", Standing.DUE_SOON),
        ("2026-03-05T23:59", Standing.DUE_SOON),
        ("2026-03-06T00:00", Standing.OVERDUE),
        ("2026-05-19T23:59", Standing.OVERDUE),
        ("2026-05-20T00:00", Standing.NEAR_VETO),
        ("2026-06-02T23:59", Standing.NEAR_VETO),
        # The day is over before more than three months have passed.
        ("2026-06-03T00:00", Standing.VETO),
    ],
)
def test_a_matter_stands_worse_with_time(now: str, standing: Standing) -> None:
    known = timing(matter(begins=at("2026-03-02T09:00")), CALENDAR)

    assert known.standing(at(now), LEAD) is standing


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-29", 3, "2024-02-29"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2026-03-02", 12, "2027-03-02"),
    ],
)
def test_months_end_with_the_same_day_or_the_last(
    day: str, months: int, then: str
) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)
