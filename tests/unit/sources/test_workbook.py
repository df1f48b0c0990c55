"""Workbooks as counties make them: every cell is read, kept, or named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from govsync.errors import SourceError
from govsync.model import BoxSemantics, ChannelCode, Demand, Item, Level, Mode, Scope
from govsync.sources import CatalogReading, read_catalogs

TOP = [
    "序号", "公开事项", None, "公开内容(要素)", "公开依据", "公开时限", "公开主体",
    "公开渠道和载体(“■”表示必选项,“□”表示可选项)", "公开对象", None, "公开方式", None,
    "公开层级", None,
]  # fmt: skip
BELOW = [
    None, "一级事项", "二级事项", None, None, None, None, None, "全社会", "特定群众",
    "主动", "依申请", "县级", "乡、村级",
]  # fmt: skip
ROW = [
    1, "公用事业", "停水公告", "时间", "《城市供水条例》", "20个工作日", "市供水公司",
    "■政府网站\n□政府公报", "√", None, "√", None, "√", "√",
]  # fmt: skip
MERGED = ("B2:C2", "I2:J2", "K2:L2", "M2:N2")


def made(
    path: Path,
    *rows: list[Any],
    top: list[Any] = TOP,
    below: list[Any] = BELOW,
    merged: tuple[str, ...] = MERGED,
    sheet: str = "市政服务",
) -> CatalogReading:
    book = Workbook()
    book.active.title = sheet
    for row in (["密山市市政服务领域基层政务公开标准目录"], top, below, *rows):
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    file = path / "catalog.xlsx"
    book.save(file)
    return read_catalogs(file)


def only(reading: CatalogReading) -> Item:
    (item,) = reading.catalogs.items
    return item


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    reading = made(tmp_path, ROW)
    item = only(reading)

    assert reading.problems == ()
    assert str(item.ref) == "市政服务 / 公用事业 / 停水公告"
    assert (item.number, item.deadline) == ("1", "20个工作日")
    assert item.demand(ChannelCode.GOV_SITE) is Demand.REQUIRED
    assert item.demand(ChannelCode.GAZETTE) is Demand.OPTIONAL
    assert item.demand(ChannelCode.PRINT) is None
    assert item.modes == (Mode.PROACTIVE,)
    assert item.levels == (Level.COUNTY, Level.TOWN, Level.VILLAGE)
    assert [a.scope for a in item.audience] == [Scope.ALL]


def test_merged_levels_reach_down(tmp_path: Path) -> None:
    second = [2, None, "停气公告", *ROW[3:]]
    reading = made(tmp_path, ROW, second, merged=(*MERGED, "B4:B5"))

    assert [item.ref.level1 for item in reading.catalogs.items] == ["公用事业"] * 2
    assert reading.problems == ()


def test_a_lost_merge_is_taken_from_above_and_said(tmp_path: Path) -> None:
    reading = made(tmp_path, ROW, [2, None, "停气公告", *ROW[3:]])
    (note,) = reading.problems

    assert reading.catalogs.items[1].ref.level1 == "公用事业"
    assert (note.rule, note.row, note.error) == ("row.merge", 5, False)


@pytest.mark.parametrize("dash", ["—", "─", "-", None])
def test_an_item_may_have_one_level(tmp_path: Path, dash: str | None) -> None:
    assert only(made(tmp_path, [*ROW[:2], dash, *ROW[3:]])).ref.level2 == ""


def test_an_item_may_have_three_levels(tmp_path: Path) -> None:
    top = [*TOP[:3], None, *TOP[3:]]
    below = [*BELOW[:3], "三级事项", *BELOW[3:]]
    row = [*ROW[:3], "计划停水", *ROW[3:]]
    merged = ("B2:D2", "J2:K2", "L2:M2", "N2:O2")

    assert only(
        made(tmp_path, row, top=top, below=below, merged=merged)
    ).ref.level3 == ("计划停水")


def test_unknown_columns_are_kept_under_their_header(tmp_path: Path) -> None:
    item = only(made(tmp_path, [*ROW, "供水科"], top=[*TOP, "责任科室"]))

    assert dict(item.extra) == {"责任科室": "供水科"}


def test_a_column_without_header_is_kept_too(tmp_path: Path) -> None:
    reading = made(tmp_path, [*ROW, "?"])

    assert dict(only(reading).extra) == {"O": "?"}


def test_a_special_group_keeps_its_words(tmp_path: Path) -> None:
    item = only(made(tmp_path, [*ROW[:8], None, "√(申请人)", *ROW[10:]]))

    assert [(a.scope, a.note) for a in item.audience] == [(Scope.SPECIAL, "申请人")]
    assert not item.for_anybody


def test_notes_at_the_foot_are_kept(tmp_path: Path) -> None:
    reading = made(
        tmp_path, ROW, ["填表说明:以最新版本为准。"], merged=(*MERGED, "A5:N5")
    )

    assert reading.catalogs.catalogs[0].notes == ("填表说明:以最新版本为准。",)
    assert reading.rows_read == 1


def test_a_header_repeated_at_a_page_break_is_no_item(tmp_path: Path) -> None:
    reading = made(tmp_path, ROW, TOP, BELOW, [2, "公用事业", "停气公告", *ROW[3:]])

    assert reading.rows_read == 2
    assert reading.problems == ()


def test_the_header_tells_what_the_boxes_mean(tmp_path: Path) -> None:
    top = [*TOP[:7], "公开渠道和载体", *TOP[8:]]
    reading = made(tmp_path, ROW, top=top)

    assert reading.catalogs.catalogs[0].box_semantics is BoxSemantics.USED
    assert only(reading).demand(ChannelCode.GAZETTE) is None


def test_the_title_names_the_area_where_the_sheet_does_not(tmp_path: Path) -> None:
    assert made(tmp_path, ROW, sheet="Sheet1").catalogs.catalogs[0].area == "市政服务"


def test_the_same_item_twice_is_named(tmp_path: Path) -> None:
    reading = made(tmp_path, ROW, [2, *ROW[1:]])
    (problem,) = reading.problems

    assert (problem.rule, problem.row) == ("row.twice", 5)
    assert "row 4" in problem.message


def test_a_row_without_channel_or_name_is_named(tmp_path: Path) -> None:
    nameless = [2, None, None, "内容", *ROW[4:]]
    no_channel = [3, "公用事业", "停暖公告", *ROW[3:7], None, *ROW[8:]]
    book = made(tmp_path, nameless, no_channel)

    assert {problem.rule for problem in book.problems} == {"row.item", "cell.channels"}


def test_a_sheet_that_is_no_catalog_is_named(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["联系人", "电话"])
    book.save(tmp_path / "other.xlsx")
    reading = read_catalogs(tmp_path / "other.xlsx")

    assert reading.catalogs.catalogs == ()
    assert [problem.rule for problem in reading.problems] == ["sheet.header"]


def test_no_workbook_is_said_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "catalog.xlsx"
    with pytest.raises(SourceError, match="No such file"):
        read_catalogs(path)

    path.write_text("序号,公开事项")
    with pytest.raises(SourceError, match=r"catalog\.xlsx: not a workbook"):
        read_catalogs(path)


def test_the_sample_county_is_read_to_the_last_cell(county: Path) -> None:
    reading = read_catalogs(county / "catalog.xlsx")

    assert (reading.rows_read, len(reading.catalogs.catalogs)) == (33, 8)
    assert reading.problems == ()
    assert all(item.channels and item.audience for item in reading.catalogs.items)
    assert all(catalog.notes for catalog in reading.catalogs.catalogs)


def test_levels_may_be_words_in_one_column(tmp_path: Path) -> None:
    item = only(
        made(tmp_path, [*ROW[:12], "县级、乡级", None], below=[*BELOW[:12], None, None])
    )

    assert item.levels == (Level.COUNTY, Level.TOWN)


def test_a_level_that_nobody_knows_is_kept_in_its_words(tmp_path: Path) -> None:
    below = [*BELOW[:12], "园区级", "乡级"]
    item = only(made(tmp_path, ROW, below=below))

    assert item.levels == (Level.TOWN,)
    assert dict(item.extra) == {"公开层级/园区级": "√"}


def test_a_third_level_is_taken_from_above_with_its_second(tmp_path: Path) -> None:
    top, below = [*TOP[:3], None, *TOP[3:]], [*BELOW[:3], "三级事项", *BELOW[3:]]
    first = [*ROW[:3], "计划停水", *ROW[3:]]
    second = [2, None, None, "临时停水", *ROW[3:]]
    merged = ("B2:D2", "J2:K2", "L2:M2", "N2:O2")
    reading = made(tmp_path, first, second, top=top, below=below, merged=merged)

    assert str(reading.catalogs.items[1].ref).endswith("停水公告 / 临时停水")


def test_two_columns_of_one_header_are_both_kept(tmp_path: Path) -> None:
    item = only(made(tmp_path, [*ROW, "甲", "乙"], top=[*TOP, "科室", "科室"]))

    assert dict(item.extra) == {"科室": "甲", "科室 (P)": "乙"}


def test_lines_say_area_version_and_first_day(tmp_path: Path) -> None:
    facts = ["公开领域:救灾(试点)"], ["版本：2025年版"], ["施行日期:2025年1月1日"]
    (catalog,) = made(tmp_path, ROW, *facts).catalogs.catalogs

    assert (catalog.area, catalog.version) == ("救灾(试点)", "2025年版")
    assert str(catalog.valid_from) == "2025-01-01"
    assert catalog.notes == ()


def test_a_first_day_that_is_none_is_named(tmp_path: Path) -> None:
    (problem,) = made(tmp_path, ROW, ["施行日期:另行通知"]).problems

    assert (problem.rule, problem.value) == ("sheet.from", "另行通知")


def test_a_sheet_that_does_not_say_its_area_has_the_name_of_its_file(
    tmp_path: Path,
) -> None:
    book = Workbook()
    for row in (TOP, BELOW, ROW):
        book.active.append(row)
    book.save(tmp_path / "救灾.xlsx")
    reading = read_catalogs(tmp_path / "救灾.xlsx")

    assert reading.catalogs.catalogs[0].area == "救灾"
    assert [problem.rule for problem in reading.problems] == ["sheet.area"]


def test_full_width_brackets_keep_a_body_whole(tmp_path: Path) -> None:
    item = only(made(tmp_path, [*ROW[:6], "县（市、区）住建部门、乡镇政府", *ROW[7:]]))

    assert item.bodies == ("县（市、区）住建部门", "乡镇政府")


@pytest.mark.parametrize(
    ("audience", "mode", "scopes", "modes"),
    [
        ("全社会", "主动公开", [Scope.ALL], [Mode.PROACTIVE]),
        ("本村村民", "依申请公开", [Scope.SPECIAL], [Mode.ON_REQUEST]),
        ("社会公众", "主动、依申请", [Scope.ALL], [Mode.PROACTIVE, Mode.ON_REQUEST]),
    ],
)
def test_audience_and_mode_may_be_words(
    audience: str, mode: str, scopes: list[Scope], modes: list[Mode], tmp_path: Path
) -> None:
    row = [*ROW[:8], audience, mode, "√", "√"]
    top = [*TOP[:8], "公开对象", "公开方式", "公开层级", None]
    below = [*BELOW[:8], None, None, "县级", "乡级"]
    item = only(made(tmp_path, row, top=top, below=below, merged=("B2:C2", "K2:L2")))

    assert [one.scope for one in item.audience] == scopes
    assert list(item.modes) == modes


def test_a_broken_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    with pytest.raises(SourceError, match="not a workbook"):
        read_catalogs(path)
