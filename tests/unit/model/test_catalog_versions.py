"""Dated versions: a record is judged by the one in force on its own day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from support.rules import REF, good, item

from govsync.model import Catalog, Catalogs, Item, ItemRef
from govsync.rules import scope

OLD, NEW, NEWEST = item(number="old"), item(number="new"), item(number="newest")
GONE = item(ref=ItemRef(area=REF.area, level1="旧事项"))


def version(start: date | None, *items: Item) -> Catalog:
    return Catalog(area=REF.area, valid_from=start, items=items)


VERSIONS = Catalogs(
    catalogs=(
        version(date(2025, 1, 1), NEWEST),
        version(date(2019, 1, 1), OLD, GONE),
        version(date(2022, 7, 1), NEW),
    )
)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2017, 9, 25), OLD),
        (date(2019, 1, 1), OLD),
        (date(2022, 6, 30), OLD),
        (date(2022, 7, 1), NEW),
        (date(2024, 12, 31), NEW),
        (date(2025, 1, 1), NEWEST),
        (None, NEWEST),
    ],
)
def test_the_version_in_force_counts(day: date | None, found: Item) -> None:
    assert VERSIONS.find(REF, day) == found
    assert found in VERSIONS.in_force(day)[0].items


def test_a_version_replaces_the_whole_area_and_no_other() -> None:
    other = Catalog(area="救灾", items=(item(ref=ItemRef(area="救灾", level1="款物")),))
    both = Catalogs(catalogs=(*VERSIONS.catalogs, other))

    assert both.find(GONE.ref, date(2025, 1, 1)) is None
    assert both.find(other.items[0].ref, date(2025, 1, 1)) == other.items[0]
    assert both.in_force(date(2020, 1, 1)) == (VERSIONS.catalogs[1], other)


def test_an_emptied_area_finds_nothing() -> None:
    emptied = Catalogs(catalogs=(*VERSIONS.catalogs, version(date(2026, 1, 1))))

    assert emptied.find(REF) is None
    assert emptied.versions("无此领域") == ()


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, date(2026, 3, 3)),
        ({"published": datetime(2025, 12, 31, 16, tzinfo=UTC)}, date(2026, 1, 1)),
        ({"published": None, "issued": date(2026, 3, 2)}, date(2026, 3, 2)),
        ({"published": None}, date(2026, 3, 1)),
        ({"published": None, "formed": None}, None),
    ],
)
def test_the_day_of_a_record_is_never_today(
    changes: dict[str, object], day: date | None
) -> None:
    assert good(**changes).day == day


def test_an_item_of_another_version_is_named_with_it() -> None:
    (finding,) = scope.findings(good(item=GONE.ref), catalogs=VERSIONS, destinations=())

    assert finding.rule == "scope.unknown-item"
    assert "on 2026-03-03; the version from 2019-01-01 has it" in finding.message


def test_an_undated_record_is_asked_of_the_newest() -> None:
    record = good(item=GONE.ref, published=None, formed=None)
    (finding,) = scope.findings(record, catalogs=VERSIONS, destinations=())

    assert "in its newest version" in finding.message
