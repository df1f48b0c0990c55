"""Shared by all tests: in CI (``GOVSYNC_NO_SKIP=1``) nothing may be skipped."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples at every run: a failure is seen again, and a machine that is busy
# changes nothing.
settings.register_profile(
    "govsync",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("govsync")

COUNTY = Path(__file__).parent.parent / "examples" / "county"


@pytest.fixture(scope="session")
def county() -> Path:
    """The sample county: ``catalog.xlsx`` and ``records.csv``."""
    return COUNTY


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be skipped."""
    report = yield
    if report.skipped and os.environ.get("GOVSYNC_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped, and nothing may be: {call.excinfo}"
        )
    return report
