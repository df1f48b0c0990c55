"""A run as cron and its monitors see it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.county import Workspace, workspace
from support.http_sink import sink

METRICS = '[metrics]\ntextfile = "govsync.prom"\n'


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "city", more=METRICS)


def figures(city: Workspace) -> dict[tuple[str, ...], float]:
    text = (city.folder / "govsync.prom").read_text()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_standard_error_is_json_lines_and_nothing_else(city: Workspace) -> None:
    done = city.govsync("run", "--log-format", "json", "--log-level", "debug")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    events = [line["event"] for line in lines]

    assert done.returncode == 1
    assert events.count("delivery.settled") == 32
    assert {"read.ended", "channel.push.ended", "call.publish_many"} <= set(events)
    assert events[-1] == "run.summary"
    assert len({line["run"] for line in lines}) == 1
    assert "230382199102110011" not in done.stderr


def test_without_being_asked_nothing_is_logged(city: Workspace) -> None:
    assert "delivery.settled" not in city.govsync("run").stderr


def test_the_environment_asks_for_a_log_and_a_wrong_one_is_64(
    city: Workspace,
) -> None:
    done = city.govsync("run", env={"GOVSYNC_LOG_LEVEL": "info"})

    assert "info run.summary" in done.stderr
    assert city.govsync("run", "--log-format", "xml").returncode == 64


def test_the_figures_outlive_the_run_and_count_once(city: Workspace) -> None:
    city.govsync("run")
    first = figures(city)
    city.govsync("run")
    second = figures(city)
    mode = (city.folder / "govsync.prom").stat().st_mode

    assert first["govsync_deliveries_total", "city", "live"] == 32
    assert second["govsync_deliveries_total", "city", "live"] == 32
    assert second["govsync_obligations", "city", "live"] == 32
    assert second["govsync_run_exit_code",] == 1
    assert second["govsync_breaker_state", "city", "closed"] == 1
    assert second["govsync_findings", "hold"] == 1
    assert stat.S_IMODE(mode) == 0o644


def test_figures_that_cannot_be_written_are_told_and_change_nothing(
    tmp_path: Path,
) -> None:
    city = workspace(tmp_path / "city", more='[metrics]\ntextfile = "nowhere/x.prom"\n')
    done = city.govsync("run")

    assert done.returncode == 1
    assert "metrics: not written" in done.stderr


def test_the_heartbeat_is_called_once_and_its_address_stays_hidden(
    tmp_path: Path,
) -> None:
    city = workspace(tmp_path / "city", more="[heartbeat]\nprivate = true\n")
    with sink() as watcher:
        url = f"{watcher.url}/0a1b2c3d4e5f"
        done = city.govsync("run", env={"GOVSYNC_HEARTBEAT_URL": url})
        assert watcher.done.total() == 1
    gone = city.govsync("run", env={"GOVSYNC_HEARTBEAT_URL": url})

    assert (done.returncode, gone.returncode) == (1, 1)
    assert "heartbeat: " in gone.stderr
    assert "0a1b2c3d4e5f" not in gone.stderr


def test_doctor_changes_no_byte(city: Workspace) -> None:
    city.govsync("run")
    before = content(city.folder)
    told = city.json("doctor", "--offline")

    assert content(city.folder) == before
    assert told["exit"] == 0
    assert {one["status"] for one in told["checks"]} == {"ok"}


def test_doctor_fails_on_a_secret_that_everybody_reads(city: Workspace) -> None:
    city.govsync("run")
    (city.folder / "keys" / "audit.key").chmod(0o644)
    done = city.govsync("doctor", "--offline")

    assert done.returncode == 78
    assert "everybody can read" in done.stdout


def test_doctor_before_the_first_run_warns(city: Workspace) -> None:
    assert city.govsync("doctor", "--offline").returncode == 0
    assert city.govsync("doctor", "--offline", "--strict").returncode == 1


def test_doctor_without_a_configuration_is_78(tmp_path: Path) -> None:
    config = str(tmp_path / "none.toml")
    done = Workspace(tmp_path).govsync("doctor", "-c", config, "--json")

    assert done.returncode == 78
    assert json.loads(done.stdout)["checks"][0]["check"] == "configuration"


def test_channels_lists_adapters_and_give_up_times(city: Workspace) -> None:
    told = city.json("channels")
    settings = {one["name"]: one for one in told["adapters"]["province"]["settings"]}

    assert settings["key"]["secret"] is True
    assert told["channels"]["city"]["gives_up_after"].startswith("1 d 8 h 31 min to")
    assert "gives up after 14 attempts" in city.govsync("channels").stdout


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
