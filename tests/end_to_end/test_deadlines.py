"""``govsync deadlines`` and ``govsync due``, as an operator sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.county import Workspace, govsync, workspace

DRAFT = "023038204/2022-00001"
NOTICE = '[[notices]]\nnumber = "1"\nissued = 2026-11-30\ncovers = [2027]\n'


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "city")


def test_deadlines_show_how_each_row_was_understood(county: Path) -> None:
    """A workbook is enough; nothing has to be configured."""
    result = govsync("deadlines", "--catalog", str(county / "catalog.xlsx"))

    assert result.returncode == 0
    assert "《城镇燃气管理条例》第二十条" in result.stdout
    assert "deadline.qualitative" in result.stdout


def test_deadlines_as_json_keep_the_printed_text(city: Workspace) -> None:
    rows = {row["row"]: row for row in city.json("deadlines")}
    row = rows["市政服务 / 公用事业 / 停水、停气公告"]

    assert len(rows) > 30
    assert row["raw"] == "停气提前48小时公告;停水提前24小时公告"
    assert [part["text"] for part in row["parts"]] == row["raw"].split(";")


def test_a_row_that_is_not_understood_is_1(city: Workspace) -> None:
    book = load_workbook(city.folder / "catalog.xlsx")
    sheet = book.worksheets[0]
    sheet.cell(4, 6).value = "某某某某"
    book.save(city.folder / "catalog.xlsx")
    result = city.govsync("deadlines")

    assert result.returncode == 1
    assert "1 of " in result.stderr
    assert "deadline.unparsed" in result.stdout


def test_due_shows_what_no_channel_ever_held(city: Workspace) -> None:
    city.govsync("run")
    told = city.json("due")
    overdue = {one["finding"]["record"]: one for one in told if one["channel"]}

    assert overdue[DRAFT]["finding"]["rule"] == "deadline.overdue"
    assert overdue[DRAFT]["channel"] == "city"
    assert overdue[DRAFT]["by"] == "2022-10-18T23:59:59+08:00"
    assert "deadline.late" in {one["finding"]["rule"] for one in told}
    assert city.govsync("due").returncode == 1


def test_due_says_what_is_provisional(city: Workspace) -> None:
    """Far ahead of every machine's clock, on days that no notice covers."""
    rows = city.rows()
    for row in rows:
        row["成文日期"], row["发布日期"] = "2999-03-01", ""
    city.write_rows(rows)
    city.govsync("run")
    rules = {one["finding"]["rule"] for one in city.json("due")}
    result = city.govsync("due", "--within", "3650")

    assert rules == {"deadline.provisional"}
    assert result.returncode == 0
    assert "2999-03-29 23:59" in result.stdout


def test_the_operators_notices_count(city: Workspace) -> None:
    (city.folder / "holidays.toml").write_text(NOTICE, encoding="utf-8")
    text = city.config.read_text(encoding="utf-8")
    city.config.write_text(
        text + '\n[deadlines]\nholidays = "holidays.toml"\n', encoding="utf-8"
    )
    rows = city.rows()
    for row in rows:
        row["成文日期"], row["发布日期"] = "2027-03-01", "2027-03-02 09:00"
    city.write_rows(rows)
    run = city.govsync("run")

    assert run.returncode in {0, 1}
    provisional = [
        one
        for one in city.json("due")
        if one["finding"]["rule"] == "deadline.provisional"
    ]
    assert provisional == []


@pytest.mark.parametrize("content", [None, "notices = ["])
def test_a_file_of_notices_that_does_not_hold_is_78(
    city: Workspace, content: str | None
) -> None:
    if content is not None:
        (city.folder / "holidays.toml").write_text(content, encoding="utf-8")
    text = city.config.read_text(encoding="utf-8")
    city.config.write_text(
        text + '\n[deadlines]\nholidays = "holidays.toml"\n', encoding="utf-8"
    )
    result = city.govsync("due")

    assert result.returncode == 78
    assert "holidays.toml" in result.stderr
