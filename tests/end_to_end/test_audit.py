"""``govsync audit``, as an operator and an inspector see it."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import openpyxl
import pytest
from support.county import Workspace, govsync, workspace

from govsync import audit
from govsync.agent.workspace import Workspace as Opened
from govsync.audit import SigningKey, rotation

LISTED = "023038202/2019-00002"


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    city = workspace(tmp_path / "city")
    city.govsync("run")
    return city


def key_of(city: Workspace) -> SigningKey:
    return SigningKey.load(city.folder / "keys" / "audit.key")


def test_a_record_is_proved_to_whom_has_the_key_alone(
    city: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "listed.tlog-proof"
    key = ["--key", str(key_of(city).verifier)]
    printed = city.govsync("audit", "prove", LISTED)
    done = city.govsync("audit", "prove", LISTED, "-o", str(out))
    verify = ("audit", "verify", "--proof", str(out))
    said = govsync(*verify, *key, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert printed.stdout == out.read_text(encoding="utf-8")
    assert said.returncode == 0, said.stderr
    assert said.stdout.count(f'"record":"{LISTED}"') == said.stdout.count("\n") > 1
    assert govsync(*verify, cwd=tmp_path).returncode == 64
    stranger = SigningKey.generate("govsync/230382")
    assert govsync(*verify, "--key", str(stranger.verifier)).returncode == 1


def test_one_entry_is_proved_by_its_number(city: Workspace) -> None:
    shown = city.json("audit", "show", "--record", LISTED)
    seq = str(shown[0]["seq"])
    one = city.govsync("audit", "prove", LISTED, "--entry", seq)

    assert one.stdout.count("c2sp.org/tlog-proof@v1") == 1
    assert f"\nindex {seq}\n" in one.stdout
    assert city.govsync("audit", "prove", LISTED, "--entry", "0").returncode == 64
    assert city.govsync("audit", "prove", "no/record").returncode == 64


def test_what_is_not_signed_yet_is_said_and_not_proved(city: Workspace) -> None:
    city.govsync("withdraw", LISTED, "--reason", "更正")
    some = city.govsync("audit", "prove", LISTED)
    seq = str(city.json("audit", "show", "--record", LISTED)[-1]["seq"])
    none = city.govsync("audit", "prove", LISTED, "--entry", seq)

    assert some.returncode == 0
    assert "came after the last checkpoint" in some.stderr
    assert (none.returncode, "not signed yet" in none.stderr) == (64, False)
    assert "none of these entries is signed yet" in none.stderr


def test_tables_are_for_reading(city: Workspace, tmp_path: Path) -> None:
    for form in ("csv", "xlsx"):
        out = tmp_path / f"log.{form}"
        done = city.govsync("audit", "export", "--format", form, "-o", str(out))
        assert "to read, not to verify" in done.stdout
        assert not out.with_name(f"{out.name}.checkpoints").exists()
    rows = list(csv.reader(io.StringIO((tmp_path / "log.csv").read_text("utf-8-sig"))))
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx")["audit"]

    assert len(rows) == sheet.max_row > 100
    assert sheet["D2"].value == rows[1][3] == "run.started"


def test_a_part_by_days_is_for_reading_too(city: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "part.jsonl"
    none = city.govsync("audit", "export", "-o", str(out), "--until", "2020-01-01")
    assert "0 entries written" in none.stdout
    some = city.govsync("audit", "export", "-o", str(out), "--since", "2020-01-01")

    assert "to read, not to verify" in some.stdout
    assert out.read_bytes().count(b"\n") > 100


def test_texts_expire_and_everything_still_holds(
    city: Workspace, tmp_path: Path
) -> None:
    expire = ("audit", "expire", "--before", "2099-01-01")
    refused = city.govsync(*expire)
    done = city.govsync(*expire, "--even-so")
    verified = city.govsync("audit", "verify")
    told = city.json("audit", "show")
    out, key = tmp_path / "log.jsonl", str(key_of(city).verifier)
    city.govsync("audit", "export", "-o", str(out))
    kept = ["--checkpoints", f"{out}.checkpoints", "--key", key]

    assert refused.returncode == 64
    assert "art. 21" in refused.stderr
    assert done.returncode == 0, done.stderr
    assert verified.returncode == 0, verified.stderr
    assert "texts have expired" in verified.stdout
    (entry,) = told
    assert entry["action"] == "audit.expired"
    assert entry["actor"]
    assert entry["reason"] == "even so"
    assert int(entry["detail"]["texts"]) > 100
    assert govsync("audit", "verify", "--export", str(out), *kept).returncode == 0
    proof = city.govsync("audit", "prove", LISTED, "-o", str(tmp_path / "p"))
    assert proof.returncode == 0, proof.stderr
    said = govsync("audit", "verify", "--proof", str(tmp_path / "p"), "--key", key)
    assert "its text has expired; its place is proved" in said.stdout


def test_a_key_is_replaced_and_the_first_one_still_leads(
    city: Workspace, tmp_path: Path
) -> None:
    first = key_of(city).verifier
    done = city.govsync("audit", "rotate-key")
    city.govsync("run")
    second = key_of(city).verifier
    city.govsync("audit", "rotate-key", "--destroy-old")
    city.govsync("run")
    out = tmp_path / "log.jsonl"
    city.govsync("audit", "export", "-o", str(out))
    checkpoints = city.folder / "checkpoints.txt"
    given = ["--export", str(out), "--checkpoints", str(checkpoints)]

    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (city.folder / "keys").iterdir())
    assert names == ["audit.key", f"audit.key.{first.id.hex()}"]
    for key in ([], ["--key", str(first)]):
        verified = city.govsync("audit", "verify", *key)
        assert verified.returncode == 0, verified.stderr
        assert str(key_of(city).verifier) in verified.stdout
    copy = govsync("audit", "verify", *given, "--key", str(first), cwd=tmp_path)
    assert copy.returncode == 0, copy.stderr
    middle = city.govsync("audit", "verify", "--key", str(second))
    assert "were passed over" in middle.stdout


def test_a_rotation_that_was_interrupted_goes_on(city: Workspace) -> None:
    """The log names the new key already; the files still have the old one."""
    path = city.folder / "keys" / "audit.key"
    old, new = key_of(city), rotation.successor(path)
    with (
        Opened.at(city.folder / "govsync.toml") as opened,
        opened.database.write() as connection,
    ):
        audit.rotate(
            connection,
            old,
            new,
            origin=opened.config.origin,
            at=opened.clock(),
            actor="甲",
        )
    stopped = city.govsync("run")
    again = city.govsync("audit", "rotate-key")
    verified = city.govsync("audit", "verify", "--key", str(old.verifier))

    assert stopped.returncode == 1
    assert "call it again" in stopped.stderr
    assert again.returncode == 0, again.stderr
    assert key_of(city).verifier == new.verifier
    assert verified.returncode == 0, verified.stderr


def test_sm2_signs_beside_where_it_is_configured(city: Workspace) -> None:
    config = city.folder / "govsync.toml"
    assert city.govsync("audit", "sm2-key").returncode == 64
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[audit]\nsm2_key_file = "keys/sm2.key"\n')
    missing = city.govsync("run")
    made = city.govsync("audit", "sm2-key")
    city.govsync("run")
    key = str(SigningKey.load(city.folder / "keys" / "sm2.key").verifier)
    verified = city.govsync("audit", "verify", "--key", key)

    assert missing.returncode == 78
    assert key in made.stdout
    assert city.govsync("audit", "sm2-key").returncode == 64
    assert verified.returncode == 0, verified.stderr
    assert "passed over" in verified.stdout
    last = (city.folder / "checkpoints.txt").read_text(encoding="utf-8").split("\n\n")
    assert last[-2].count("— ") == 2


def test_a_run_says_which_govsync_it_is(city: Workspace) -> None:
    version = govsync("--version").stdout.split()[1]
    with sqlite3.connect(city.folder / "govsync.db") as connection:
        (body,) = connection.execute("SELECT body FROM audit WHERE seq = 0").fetchone()

    assert f'"govsync":"{version}"'.encode() in body
