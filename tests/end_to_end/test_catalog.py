"""``govsync catalog``: export, lint, diff and effect, as an operator sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.catalogs import BELOW, NEXT, ROW, TITLE, TOP, Sheet, delimited, page, xlsx
from support.county import Workspace, govsync, workspace

from govsync.sources import read_catalogs


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "city")


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "html"])
def test_export_reads_back_what_it_wrote(
    suffix: str, county: Path, tmp_path: Path
) -> None:
    out = tmp_path / f"out.{suffix}"
    done = govsync("catalog", "export", str(county / "catalog.xlsx"), "-o", str(out))

    assert (done.returncode, done.stderr) == (0, "")
    assert "33 catalog rows in 8 areas" in done.stdout
    same = read_catalogs(county / "catalog.xlsx").catalogs
    assert read_catalogs(out).catalogs == same


def test_export_says_what_does_not_read_back(tmp_path: Path) -> None:
    """A page keeps no blanks beside each other."""
    spaced = [*ROW[:3], "时间  范围", *ROW[4:]]
    source = xlsx(tmp_path / "a.xlsx", Sheet([[TITLE], TOP, BELOW, spaced], []))
    out = tmp_path / "a.html"
    done = govsync("catalog", "export", str(source), "-o", str(out))

    assert done.returncode == 1
    assert "停水公告 does not read back as it was" in done.stderr


def test_export_of_what_was_not_all_read_is_65(tmp_path: Path) -> None:
    source = delimited(tmp_path / "a.csv", Sheet([[TITLE], TOP, BELOW, ROW, ROW]))
    done = govsync("catalog", "export", str(source), "-o", str(tmp_path / "b.xlsx"))

    assert done.returncode == 65
    assert "row 4 names the same item" in done.stderr


def test_export_knows_its_kinds(county: Path, tmp_path: Path) -> None:
    source, out = str(county / "catalog.xlsx"), str(tmp_path / "b.pdf")

    assert govsync("catalog", "export", source, "-o", out).returncode == 64


def test_lint_names_row_column_rule_and_mend(tmp_path: Path) -> None:
    spoilt = [*ROW[:5], "", *ROW[6:]]
    source = page(tmp_path / "a.html", Sheet([[TITLE], TOP, BELOW, spoilt], []))
    bodies = tmp_path / "bodies.txt"
    bodies.write_text("市供水公司\n\n", encoding="utf-8")
    done = govsync("catalog", "lint", str(source), "--bodies", str(bodies))

    assert done.returncode == 1
    assert "row 4, column F: names no deadline" in done.stdout
    assert "[lint.deadline-empty]" in done.stdout
    told = json.loads(govsync("catalog", "lint", str(source), "--json").stdout)
    assert told[0]["mend"] == "write 公开时限"


def test_lint_of_a_sound_file_is_0_and_of_none_65(tmp_path: Path) -> None:
    source = delimited(tmp_path / "a.csv", Sheet([[TITLE], TOP, BELOW, ROW]))

    assert govsync("catalog", "lint", str(source)).returncode == 0
    assert govsync("catalog", "lint", str(tmp_path / "none.csv")).returncode == 65


def versions(folder: Path) -> tuple[str, str]:
    old = delimited(folder / "old.csv", Sheet([[TITLE], TOP, BELOW, ROW]))
    new = delimited(folder / "new.csv", Sheet([[TITLE], TOP, BELOW, ROW, NEXT]))
    return str(old), str(new)


def test_diff_prints_writes_and_speaks_json(tmp_path: Path) -> None:
    files, out = versions(tmp_path), tmp_path / "diff.xlsx"

    assert (
        "+ 市政服务 / 公用事业 / 停气公告" in govsync("catalog", "diff", *files).stdout
    )
    told = json.loads(govsync("catalog", "diff", *files, "--json").stdout)
    assert [one["kind"] for one in told] == ["added"]
    written = govsync("catalog", "diff", *files, "--format", "xlsx", "-o", str(out))
    assert "1 rows differ" in written.stdout
    assert out.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_diff_refuses_what_it_cannot_print(form: str, tmp_path: Path) -> None:
    asked = govsync("catalog", "diff", *versions(tmp_path), "--format", form)

    assert asked.returncode == 64


def emptied(city: Workspace, *facts: str) -> str:
    """A version of the area 市政服务 in which another row stands alone."""
    rows = [[TITLE], *([fact] for fact in facts), TOP, BELOW, ROW]
    return str(delimited(city.folder / "new.csv", Sheet(rows)))


def test_effect_names_what_would_be_owed_and_exceed(city: Workspace) -> None:
    city.govsync("run")
    told = city.json("catalog", "effect", emptied(city))

    assert told
    assert {one["direction"] for one in told} == {"exceeds"}
    assert all(one["holds"] for one in told)
    assert all("scope.unknown-item" in one["reason"] for one in told)
    printed = city.govsync("catalog", "effect", emptied(city)).stdout
    assert f"0 owes, {len(told)} exceeds" in printed


def test_effect_of_a_later_version_spares_earlier_records(city: Workspace) -> None:
    city.govsync("run")
    later = emptied(city, "施行日期:2099-01-01")

    assert city.json("catalog", "effect", later) == []
    asked = ("catalog", "effect", emptied(city), "--from", "2099-01-01")
    assert city.json(*asked) == []
    assert city.govsync(*asked[:-1], "soon").returncode == 64


def test_effect_of_a_row_that_comes_back_is_owed(city: Workspace) -> None:
    config = city.config.read_text(encoding="utf-8")
    whole = str(city.folder / "catalog.xlsx")
    emptied(city)
    city.config.write_text(config.replace("catalog.xlsx", "new.csv"), encoding="utf-8")
    city.govsync("run")
    told = city.json("catalog", "effect", whole)

    assert {one["direction"] for one in told} == {"owes"}
    assert not any(one["holds"] or one["reason"] for one in told)


def test_a_new_version_screens_anew_by_the_day_of_each_record(city: Workspace) -> None:
    """Two files of one area: the later one judges what is published from its day on."""
    city.govsync("run")
    emptied(city)
    config = city.config.read_text(encoding="utf-8")
    later = '\n[[catalogs]]\npath = "new.csv"\nfrom = {}\n'

    city.config.write_text(config + later.format("2099-01-01"), encoding="utf-8")
    city.govsync("run")
    before = city.json("status")["waiting_for_a_person"]
    city.config.write_text(config + later.format("1999-01-01"), encoding="utf-8")
    city.govsync("run")
    after = city.json("status")["waiting_for_a_person"]

    unknown = [line for line in after if "scope.unknown-item" in line]
    assert not [line for line in before if "scope.unknown-item" in line]
    assert unknown
    assert all("the version from 0001-01-01 has it" in line for line in unknown)


@pytest.mark.parametrize("line", ['version = "2025-02-30"', 'from = "soon"'])
def test_a_version_of_no_day_is_refused(line: str, city: Workspace) -> None:
    config = city.config.read_text(encoding="utf-8")
    path = 'path = "catalog.xlsx"'
    city.config.write_text(config.replace(path, f"{path}\n{line}"), encoding="utf-8")

    assert city.govsync("check").returncode == 78
