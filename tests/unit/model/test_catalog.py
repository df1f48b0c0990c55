"""Items: found by their name however it is typed, allowing what their row says."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from govsync.model import (
    Audience,
    Catalog,
    Catalogs,
    ChannelCode,
    ChannelDemand,
    Demand,
    Item,
    ItemRef,
    Mode,
    Scope,
)

REF = ItemRef(area="征地补偿(试点)", level1="征地 管理", level2="政策 A")
SITE = ChannelCode.GOV_SITE
BOARD = ChannelCode.NOTICE_BOARD
SPECIAL = Audience(scope=Scope.SPECIAL, note="村集体成员")


def item(**fields: object) -> Item:
    channels = (
        ChannelDemand(code=SITE),
        ChannelDemand(code=BOARD, demand=Demand.OPTIONAL),
    )
    return Item.model_validate({"ref": REF, "channels": channels, **fields})


def catalogs(*items: Item) -> Catalogs:
    return Catalogs(catalogs=(Catalog(area="征地补偿", items=items),))


@pytest.mark.parametrize(
    "ref",
    [
        REF,
        ItemRef(area="征地补偿(试点)", level1="征地管理", level2="政策A"),
        ItemRef(area=" 征地补偿(试点) ", level1="征地\u3000管理", level2="政策\xa0A"),
    ],
)
def test_an_item_is_found_however_its_name_is_typed(ref: ItemRef) -> None:
    assert catalogs(item()).find(ref) == item()


@pytest.mark.parametrize(
    "ref",
    [
        ItemRef(area="征地补偿", level1="征地 管理", level2="政策 A"),
        ItemRef(area="征地补偿(试点)", level1="征地 管理"),
        ItemRef(area="征地补偿(试点)征地", level1="管理", level2="政策 A"),
        ItemRef(area="征地补偿(试点)", level1="征地 管理", level2="政策 a"),
    ],
)
def test_another_name_finds_nothing(ref: ItemRef) -> None:
    assert catalogs(item()).find(ref) is None


def test_a_reference_prints_without_its_empty_levels() -> None:
    assert str(ItemRef(area="甲", level1="乙", level3="丁")) == "甲 / 乙 / 丁"


def test_a_row_demands_leaves_open_or_does_not_name() -> None:
    row = item()

    assert row.demand(SITE) is Demand.REQUIRED
    assert row.demand(BOARD) is Demand.OPTIONAL
    assert row.demand(ChannelCode.GAZETTE) is None


@pytest.mark.parametrize(
    ("fields", "site", "board"),
    [
        ({}, True, True),
        ({"audience": (SPECIAL,)}, False, True),
        ({"audience": (Audience(), SPECIAL)}, True, True),
        ({"modes": (Mode.ON_REQUEST,)}, False, True),
        ({"modes": (Mode.PROACTIVE, Mode.ON_REQUEST)}, True, True),
        ({"channels": ()}, False, False),
    ],
)
def test_a_row_for_few_never_goes_where_anybody_reads(
    fields: dict[str, object], site: bool, board: bool
) -> None:
    row = item(**fields)

    assert (row.allows(SITE), row.allows(BOARD)) == (site, board)


def test_catalogs_that_say_the_same_have_the_same_digest() -> None:
    one = catalogs(item(extra={"b": "1", "a": "2"}))
    same = Catalogs.model_validate(one.model_dump(mode="json"))

    assert same.digest == one.digest
    assert catalogs(item(deadline="20个工作日")).digest != catalogs(item()).digest


def test_an_item_cannot_be_changed() -> None:
    row = item(extra={"a": "1"})

    with pytest.raises(ValidationError):
        row.number = "2"  # type: ignore[misc]
    with pytest.raises(TypeError):
        row.extra["a"] = "2"  # type: ignore[index]
