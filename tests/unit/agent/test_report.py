"""What a run's exit code says to cron."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from govsync.agent.ingest import Reading
from govsync.agent.run import Report
from govsync.errors import ConfigError, SourceError, StoreError

LOCKED = StoreError("database is locked")
NO_SETTING = ConfigError("not an address")


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ([], 0),
        ([LOCKED], 75),
        ([LOCKED, NO_SETTING], 78),
        ([LOCKED, KeyError("receipt")], 70),
    ],
)
def test_a_channel_that_broke_off_says_why(broken: list[Exception], code: int) -> None:
    report = Report(reading=Reading(), started=datetime(2026, 3, 2, tzinfo=UTC))
    report.broken = {str(number): error for number, error in enumerate(broken)}

    assert report.exit_code == code


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ({"live": 3}, 0),
        ({"live": 3, "held": 1}, 1),
        ({"refused": 1}, 1),
        ({"held": 1, "waiting": 1}, 75),
        ({"unsure": 1}, 75),
    ],
)
def test_what_is_left_undone_is_for_a_person_or_for_the_next_run(
    states: dict[str, int], code: int
) -> None:
    report = Report(reading=Reading(), started=datetime(2026, 3, 2, tzinfo=UTC))
    report.left = {"site": states}

    assert report.exit_code == code


def test_a_source_that_cannot_be_read_goes_before_what_waits() -> None:
    reading = Reading(failures=[SourceError("no such file")])
    report = Report(reading=reading, started=datetime(2026, 3, 2, tzinfo=UTC))
    report.left = {"site": {"waiting": 1}}

    assert report.exit_code == 65
