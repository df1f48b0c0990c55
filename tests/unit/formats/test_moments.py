"""Moments, by the standard library's own printers."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from govsync.formats.moments import rfc822, rfc3339
from govsync.model.base import SHANGHAI

_ZONES = st.sampled_from(
    [SHANGHAI, UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3.5))]
)
# A day from either end, so that a change of zone leaves them in the calendar.
_MOMENTS = st.datetimes(
    datetime.fromisoformat("0001-01-02"),
    datetime.fromisoformat("9999-12-30"),
    timezones=_ZONES,
)
_NAIVE = datetime.fromisoformat("2026-03-01T08:05:00")


@given(_MOMENTS)
def test_rfc3339_is_the_moment_in_shanghai(moment: datetime) -> None:
    assert rfc3339(moment) == moment.astimezone(SHANGHAI).isoformat()


@given(_MOMENTS.filter(lambda moment: moment.year > 1900))
def test_rfc822_is_the_moment_without_its_fraction(moment: datetime) -> None:
    whole = moment.astimezone(SHANGHAI).replace(microsecond=0)

    assert rfc822(moment) == email.utils.format_datetime(whole)
    assert email.utils.parsedate_to_datetime(rfc822(moment)) == whole


def test_a_naive_moment_is_local_there() -> None:
    assert rfc3339(_NAIVE) == "2026-03-01T08:05:00+08:00"
    assert rfc822(_NAIVE) == "Sun, 01 Mar 2026 08:05:00 +0800"
