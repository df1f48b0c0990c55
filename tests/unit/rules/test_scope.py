"""A record goes only where its row names the channel, and never too far."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import ALL, BOARD, ID, MEDIA, REF, SITE, catalogs, good, item

from govsync.model import Audience, Catalogs, ItemRef, Record, Scope, Severity
from govsync.rules import scope

SPECIAL = Audience(scope=Scope.SPECIAL, note="征收范围内被征收人")


def refused(record: Record, **row: Any) -> dict[str, str]:
    found = scope.findings(record, catalogs=catalogs(item(**row)), destinations=ALL)
    return {finding.channel: finding.rule for finding in found}


@pytest.mark.parametrize(
    ("row", "changes", "rules"),
    [
        ({}, {}, {}),
        (
            {"channels": ({"code": "gov_site"},)},
            {},
            {"media": "scope.not-named", "board": "scope.not-named"},
        ),
        (
            {"audience": (SPECIAL,)},
            {},
            {"city": "scope.limited", "media": "scope.limited"},
        ),
        (
            {"modes": ("on_request",)},
            {},
            {"city": "scope.limited", "media": "scope.limited"},
        ),
        (
            {},
            {"audience": SPECIAL},
            {"city": "scope.limited", "media": "scope.limited"},
        ),
        (
            {},
            {"mode": "on_request"},
            {"city": "scope.limited", "media": "scope.limited"},
        ),
        (
            {},
            {"item": None},
            {"media": "scope.without-item", "board": "scope.without-item"},
        ),
        (
            {},
            {"item": None, "audience": SPECIAL},
            {
                "city": "scope.limited",
                "media": "scope.without-item",
                "board": "scope.without-item",
            },
        ),
        (
            {"channels": ()},
            {"audience": SPECIAL},
            dict.fromkeys(("city", "media", "board"), "scope.not-named"),
        ),
    ],
)
def test_each_destination_is_refused_by_the_rule_that_stands_against_it(
    row: dict[str, Any], changes: dict[str, Any], rules: dict[str, str]
) -> None:
    assert refused(good(**changes), **row) == rules


def test_an_open_box_is_not_for_channels_that_take_required_rows_only() -> None:
    strict = [each.changed(optional=False) for each in ALL]
    found = list(scope.findings(good(), catalogs=catalogs(item()), destinations=strict))

    assert [(f.channel, f.rule) for f in found] == [
        ("media", "scope.optional"),
        ("board", "scope.optional"),
    ]


def test_a_refusal_names_row_and_channel_and_what_mends_it() -> None:
    row = item(channels=({"code": "gov_site"},))
    (finding,) = scope.findings(
        good(), catalogs=catalogs(row), destinations=[SITE, MEDIA]
    )

    assert finding.severity is Severity.BLOCK
    assert finding.channel == "media"
    assert "农村危房改造 / 计划实施 / 任务分配" in finding.message
    assert "两微一端" in finding.message
    assert finding.mend


def test_an_unknown_item_holds_the_whole_record_and_names_the_closest() -> None:
    record = good(item=REF.changed(level2="任务分派"))
    (finding,) = scope.findings(record, catalogs=catalogs(), destinations=ALL)

    assert (finding.rule, finding.severity, finding.channel) == (
        "scope.unknown-item",
        Severity.HOLD,
        "",
    )
    assert "农村危房改造 / 计划实施 / 任务分配" in finding.mend


@pytest.mark.parametrize("known", [Catalogs(), catalogs()])
def test_an_item_like_no_other_has_a_mend_too(known: Catalogs) -> None:
    record = good(item=ItemRef(area="x", level1=ID))
    (finding,) = scope.findings(record, catalogs=known, destinations=[BOARD])

    assert finding.mend == "name an item as the catalog prints it"
    assert ID not in finding.message
