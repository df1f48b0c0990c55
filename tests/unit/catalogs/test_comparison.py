"""What a new version changes: rows by their names, renamed ones too, cell by cell."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from support.rules import catalogs, item

from govsync.catalogs.comparison import Kind, RowChange, compare
from govsync.catalogs.comparison_forms import FORMS
from govsync.model import ChannelCode, ChannelDemand, ItemRef


def named(level2: str, **changes: object) -> object:
    ref = ItemRef(area="农村危房改造", level1="计划实施", level2=level2)
    return item(ref=ref, content=f"{level2}的内容和范围", **changes)


OLD = catalogs(named("任务分配"), named("改造结果"), named("竣工验收"))  # type: ignore[arg-type]
NEW = catalogs(
    named("任务分配", number="9", deadline="5个工作日", extra={"科室": "<村镇科>"}),  # type: ignore[arg-type]
    named("改造的结果"),  # type: ignore[arg-type]
    named("投诉电话"),  # type: ignore[arg-type]
)


def changes() -> tuple[RowChange, ...]:
    return compare(OLD, NEW)


def test_rows_are_changed_renamed_added_and_removed() -> None:
    told = [(one.kind, one.name.rpartition(" ")[2]) for one in changes()]

    assert told == [
        (Kind.CHANGED, "任务分配"),
        (Kind.CHANGED, "改造的结果"),
        (Kind.ADDED, "投诉电话"),
        (Kind.REMOVED, "竣工验收"),
    ]


def test_cells_are_told_by_their_column_and_a_new_number_is_none() -> None:
    first, renamed, *_ = changes()

    assert [(c.column, c.old, c.new) for c in first.cells] == [
        ("公开时限", "", "5个工作日"),
        ("科室", "", "<村镇科>"),
    ]
    assert renamed.cells[0].column == "公开事项/二级事项"


def test_a_box_that_changed_is_seen() -> None:
    boxes = (ChannelDemand(code=ChannelCode.GOV_SITE),)
    (change,) = compare(catalogs(), catalogs(item(channels=boxes)))

    assert change.cells[0].new == "■政府网站"


def test_rows_of_another_area_are_not_taken_for_renamed() -> None:
    other = item(ref=ItemRef(area="救灾", level1="计划实施", level2="任务分配"))

    assert [c.kind for c in compare(catalogs(), catalogs(other))] == [
        Kind.ADDED,
        Kind.REMOVED,
    ]


def test_lines() -> None:
    lines = FORMS["text"](changes()).decode().splitlines()

    assert lines[0] == "~ 农村危房改造 / 计划实施 / 任务分配"
    assert "    公开时限: (空) → 5个工作日" in lines
    assert lines[-1] == "1 added, 1 removed, 2 changed"


def test_a_page_escapes_what_it_says() -> None:
    page = FORMS["html"](changes()).decode()

    assert "&lt;村镇科&gt;" in page
    assert page.count('<tr class="added">') == 1


def test_a_workbook() -> None:
    sheet = load_workbook(io.BytesIO(FORMS["xlsx"](changes()))).active
    rows = list(sheet.values)

    assert rows[0][:2] == ("变化", "公开事项")
    assert rows[1][2:] == ("公开时限", "", "5个工作日")


@pytest.mark.parametrize("form", FORMS)
def test_no_change_is_told_too(form: str) -> None:
    assert FORMS[form](())
