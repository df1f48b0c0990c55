"""All rules together: what is found, and where the record may go now."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import ALL, ID, MOBILE, catalogs, good, item

from govsync.rules import Screening, screen


def screened(**changes: Any) -> Screening:
    return screen(good(**changes), catalogs=catalogs(), destinations=ALL)


def test_a_good_record_goes_where_its_row_says_in_the_order_of_the_channels() -> None:
    result = screened()

    assert result.findings == ()
    assert result.channels == ("city", "media", "board")


@pytest.mark.parametrize(
    "changes",
    [
        {"review": None},
        {"body": ID},
        {"issuer": "赌场"},
        {"formed": None, "published": None},
        {"item": {"area": "无", "level1": "此项"}},
    ],
)
def test_one_block_or_hold_keeps_it_from_everywhere(changes: dict[str, Any]) -> None:
    assert screened(**changes).channels == ()


def test_a_warning_keeps_it_from_nowhere() -> None:
    result = screened(formed="2026-03-04")

    assert [f.rule for f in result.findings] == ["integrity.date-order"]
    assert len(result.channels) == 3


def test_a_refusal_takes_one_destination_away() -> None:
    row = item(channels=({"code": "gov_site"}, {"code": "notice_board"}))
    result = screen(good(), catalogs=catalogs(row), destinations=ALL)

    assert result.channels == ("city", "board")
    assert [f.channel for f in result.findings] == ["media"]


def test_a_blocked_record_still_says_where_it_never_may_go() -> None:
    """What its row does not name is not owed, however the block is mended."""
    row = item(channels=({"code": "gov_site"},))
    result = screen(good(body=ID), catalogs=catalogs(row), destinations=ALL)

    assert {f.channel for f in result.findings} == {"", "media", "board"}


def test_every_rule_speaks_even_when_another_has() -> None:
    result = screened(review=None, body=ID, issuer="赌场", item=None)

    assert {f.rule.partition(".")[0] for f in result.findings} == {
        "review",
        "privacy",
        "integrity",
        "scope",
    }


def test_a_withdrawal_may_go_everywhere_whatever_stands_in_it() -> None:
    result = screened(
        status={"state": "withdrawn", "reason": "泄露个人信息"},
        review=None,
        body=f"{ID}\x08",
        item={"area": "无", "level1": "此项"},
        formed=None,
        published=None,
    )

    assert result == Screening(findings=(), channels=("city", "media", "board"))


@pytest.mark.parametrize("reason", [f"泄露{MOBILE}", "a\x08b"])
def test_the_reason_of_a_withdrawal_travels_and_is_screened(reason: str) -> None:
    result = screened(status={"state": "withdrawn", "reason": reason})

    assert [f.field for f in result.findings] == ["status.reason"]
    assert result.channels == ()


def test_without_destinations_there_is_nowhere_to_go() -> None:
    assert screen(good(), catalogs=catalogs(), destinations=()).channels == ()
