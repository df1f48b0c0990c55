"""Cells of a catalog that are written amiss: read as far as they go, and told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.catalogs import ROW, TOP, Sheet, xlsx

from govsync.model import Item, Mode
from govsync.sources import CatalogReading, read_catalogs
from govsync.sources.rows import modes, outside_brackets, unpaired_bracket


@pytest.mark.parametrize(
    ("text", "names", "lone"),
    [
        ("县(市、区)局、乡镇政府", ["县(市、区)局", "乡镇政府"], ""),
        ("县(市、区局、乡镇政府", ["县(市", "区局", "乡镇政府"], "("),
        ("市局)、县(市、区)局", ["市局)", "县(市、区)局"], ")"),
        ("(甲、(乙、丙)、丁", ["(甲", "(乙、丙)", "丁"], "("),
        ("((甲、乙)、丙);丁", ["((甲、乙)、丙)", "丁"], ""),
        ("甲\n乙（、丙", ["甲", "乙（", "丙"], "（"),
        ("", [], ""),
    ],
)
def test_a_bracket_without_its_fellow_swallows_no_list(
    text: str, names: list[str], lone: str
) -> None:
    assert outside_brackets(text) == names
    assert unpaired_bracket(text) == lone


@pytest.mark.parametrize(
    ("text", "found", "others"),
    [
        ("主动公开", ["proactive"], ""),
        ("依申请公开", ["on_request"], ""),
        ("主动、依申请", ["proactive", "on_request"], ""),
        ("■主动公开 □依申请公开", ["proactive"], ""),
        ("□主动公开 √依申请公开", ["on_request"], ""),
        ("主动公开(部分依申请公开)", ["proactive", "on_request"], "(部分)"),
        ("不主动公开", [], "不主动公开"),
        ("内部掌握", [], "内部掌握"),
        ("□主动公开", [], ""),
        ("", [], ""),
    ],
)
def test_a_mode_is_read_as_far_as_it_is_known(
    text: str, found: list[str], others: str
) -> None:
    assert modes({"mode": text}) == (found, others)


def test_ticks_go_before_words() -> None:
    assert modes({"proactive": "√", "mode": "内部掌握"}) == (["proactive"], "")


def sheet(folder: Path, **cells: str) -> CatalogReading:
    """Read a catalog of one row, with words under 公开方式."""
    top = [*TOP[:8], "公开对象", "公开方式", "公开层级"]
    row = [*ROW[:8], "全社会", cells.get("mode", "主动公开"), "县级"]
    row[6] = cells.get("bodies", row[6])
    below = ["", "一级事项", "二级事项", *[""] * 8]
    rows = [["密山市市政服务领域基层政务公开标准目录", *[""] * 10], top, below, row]
    return read_catalogs(
        xlsx(folder / "c.xlsx", replace(Sheet(), rows=rows, merges=[]))
    )


def item(reading: CatalogReading) -> Item:
    (catalog,) = reading.catalogs.catalogs
    (found,) = catalog.items
    return found


def told(reading: CatalogReading, rule: str) -> list[tuple[bool, str]]:
    return [(p.error, p.value) for p in reading.problems if p.rule == rule]


def test_an_unknown_mode_is_told_of_and_goes_to_nobody(tmp_path: Path) -> None:
    reading = sheet(tmp_path, mode="内部掌握")

    assert item(reading).modes == (Mode.ON_REQUEST,)
    assert not item(reading).for_anybody
    assert told(reading, "cell.mode") == [(True, "内部掌握")]


def test_words_beside_a_mode_are_told_of(tmp_path: Path) -> None:
    reading = sheet(tmp_path, mode="主动公开(部分)")

    assert item(reading).modes == (Mode.PROACTIVE,)
    assert told(reading, "cell.mode") == [(False, "(部分)")]


def test_a_known_mode_is_told_of_to_nobody(tmp_path: Path) -> None:
    assert not told(sheet(tmp_path), "cell.mode")


def test_an_unpaired_bracket_is_told_of(tmp_path: Path) -> None:
    reading = sheet(tmp_path, bodies="县(市局、乡镇政府")

    assert item(reading).bodies == ("县(市局", "乡镇政府")
    assert told(reading, "cell.bodies") == [(False, "县(市局、乡镇政府")]
