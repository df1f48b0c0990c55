"""Anchors from the command line: set up, run, watch, verify."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.county import Workspace, govsync, workspace
from support.platform import RunningPlatform, running_platform
from support.witness import KEY, witnessing

from govsync.audit import SigningKey, VerifierKey
from govsync.audit.cosignature import WitnessKey
from govsync.platform.keyring import Keyring
from govsync.platform.settings import load_settings

ANCHORS = """
[[audit.anchors]]
kind = "file"
name = "archive"
path = "drop"

[[audit.anchors]]
kind = "witness"
name = "province"
url = "{url}/api/v1/witness"
key = "{key}"
private = true

[[audit.anchors]]
kind = "email"
name = "inspector"
host = "127.0.0.1"
port = 9
security = "none"
sender = "log@city.example"
to = ["inspector@province.example"]
late_after = "PT0.000001S"
"""


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "city")


@pytest.fixture
def platform(tmp_path: Path, city: Workspace) -> Iterator[RunningPlatform]:
    key = SigningKey.load(city.folder / "keys" / "audit.key").verifier
    (city.folder / "drop").mkdir()
    with running_platform(tmp_path, **witnessing(key)) as running:
        text = ANCHORS.format(url=running.url, key=KEY)
        city.config.write_text(city.config.read_text("utf-8") + text, "utf-8")
        yield running


def test_a_run_a_look_and_a_verification(
    city: Workspace, platform: RunningPlatform
) -> None:
    checked = city.govsync("check")
    assert "anchor archive: 0 checkpoints in drop" in checked.stdout
    assert f"anchor province: {platform.url}/api/v1/witness answers" in checked.stdout
    assert "anchor inspector: 127.0.0.1:9" in checked.stderr

    done = city.govsync("run")
    size = city.json("status")["anchors"]["province"]["size"]

    assert done.returncode == 1
    assert f"anchor archive: holds {size} entries since" in done.stdout
    assert "anchor inspector: failed: 127.0.0.1:9" in done.stderr
    assert "anchor inspector: holds 0 entries" in city.govsync("status").stdout
    assert "inspector: has been without" in city.govsync("status").stderr
    verified = city.govsync("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "anchor archive: 1 checkpoints were kept there, and hold" in verified.stdout
    assert "witness province: cosigned 1 checkpoints" in verified.stdout


def test_a_log_that_was_cut_shows_in_the_run_and_in_the_verification(
    city: Workspace, platform: RunningPlatform
) -> None:
    """All of it put back to an earlier day, the file of checkpoints too."""
    city.govsync("run")
    names = ("govsync.db", "checkpoints.txt")
    before = {name: (city.folder / name).read_bytes() for name in names}
    for _ in range(5):
        city.govsync("run")
    for name, content in before.items():
        (city.folder / name).write_bytes(content)

    verified = city.govsync("audit", "verify")
    done = city.govsync("run", "--json")
    told = json.loads(done.stdout)["anchors"]

    assert verified.returncode == 1
    assert "anchor archive keeps a checkpoint that this log contradicts" in (
        verified.stderr
    )
    assert done.returncode == 1
    assert told["archive"]["state"] == told["province"]["state"] == "forked"
    assert "ALARM" in city.govsync("status").stderr
    assert "ALARM" in city.govsync("run").stderr


def test_an_anchor_that_is_away_is_named_and_passed_over(
    city: Workspace, platform: RunningPlatform
) -> None:
    city.govsync("run")
    (city.folder / "drop").rename(city.folder / "away")

    verified = city.govsync("audit", "verify")

    assert verified.returncode == 0
    assert "anchor archive: not read" in verified.stderr


def test_a_cosignature_that_was_changed_is_found(
    city: Workspace, platform: RunningPlatform
) -> None:
    city.govsync("run")
    with sqlite3.connect(city.folder / "govsync.db") as connection:
        (note,) = connection.execute("SELECT text FROM checkpoint").fetchone()
        at = note.rindex("=")
        place = at - 9
        other = "A" if note[place] != "A" else "B"
        spoilt = note[:place] + other + note[place + 1 :]
        connection.execute("UPDATE checkpoint SET text = ?", (spoilt,))
    connection.close()

    verified = city.govsync("audit", "verify")

    assert verified.returncode == 1
    assert "the cosignature of" in verified.stderr


def test_a_platform_is_set_up_as_a_witness(tmp_path: Path, city: Workspace) -> None:
    done = govsync("platform", "init", str(tmp_path / "p"))
    printed = done.stdout.rpartition(": ")[2].strip()
    path = tmp_path / "p" / "platform.toml"
    log = VerifierKey.parse(
        str(SigningKey.load(city.folder / "keys" / "audit.key").verifier)
    )
    text = path.read_text("utf-8")
    path.write_text(f'{text}\n[[logs]]\ncity = "230382"\nkey = "{log}"\n', "utf-8")

    keyring = Keyring(load_settings(path))

    assert keyring.cosigner is not None
    assert keyring.cosigner.verifier == WitnessKey.parse(printed)
    assert (tmp_path / "p" / "keys" / "witness.pub").read_text().strip() == printed
    assert keyring.logs[log.name].keys == (log,)
