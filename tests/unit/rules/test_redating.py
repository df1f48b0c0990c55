"""What was public keeps its first day: an old text is not sold as a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.rules import ALL, NOON, catalogs, good

from govsync.model import Past, Severity
from govsync.rules import redating, screen

PAST = Past(published=NOON)


@pytest.mark.parametrize("change", [timedelta(days=1), timedelta(days=4000)])
def test_a_later_day_is_held_and_the_first_is_named(change: timedelta) -> None:
    (finding,) = redating.findings(good(published=NOON + change), past=PAST)

    assert (finding.rule, finding.severity) == ("integrity.redated", Severity.HOLD)
    assert "2026-03-03 12:00" in finding.mend


def test_a_day_that_is_taken_out_is_held_too() -> None:
    assert [*redating.findings(good(published=None), past=PAST)]


@pytest.mark.parametrize("hours", [-100, -1, 0, 5])
def test_an_earlier_day_and_another_hour_pass(hours: int) -> None:
    record = good(published=NOON + timedelta(hours=hours))

    assert not [*redating.findings(record, past=PAST)]


def test_what_was_never_public_may_have_any_day() -> None:
    assert not [*redating.findings(good(), past=Past())]


def test_it_goes_nowhere() -> None:
    late = good(published=NOON + timedelta(days=30))

    found = screen(late, catalogs=catalogs(), destinations=ALL, past=PAST)
    assert found.channels == ()
