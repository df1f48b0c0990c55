"""Shared by all tests: in CI (``GOVSYNC_NO_SKIP=1``) nothing may be skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

COUNTY = Path(__file__).parent.parent / "examples" / "county"


@pytest.fixture(scope="session")
def county() -> Path:
    """The sample county: ``catalog.xlsx`` and ``records.csv``."""
    return COUNTY


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.skipped and os.environ.get("GOVSYNC_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped, and nothing may be: {call.excinfo}"
        )
    return report
