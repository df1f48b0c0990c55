"""The command line, as an operator sees it."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from lxml import etree
from support.county import Workspace, govsync, workspace
from support.platform import running_platform

from govsync.audit import SigningKey
from govsync.formats import atom, catalog_xml

LISTED = "023038202/2019-00002"
MASKED = "023038202/2020-00002"
DRAFT = "023038204/2022-00001"
HOUSEHOLDS = "023038202/2018-00002"
VILLAGE = "023038203/2018-00001"
SCRIPTED = "023038204/2021-00003"
WATER = "023038206/2021-00001"


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    """A workspace whose only channel is the city's own directory."""
    return workspace(tmp_path / "city")


@pytest.fixture
def topic(city: Workspace) -> Path:
    return city.folder / "public" / "current"


def test_version_and_help() -> None:
    assert govsync("--version").stdout.startswith("govsync 0.")
    assert "Exit codes" in govsync("--help").stdout


def test_a_wrong_call_is_64() -> None:
    assert govsync("fly").returncode == 64
    assert govsync("convert").returncode == 64


@pytest.mark.parametrize("to", ["rss", "atom", "xml", "json"])
def test_convert_says_what_became_of_every_row(
    to: str, county: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = [str(county / "records.csv"), "--to", to, "-o", str(out)]
    catalog = ["--catalog", str(county / "catalog.xlsx")]
    done = govsync("convert", *arguments, *catalog)

    assert done.returncode == 1
    assert "33 catalog rows read in 8 areas" in done.stdout
    assert "36 records read, 32 written" in done.stdout
    assert "4 set aside" in done.stdout
    for record in (LISTED, DRAFT, HOUSEHOLDS, VILLAGE):
        assert record in done.stderr
    assert "table 1, row 2, column 身份证号" in done.stderr
    content = out.read_text(encoding="utf-8")
    assert "<script" not in content
    assert "alert(1)" not in content
    assert "230382199102110011" not in content + done.stderr


def test_convert_all_validates_against_the_shipped_schema(
    county: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.xml"
    source, catalog = str(county / "records.csv"), str(county / "catalog.xlsx")
    done = govsync(
        "convert", source, "--catalog", catalog, "--to", "xml", "--all", "-o", str(out)
    )

    assert done.returncode == 0, done.stderr
    assert "36 records read, 36 written" in done.stdout
    schema = etree.XMLSchema(etree.XML(catalog_xml.schema()))
    schema.assertValid(etree.parse(str(out)))
    content = out.read_bytes()
    assert len(list(catalog_xml.read(content))) == 36
    assert len(catalog_xml.read_catalogs(content).items) == 33


def test_init_writes_what_check_and_run_need(tmp_path: Path, county: Path) -> None:
    folder = tmp_path / "new"
    done = govsync("init", str(folder))
    key = folder / "keys" / "audit.key"

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for name in ("catalog.xlsx", "records.csv"):
        shutil.copyfile(county / name, folder / name)
    checked = govsync("check", cwd=folder)
    assert checked.returncode == 0, checked.stderr
    assert "catalog catalog.xlsx: 33 rows in 8 areas" in checked.stdout
    assert "source records.csv: 36 rows, 36 records" in checked.stdout
    assert govsync("run", cwd=folder).returncode == 1
    again = govsync("init", str(folder))
    assert (again.returncode, "is there already" in again.stderr) == (64, True)


def test_what_may_go_goes_and_what_may_not_stays(city: Workspace, topic: Path) -> None:
    done = city.govsync("run")
    manifest = json.loads((topic / "manifest.json").read_text())
    live = {entry["id"] for entry in manifest["records"]}

    assert done.returncode == 1
    assert len(live) == 32
    assert MASKED in live
    assert not live & {LISTED, DRAFT, HOUSEHOLDS, VILLAGE}
    everything = b"".join(p.read_bytes() for p in topic.rglob("*") if p.is_file())
    assert b"<script" not in everything
    assert b"230382199102110011" not in everything
    assert "王编辑".encode() not in everything
    assert len(list(atom.read((topic / "feed.atom").read_bytes()))) == 32


def test_status_and_show_tell_who_must_do_what(city: Workspace) -> None:
    city.govsync("run")
    status = city.json("status")
    shown = city.json("show", DRAFT)

    assert status["records"] == 36
    assert status["channels"]["city"]["obligations"] == {
        "held": 1,
        "live": 32,
        "refused": 1,
    }
    assert any(LISTED in line for line in status["waiting_for_a_person"])
    assert shown["findings"][0]["rule"] == "review.pending"
    assert shown["obligations"][0]["state"] == "held"
    assert "review.pending" in city.govsync("show", DRAFT).stdout
    assert "city" in city.govsync("status").stdout
    assert city.govsync("show", "nobody").returncode == 64


def test_reconcile_finds_what_somebody_removed_and_the_next_run_mends_it(
    city: Workspace, topic: Path
) -> None:
    city.govsync("run")
    assert city.govsync("reconcile", "city").returncode == 0
    page = min((topic / "records").glob("*.html"))
    page.unlink()

    dry = city.govsync("reconcile", "city", "--dry-run")
    done = city.json("reconcile", "city")
    assert (dry.returncode, "0 obligations changed" in dry.stdout) == (75, True)
    assert (done["counts"], done["corrected"]) == ({"missing": 1}, 1)
    assert done["differences"][0]["kind"] == "missing"
    city.govsync("run")
    assert (topic / "records" / page.name).exists()
    assert city.govsync("reconcile", "city").returncode == 0
    assert city.govsync("reconcile", "nowhere").returncode == 64


def test_a_second_run_has_nothing_to_do(city: Workspace, topic: Path) -> None:
    city.govsync("run")
    before = topic.resolve()
    again = city.json("run")

    assert again["read"] == {"rows": 36, "new": 0, "revised": 0, "same": 36}
    assert again["pushed"] == {"city": {}}
    assert topic.resolve() == before


def test_a_signed_draft_and_a_masked_list_go_with_the_next_run(
    city: Workspace, topic: Path
) -> None:
    city.govsync("run")
    rows = city.rows()
    for row in rows:
        if row["索引号"] == DRAFT:
            row |= {
                "审核状态": "已签发",
                "签发": "赵主任",
                "签发时间": "2022-09-16 10:00",
            }
        if row["索引号"] == LISTED:
            row |= {"正文": "<p>名单另行公示。</p>", "签发时间": "2022-09-16 10:00"}
    city.write_rows(rows)
    done = city.govsync("run")

    assert done.returncode == 0, done.stdout + done.stderr
    manifest = json.loads((topic / "manifest.json").read_text())
    assert {DRAFT, LISTED} <= {entry["id"] for entry in manifest["records"]}


def test_a_dry_run_shows_the_bytes_and_changes_nothing(
    city: Workspace, topic: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rehearsed"
    done = city.govsync("run", "--dry-run", "-o", str(out))

    assert done.returncode == 0, done.stderr
    assert "city: 32 releases" in done.stdout
    assert not (city.folder / "govsync.db").exists()
    assert not topic.exists()
    city.govsync("run")
    rehearsed = {p.read_bytes() for p in out.rglob("*.html")}
    pages = {p.read_bytes() for p in (topic / "records").glob("*.html")}
    assert pages <= rehearsed
    assert city.json("run", "--dry-run") == {"city": []}


def test_preview_shows_what_would_go(city: Workspace, tmp_path: Path) -> None:
    city.govsync("run")
    shown = city.govsync("preview", WATER, "--channel", "city")
    city.govsync("preview", WATER, "--channel", "city", "-o", str(tmp_path / "out"))

    assert "关于东安街等路段停水的公告" in shown.stdout
    assert any((tmp_path / "out").iterdir())
    assert city.govsync("preview", WATER, "--channel", "x").returncode == 78


def test_a_withdrawal_takes_it_down_and_undo_brings_it_back(
    city: Workspace, topic: Path
) -> None:
    city.govsync("run")
    assert city.govsync("withdraw", WATER).returncode == 64
    city.govsync("withdraw", WATER, "--reason", "内容有误")
    city.govsync("run")
    page = next((topic / "records").glob("023038206_2021-00001.html")).read_text()
    assert "内容有误" in page
    assert "管网检修" not in page
    assert city.json("show", WATER)["obligations"][0]["state"] == "withdrawn"

    city.govsync("run")
    assert city.json("show", WATER)["obligations"][0]["state"] == "withdrawn"
    city.govsync("withdraw", WATER, "--undo")
    city.govsync("run")
    assert "管网检修" in (topic / "records" / "023038206_2021-00001.html").read_text()


def test_a_reason_is_shown_without_anybodys_number(
    city: Workspace, topic: Path
) -> None:
    """Taking down does not wait for a better reason, and repeats no leak."""
    city.govsync("run")
    city.govsync("withdraw", WATER, "--reason", "误公开230382199102110011")
    city.change(MASKED, "原文链接", "")
    rows = city.rows()
    for row in rows:
        gone = row["索引号"] == MASKED
        row["状态"] = "已撤回" if gone else ""
        row["撤回原因"] = "联系13804670001" if gone else ""
    city.write_rows(rows)
    city.govsync("run")
    everything = b"".join(p.read_bytes() for p in topic.rglob("*") if p.is_file())

    assert "已撤回".encode() in everything
    assert b"230382199102110011" not in everything
    assert b"13804670001" not in everything
    for record in (WATER, MASKED):
        assert city.json("show", record)["obligations"][0]["state"] == "withdrawn"


def test_a_record_of_two_sources_is_taken_from_the_first(city: Workspace) -> None:
    rows = [row for row in city.rows() if row["索引号"] == WATER]
    rows[0]["标题"] = "另一个标题"
    source = city.folder / "records.csv"
    kept = source.read_bytes()
    city.write_rows(rows)
    source.rename(city.folder / "more.csv")
    source.write_bytes(kept)
    more = '[[sources]]\npath = "more.csv"\n'
    city.config.write_text(f"{city.config.read_text()}{more}")
    first, second = city.json("run"), city.json("run")

    assert any("more.csv, row 2" in line for line in first["problems"])
    assert second["read"]["same"] == 36
    assert city.json("show", WATER)["record"]["title"] != "另一个标题"


def test_a_held_channel_waits_until_it_is_resumed(city: Workspace, topic: Path) -> None:
    city.govsync("hold", "city", "--reason", "移机")
    held = city.govsync("run")
    assert "govsync resume city" in held.stdout
    assert not topic.exists()
    assert city.govsync("resume", "city").returncode == 0
    city.govsync("run")

    assert topic.exists()
    assert city.govsync("resume", "x").returncode == 64


def test_the_log_is_verified_shown_and_exported(
    city: Workspace, tmp_path: Path
) -> None:
    city.govsync("run")
    verified = city.govsync("audit", "verify")
    shown = city.json("audit", "show", "--record", LISTED)
    out = tmp_path / "log.jsonl"
    city.govsync("audit", "export", "-o", str(out))

    assert verified.returncode == 0, verified.stderr
    assert (
        "2 checkpoints hold" in verified.stdout
        or "1 checkpoints hold" in verified.stdout
    )
    assert {"record.accepted", "finding.block", "obligation.refused"} <= {
        entry["action"] for entry in shown
    }
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["seq"] for line in lines] == list(range(len(lines)))
    assert "230382199102110011" not in out.read_text()


def test_an_exported_log_is_verified_with_key_and_checkpoints_alone(
    city: Workspace, tmp_path: Path
) -> None:
    """As an inspector does: no workspace, no database, no network."""
    city.govsync("run")
    key = str(SigningKey.load(city.folder / "keys" / "audit.key").verifier)
    out = tmp_path / "log.jsonl"
    city.govsync("audit", "export", "-o", str(out))
    given = ["--export", str(out), "--checkpoints", f"{out}.checkpoints", "--key", key]
    verify = ("audit", "verify", *given)
    assert govsync(*verify, cwd=tmp_path).returncode == 0
    out.write_text(out.read_text().replace("privacy.id-number", "privacy.no-number"))
    forged = govsync(*verify, cwd=tmp_path)

    assert forged.returncode == 1
    assert "entr" in forged.stderr
    assert govsync("audit", "verify", "--export", str(out)).returncode == 64


def test_a_tampered_log_is_named_and_is_1(city: Workspace) -> None:
    import sqlite3

    city.govsync("run")
    with sqlite3.connect(city.folder / "govsync.db") as connection:
        connection.execute("DELETE FROM audit WHERE seq = 17")
    verified = city.govsync("audit", "verify")

    assert verified.returncode == 1
    assert "entry 17" in verified.stderr


def test_the_province_gets_it_too_and_is_told_of_changes(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        city = workspace(tmp_path / "city", url=platform.url, key=platform.key)
        assert city.govsync("check").returncode == 0
        assert city.json("run")["pushed"]["province"] == {"live": 32}
        city.change(WATER, "摘要", "改期")
        assert city.json("run")["pushed"]["province"] == {"live": 1}
        platform.office.give_feedback("mishan", "return", "补充摘要", item=WATER)

        assert city.json("run")["collected"] == 1
        assert city.json("run")["collected"] == 0


def test_the_log_has_the_digests_of_what_went_over_the_line(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        city = workspace(tmp_path / "city", url=platform.url, key=platform.key)
        city.govsync("run")
        told = city.json("audit", "show", "--channel", "province")
    lines = {
        line
        for entry in told
        if entry["action"] == "delivery.live"
        for line in entry["detail"]["exchanges"].splitlines()
    }

    posted = rf"POST {platform.url}/api/v1/batches at 127.0.0.1: 207"
    digests = r", sent [0-9a-f]{64}, answered [0-9a-f]{64}"
    assert all(re.fullmatch(posted + digests, line) for line in lines)
    # What interprets a document goes in a message of its own, after that.
    assert len(lines) == 2


def test_a_run_that_overlaps_another_is_75(city: Workspace) -> None:
    from govsync.store.lock import FileLock

    with FileLock(city.folder / "govsync.db.lock"):
        done = city.govsync("run")

    assert done.returncode == 75
    assert f"pid {os.getpid()}" in done.stderr


def test_the_demo_runs_from_nothing(tmp_path: Path) -> None:
    done = govsync("demo", "--dir", str(tmp_path / "demo"))

    assert done.returncode == 0, done.stderr
    assert "province: 32 live" in done.stdout
    assert done.stdout.count("nothing to do") >= 2
    assert "checkpoints hold" in done.stdout
    assert govsync("demo", "--dir", str(tmp_path / "demo")).returncode == 0
    assert govsync("demo", "--dir", str(tmp_path)).returncode == 64
