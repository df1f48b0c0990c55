"""Moments as text: one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from govsync.store.stamp import Stamp, utc_text

DIALECT = sqlite.dialect()
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=SHANGHAI), "2026-03-02T01:00:00.000000Z"),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), "2026-03-02T01:00:00.000000Z"),
        (datetime(205, 3, 2, 1, 2, 3, 4, UTC), "0205-03-02T01:02:03.000004Z"),
    ],
)
def test_a_moment_is_utc_of_fixed_width(moment: datetime, text: str) -> None:
    assert utc_text(moment) == text
    assert Stamp().process_bind_param(moment, DIALECT) == text
    assert Stamp().process_result_value(text, DIALECT) == moment


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Stamp().process_bind_param(datetime(2026, 3, 2), DIALECT)  # noqa: DTZ001


def test_no_moment_stays_none() -> None:
    assert Stamp().process_bind_param(None, DIALECT) is None
    assert Stamp().process_result_value(None, DIALECT) is None
