"""Reading what a stranger wrote never breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from govsync.channels.http import retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE_LIKE = st.from_regex(
    r"[A-Z][a-z]{2,8},? [0-9]{1,3}[ -][A-Z][a-z]{2}[ -][0-9]{1,6} "
    r"[0-9]{1,3}:[0-9]{1,3}(:[0-9]{1,3})?( (GMT|[+-][0-9]{1,6}))?",
    fullmatch=True,
)


@given(st.text() | DATE_LIKE | st.integers().map(str))
def test_a_wish_to_be_left_alone_is_readable_or_none(value: str) -> None:
    wish = retry_after({"Retry-After": value}, NOW)

    assert wish is None or timedelta() <= wish <= timedelta(days=366)


@given(st.integers(0, 366 * 86400))
def test_seconds_are_taken_as_they_are(seconds: int) -> None:
    assert retry_after({"retry-after": str(seconds)}, NOW) == timedelta(seconds=seconds)
