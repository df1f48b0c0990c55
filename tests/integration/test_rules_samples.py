"""The rules on the sample county: what is refused, what is held, what passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from govsync.model import ChannelCode, Reach, Severity
from govsync.rules import Destination, Screening, screen
from govsync.sources import read_catalogs, read_records

EVERYWHERE = tuple(
    Destination(name=code.value, serves=code, without_item=True) for code in ChannelCode
)
LIST = "023038202/2019-00002"
DRAFT = "023038204/2022-00001"


@pytest.fixture(scope="module")
def screened(county: Path) -> dict[str, Screening]:
    catalogs = read_catalogs(county / "catalog.xlsx").catalogs
    return {
        row.record.id: screen(row.record, catalogs=catalogs, destinations=EVERYWHERE)
        for row in read_records(county / "records.csv")
        if row.record
    }


def test_the_list_with_full_numbers_is_blocked_with_places(
    screened: dict[str, Screening],
) -> None:
    result = screened[LIST]
    found = [f for f in result.findings if f.rule.startswith("privacy.")]

    assert result.channels == ()
    assert [(f.rule, f.place) for f in found] == [
        place
        for row in range(2, 7)
        for place in [
            ("privacy.id-number", f"table 1, row {row}, column 身份证号"),
            ("privacy.mobile-number", f"table 1, row {row}, column 电话"),
        ]
    ]


def test_the_masked_list_passes(screened: dict[str, Screening]) -> None:
    assert ChannelCode.GOV_SITE in screened["023038202/2020-00002"].channels


def test_the_draft_is_held_until_it_is_signed(screened: dict[str, Screening]) -> None:
    result = screened[DRAFT]
    held = [f.rule for f in result.findings if f.severity is Severity.HOLD]

    assert (held, result.channels) == (["review.pending"], ())


@pytest.mark.parametrize("id_", ["023038202/2018-00002", "023038203/2018-00001"])
def test_what_is_for_few_goes_where_few_read(
    screened: dict[str, Screening], id_: str
) -> None:
    channels = [ChannelCode(name) for name in screened[id_].channels]

    assert ChannelCode.NOTICE_BOARD in channels
    assert not [c for c in channels if c.reach is Reach.ANYBODY]


def test_nothing_else_is_stopped(screened: dict[str, Screening]) -> None:
    """Landlines, sums, dates and index numbers of the other records raise nothing."""
    stopped = {
        id_
        for id_, result in screened.items()
        for finding in result.findings
        if finding.severity is not Severity.WARN and not finding.channel
    }

    assert stopped == {LIST, DRAFT}
