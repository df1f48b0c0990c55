"""Check-boxes and ticks, in every glyph that published copies have shown."""

from __future__ import annotations

import pytest

from govsync.model import BoxSemantics, ChannelCode
from govsync.sources.boxes import channels, ticked

OFFICIAL, USED = BoxSemantics.OFFICIAL, BoxSemantics.USED


def read(text: str, semantics: BoxSemantics = OFFICIAL) -> dict[str, str]:
    found, _ = channels(text, semantics)
    return {demand["code"]: demand["demand"] for demand in found}


@pytest.mark.parametrize("filled", "■▲R☑☒●√✓")
@pytest.mark.parametrize("empty", "□£口☐〇")
def test_every_pair_of_glyphs(filled: str, empty: str) -> None:
    text = f"{filled}政府网站\n{empty}政府公报\n{filled}两微一端"

    assert read(text) == {
        "gov_site": "required",
        "gazette": "optional",
        "new_media": "required",
    }
    assert read(text, USED) == {"gov_site": "required", "new_media": "required"}


def test_all_thirteen_standard_labels() -> None:
    text = "\n".join(f"■{code.label}" for code in ChannelCode)

    assert list(read(text)) == [code.value for code in ChannelCode]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("一微一端", "new_media"),
        ("入户⁄现场", "onsite"),
        ("公开查阅点/政务公开专区", "reading_point"),
        ("发布会／听证会", "press"),
        ("社区/企事业单位/村公示栏（电子屏）", "notice_board"),
        ("村公示栏", "notice_board"),
        ("其他_____", "other"),
    ],
)
def test_variants_of_labels(label: str, code: str) -> None:
    assert list(read(f"■{label}")) == [code]


def test_boxes_on_one_line() -> None:
    assert read("■政府网站 □政府公报 ■广播电视") == {
        "gov_site": "required",
        "gazette": "optional",
        "broadcast": "required",
    }


def test_a_plain_list_names_what_is_used() -> None:
    found = read("政府公报、政府网站、新闻发布会、报刊", USED)

    assert found == dict.fromkeys(("gazette", "gov_site", "press", "print"), "required")


def test_what_is_none_of_the_thirteen_is_kept_in_its_own_words() -> None:
    found, unknown = channels("■政府网站\n■信用中国", OFFICIAL)

    assert unknown == ["信用中国"]
    assert found[1] == {"demand": "required", "code": "other", "label": "信用中国"}


def test_what_other_means_is_kept() -> None:
    found, unknown = channels("■其他:政务新媒体", OFFICIAL)

    assert (found[0]["label"], unknown) == ("政务新媒体", [])


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("√", (True, "")),
        ("✓", (True, "")),
        ("?", (True, "")),
        (
            "√(面向拟征收土地所在地的村集体成员)",
            (True, "面向拟征收土地所在地的村集体成员"),
        ),
        ("√（申请人）", (True, "申请人")),
        ("申请人", (True, "申请人")),
        ("", (False, "")),
        ("—", (False, "")),
        ("□", (False, "")),
    ],
)
def test_ticks(cell: str, meaning: tuple[bool, str]) -> None:
    assert ticked(cell) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "R政府网站£政府公报R便民服务窗口",
        "■政府网站口政府公报■便民服务窗口",
        "\uf052政府网站\n\uf0a3政府公报\n\uf06e便民服务窗口",
    ],
)
def test_boxes_that_lost_their_font_and_their_blanks(text: str) -> None:
    found = {"gov_site": "required", "gazette": "optional", "convenience": "required"}

    assert read(text) == found


@pytest.mark.parametrize(
    ("label", "own"),
    [("其他(招标(公共)平台)", "招标(公共)平台"), ("其他:平台(省)", "平台(省)")],
)
def test_brackets_of_other_channels(label: str, own: str) -> None:
    found, _ = channels(f"■{label}", OFFICIAL)

    assert found[0]["label"] == own


@pytest.mark.parametrize("cell", ["R", "v", "P", "ü", "\uf0fc", "R(村民)"])
def test_ticks_that_lost_their_font(cell: str) -> None:
    assert ticked(cell) == (True, "村民" if "村民" in cell else "")


@pytest.mark.parametrize("cell", ["PPP项目参与方", "vip(甲)乙(丙)"])
def test_words_that_begin_like_a_tick_stay_whole(cell: str) -> None:
    assert ticked(cell) == (True, cell)
