"""Facts of a small county on one day, made by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from support.rules import NOON, REF, catalogs, item

from govsync.model import SHANGHAI, Catalogs, ChannelCode
from govsync.reports import Facts
from govsync.reports.document import Figure, Listing, Section
from govsync.reports.facts import ChannelFact, Fact, Holding
from govsync.rules.timing import standard_calendar

DAY = date(2026, 3, 31)
SITE = ChannelFact(name="site", serves=ChannelCode.GOV_SITE)


def fact(name: str = "n-1", **changes: Any) -> Fact:
    """A reviewed record of the row of :data:`REF`, formed and public in March 2026."""
    given: dict[str, Any] = {
        "id": name,
        "title": "任务分配结果",
        "item": REF,
        "formed": date(2026, 3, 2),
        "published": NOON,
        "reviewed": True,
    }
    return Fact(**(given | changes))


def live(channel: str = "site", **changes: Any) -> Holding:
    """What a channel holds that confirmed the first revision."""
    given: dict[str, Any] = {
        "channel": channel,
        "state": "live",
        "op": "publish",
        "revision": 1,
        "digest": "a" * 64,
        "last": NOON,
    }
    return Holding(**(given | changes))


def facts(*records: Fact, **changes: Any) -> Facts:
    """The facts of :data:`DAY`, with the site as the only channel."""
    given: dict[str, Any] = {
        "city": "示例市",
        "as_of": DAY,
        "catalogs": rows(),
        "calendar": standard_calendar(),
        "channels": (SITE,),
        "records": records,
    }
    return Facts(**(given | changes))


def rows(**changes: Any) -> Catalogs:
    """A catalog of one row that has to be public within 20 working days."""
    return catalogs(item(**({"deadline": "20个工作日内"} | changes)))


def at(day: str) -> datetime:
    """Noon of a day in Asia/Shanghai."""
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=SHANGHAI)


def figure(section: Section, key: str) -> Figure:
    """The figure of a key."""
    return next(one for one in section.figures if one.key == key)


def behind(section: Section, key: str) -> Listing:
    """The list behind a figure."""
    wanted = figure(section, key).listing
    return next(one for one in section.listings if one.key == wanted)


def numbers(section: Section) -> dict[str, tuple[int | None, int | None]]:
    """By key of each figure, its value and what it is a part of."""
    return {one.key: (one.value, one.of) for one in section.figures}
