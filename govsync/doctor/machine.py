"""Checks of the machine: Python, the packages that are installed, time zones."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from govsync.doctor.case import BAD_CONFIG, fail, ok, warn
from govsync.watching.tracing import asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from govsync.doctor.case import Answer, Case

LEAST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([\w.-]+).*?(?:extra == ['\"]([\w-]+))?['\"]?$")


def python(found: tuple[int, ...] = tuple(sys.version_info[:3])) -> Answer:
    """Is this Python new enough."""
    named = ".".join(map(str, found))
    if found < LEAST_PYTHON:
        mend = "install Python 3.11 or later, and govsync anew in it"
        yield fail("python", f"Python {named}", mend, BAD_CONFIG)
    else:
        yield ok("python", f"Python {named}")


def extras(case: Case) -> Answer:
    """Are the extras installed that this configuration needs."""
    missing = missing_of(requires("govsync") or [], _installed)
    needed = {"agent": True, "xlsx": bool(case.config.catalogs)}
    needed["otel"] = bool(asked(case.environ))
    lacking = sorted(extra for extra, used in needed.items() if used and missing[extra])
    for extra in lacking:
        names = ", ".join(missing[extra])
        yield warn(
            "extras", f"{extra}: {names} missing", f"pip install 'govsync[{extra}]'"
        )
    if not lacking:
        others = ", ".join(sorted(extra for extra in missing if missing[extra]))
        yield ok("extras", f"nothing needed is missing; not installed: {others or '-'}")


def missing_of(
    requirements: Iterable[str], installed: Callable[[str], bool]
) -> Mapping[str, list[str]]:
    """Return, by extra, the packages that are not installed."""
    missing: dict[str, list[str]] = defaultdict(list)
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match and match[2] and match[1] != "govsync" and not installed(match[1]):
            missing[match[2]].append(match[1])
    return missing


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def time_zones(zone: Callable[[str], ZoneInfo] = ZoneInfo) -> Answer:
    """Is there time zone data, and does it know Asia/Shanghai."""
    mend = "install tzdata (apt or pip); govsync itself counts with UTC+8 either way"
    try:
        shanghai = zone("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield warn("time zones", "no time zone data", mend)
        return
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(shanghai).utcoffset()
    if offset != timedelta(hours=8):
        yield warn("time zones", f"Asia/Shanghai is at {offset}", mend)
    else:
        yield ok("time zones", "Asia/Shanghai is UTC+8")
