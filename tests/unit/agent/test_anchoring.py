"""When anchors are given the newest head, and what is told of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.anchors import Station, station
from support.logs import ORIGIN

from govsync.agent.config import Config, anchor_secret_of, read
from govsync.agent.ingest import Reading
from govsync.agent.run import Report
from govsync.anchors.standing import State
from govsync.audit import split_checkpoints
from govsync.audit.note import checkpoint_of
from govsync.errors import ConfigError

ARCHIVE = {"kind": "file", "name": "archive", "path": "drop"}


def shut(here: Station) -> None:
    """The mount goes away."""
    (here.folder / "drop").rename(here.folder / "away")


def sizes(here: Station) -> list[int]:
    return sorted(
        checkpoint_of(path.read_text()).size
        for path in (here.folder / "drop").iterdir()
    )


@pytest.fixture
def here(tmp_path: Path) -> Any:
    (tmp_path / "drop").mkdir()
    with station(tmp_path, ARCHIVE) as opened:
        yield opened


def test_each_run_gives_the_newest_head_and_nothing_twice(here: Station) -> None:
    assert here.anchor()["archive"].state is State.NEW
    here.grow(3)

    first = here.anchor()["archive"]
    again = here.anchor()["archive"]

    assert (first.size, first.at, first.state) == (3, here.clock(), State.HELD)
    assert again == first
    assert sizes(here) == [3]
    assert here.told() == [("anchor.held", "archive")]


def test_a_failure_is_told_once_and_caught_up_by_the_newest_head(
    here: Station,
) -> None:
    """Heads between are not owed: the newest proves them all."""
    here.grow()
    here.anchor()
    shut(here)
    for _ in range(3):
        here.grow()
        failed = here.anchor()["archive"]
        here.clock.advance(timedelta(days=1))
    assert (failed.size, failed.state) == (1, State.FAILED)
    assert "No such file" in failed.reason

    (here.folder / "away").rename(here.folder / "drop")
    here.grow()
    recovered = here.anchor()["archive"]

    newest = recovered.size
    assert (recovered.state, recovered.reason) == (State.HELD, "")
    assert sizes(here) == [1, newest]
    assert here.told() == [
        ("anchor.held", "archive"),
        ("anchor.failed", "archive"),
        ("anchor.held", "archive"),
    ]


def test_an_anchor_that_fails_is_left_alone_for_longer_and_longer(
    here: Station,
) -> None:
    shut(here)
    here.grow()
    tried = []
    for minute in range(120):
        here.anchor()
        with here.workspace.database.read() as connection:
            failures = connection.exec_driver_sql(
                "SELECT failures FROM anchor"
            ).scalar_one()
        if len(tried) < failures:
            tried.append(minute)
        here.clock.advance(timedelta(minutes=1))

    assert tried == [0, 5, 15, 35, 75]


def test_late_is_counted_from_the_first_head_that_is_missing(here: Station) -> None:
    here.grow()
    here.anchor()
    shut(here)
    here.clock.advance(timedelta(days=9))
    here.grow()
    assert not here.anchor()["archive"].late

    here.clock.advance(timedelta(days=3))
    here.grow()
    assert not here.standing()["archive"].late
    here.clock.advance(timedelta(seconds=1))
    assert here.standing()["archive"].late


def test_every_is_kept_to_where_something_was_given_before(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    with station(tmp_path, {**ARCHIVE, "every": "P1D"}) as here:
        for hours in (0, 1, 21.9, 0.1, 0.1):
            here.clock.advance(timedelta(hours=hours))
            here.grow()
            here.anchor()
        given = sizes(here)

    # Cron does not strike to the second: 23 hours pass for a day, 22.9 do not.
    assert given == [1, 5]


def test_a_fork_is_an_alarm_that_stands_until_it_is_mended(here: Station) -> None:
    here.grow(2)
    here.anchor()
    (file,) = (here.folder / "drop").iterdir()
    forged = checkpoint_of(file.read_text()).changed(size=4, root=b"\1" * 32)
    note = here.key.sign(forged.text())
    (here.folder / "drop" / "checkpoint-000000000004.txt").write_text(note)
    here.grow(1)

    for _ in range(2):
        alarm = here.anchor()["archive"]
        here.clock.advance(timedelta(minutes=1))

    assert (alarm.state, alarm.size) == (State.FORKED, 2)
    assert "another checkpoint of 4 entries" in alarm.reason
    report = Report(reading=Reading(), started=here.clock())
    report.broken = {"city": KeyError("x")}
    report.anchors = here.standing()
    assert report.exit_code == 1
    assert here.told()[1:] == [("anchor.forked", "archive")]


def test_one_anchor_does_not_stop_another(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    away = {"kind": "file", "name": "away", "path": "nowhere"}
    with station(tmp_path, away, ARCHIVE) as here:
        here.grow()
        found = here.anchor()

    assert {name: str(one.state) for name, one in found.items()} == {
        "away": "failed",
        "archive": "held",
    }


def test_what_nobody_foresaw_is_handed_up_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    (tmp_path / "drop").mkdir()
    odd = {"kind": "file", "name": "odd", "path": "no path: \0"}
    with station(tmp_path, odd, ARCHIVE) as here:
        here.grow()
        found = here.anchor()

        assert (found["odd"].state, found["archive"].state) == ("failed", "held")
        assert isinstance(here.broken["odd"], ValueError)


def test_an_anchor_that_never_ends_is_left_to_itself(tmp_path: Path) -> None:
    """A mount whose machine is gone blocks for good; so does a pipe."""
    (tmp_path / "drop").mkdir()
    pipe = tmp_path / "drop" / "checkpoint-000000000001.txt"
    os.mkfifo(pipe)
    with station(tmp_path, {**ARCHIVE, "timeout_s": 0.01}) as here:
        here.grow()

        found = here.anchor()["archive"]

        # Let it go, so that no thread outlives the test.
        os.close(os.open(pipe, os.O_WRONLY))
    assert (found.state, found.reason) == (State.FAILED, "no end after 2.01 s")


def test_a_secret_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    anchor = {
        "kind": "email",
        "name": "the-inspector",
        "host": "mail.city.example",
        "user": "govsync",
        "password_file": "mail.password",
        "sender": "log@city.example",
        "to": ["inspector@province.example"],
    }
    with station(tmp_path, anchor) as here:
        config: Config = here.workspace.config
        settings = config.audit.anchors[0]
        variable = {"GOVSYNC_ANCHOR_THE_INSPECTOR_PASSWORD": "from the environment"}

        with pytest.raises(ConfigError, match="GOVSYNC_ANCHOR_THE_INSPECTOR_PASSWORD"):
            anchor_secret_of(config, settings, "password", {})
        here.grow()
        assert "the secret cannot be read" in here.anchor()["the-inspector"].reason
        (tmp_path / "mail.password").write_text("from the file\n")
        assert anchor_secret_of(config, settings, "password", {}) == "from the file"
        said = anchor_secret_of(config, settings, "password", variable)
        assert said == "from the environment"


CONFIG = """
[city]
name = "密山市"
code = "230382"
site = "https://www.city.example.gov.cn"
[channels.city]
adapter = "city.directory"
"""
WITNESS = """
[[audit.anchors]]
kind = "witness"
name = "w"
url = "https://w.example"
key = {}
"""
ANCHOR = '[[audit.anchors]]\nkind = "file"\nname = "a"\npath = "drop"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ANCHOR * 2, "two anchors are named a"),
        (ANCHOR.replace('"file"', '"tape"'), "tape"),
        (ANCHOR + "colour = 1\n", "colour"),
        (WITNESS.format('"w+1+2"'), "not a verifier key"),
        (WITNESS.format(1), "valid dictionary"),
    ],
)
def test_a_configuration_that_does_not_hold_is_named(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "govsync.toml").write_text(CONFIG + text, encoding="utf-8")

    with pytest.raises(ConfigError, match=said):
        read(tmp_path / "govsync.toml")


def test_the_origin_is_that_of_the_checkpoints(here: Station) -> None:
    note = here.grow()

    assert note is not None
    assert [checkpoint_of(n).origin for n in split_checkpoints(note)] == [ORIGIN]
