"""A sign-off is of one content: what was changed after it waits for another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.county import Workspace, workspace

WATER = "023038206/2021-00001"
BY_HAND = ("sign-off", WATER, "--revision", "2", "--final", "李主任")


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    """A city that published, and then changed one text without a new sign-off."""
    city = workspace(tmp_path / "city", more='\n[wording]\nfiles = ["own.toml"]\n')
    own = '[[words]]\nwrong = "改期再议"\nright = "另行通知"\nsource = "本市用语"\n'
    (city.folder / "own.toml").write_text(own, encoding="utf-8")
    city.govsync("run")
    rows = city.rows()
    for row in rows:
        if row["索引号"] == WATER:
            row["摘要"] = "改期再议"
    city.write_rows(rows)
    city.govsync("run")
    return city


def shown(city: Workspace) -> tuple[list[str], dict[str, object]]:
    told = city.json("show", WATER)
    rules = [finding["rule"] for finding in told["findings"]]
    return rules, told["agreement"][0]


def test_what_was_changed_after_its_sign_off_waits_for_a_person(
    city: Workspace,
) -> None:
    rules, agreement = shown(city)

    assert {"review.outdated", "wording.mistake"} <= set(rules)
    assert (agreement["same"], agreement["holds"]) == (False, "revision 1")
    assert str(agreement["why"]).startswith("review.outdated")
    assert "govsync sign-off" in city.govsync("status").stdout
    assert "not signed off" in city.govsync("show", WATER).stdout

    assert city.govsync("sign-off", WATER, "--final", "李").returncode == 64
    assert city.govsync(*BY_HAND[:3], "1", *BY_HAND[4:]).returncode == 64
    assert city.govsync(*BY_HAND).returncode == 0
    city.govsync("run")

    rules, agreement = shown(city)
    assert "review.outdated" not in rules
    assert agreement["same"]
    assert "signed off by hand" in city.govsync("show", WATER).stdout
    log = city.govsync("audit", "show", "--json").stdout
    assert "review.signed" in json.dumps(json.loads(log))

    assert city.govsync("sign-off", WATER, "--undo").returncode == 0
    city.govsync("run")
    assert "review.outdated" in shown(city)[0]


def test_a_later_day_is_held_until_a_person_says_why(city: Workspace) -> None:
    rows = city.rows()
    for row in rows:
        if row["索引号"] == WATER:
            row |= {"发布日期": "2031-01-05 09:00", "签发时间": "2031-01-05 08:00"}
    city.write_rows(rows)
    city.govsync("run")
    assert shown(city)[0].count("integrity.redated") == 1

    reason = ("--reason", "首次录入有误")
    assert city.govsync("first-day", WATER, "2031-01-05", *reason).returncode == 0
    city.govsync("run")
    assert "integrity.redated" not in shown(city)[0]
