"""What ends a run is told once, in the log where there is one, without secrets."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from support.county import workspace

from govsync.agent.observation import Log
from govsync.agent.workspace import Workspace
from govsync.errors import StoreError
from govsync.watching.watch import Watch, exit_code_of

SECRET = "hidden-token-of-the-province"
PROVINCE = """
[channels.province]
adapter = "province"
key_id = "k"
paused = true
"""


def broken(
    folder: Path, error: Exception, log: Log, **environ: str
) -> tuple[str, list[str]]:
    """Watch a run that an error ends; what was logged and what was said."""
    said: list[str] = []
    stream = io.StringIO()
    made = workspace(folder / "city", more=PROVINCE + "[heartbeat]\n")
    with Workspace.at(made.config) as opened:
        watch = Watch(
            workspace=opened,
            asked=log,
            complain=said.append,
            environ={"GOVSYNC_PROVINCE_KEY": SECRET, **environ},
            stream=stream,
        )
        with pytest.raises(type(error)), watch.run():
            raise error
    return stream.getvalue(), said


def test_a_traceback_in_the_log_tells_no_secret(tmp_path: Path) -> None:
    logged, said = broken(tmp_path, ValueError(SECRET), Log(format="json"))
    (line,) = [json.loads(one) for one in logged.splitlines()]

    assert (line["event"], line["exit"]) == ("run.broke", 70)
    assert "ValueError: [redacted]" in line["traceback"]
    assert said == []
    assert SECRET not in logged


def test_without_a_log_the_traceback_is_said_without_a_secret(tmp_path: Path) -> None:
    _, said = broken(tmp_path, ValueError(SECRET), Log())

    assert len(said) == 1
    assert "ValueError: [redacted]" in said[0]


def test_what_is_foreseen_is_left_to_the_command_line(tmp_path: Path) -> None:
    assert broken(tmp_path, StoreError("locked"), Log()) == ("", [])


def test_an_exporter_that_is_missing_is_told(tmp_path: Path) -> None:
    _, said = broken(
        tmp_path, StoreError("locked"), Log(), OTEL_TRACES_EXPORTER="pigeon"
    )
    assert "no exporter of traces 'pigeon'" in said[0]


def test_a_heartbeat_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    made = workspace(tmp_path / "city", more='[heartbeat]\nurl_file = "none"\n')
    with Workspace.at(made.config) as opened:
        watch = Watch(workspace=opened, complain=said.append, environ={})
        with watch.run():
            pass
    assert said[0].startswith("heartbeat: heartbeat.url_file: the secret cannot be")


def test_each_end_has_its_exit_code() -> None:
    found = [exit_code_of(e) for e in (StoreError("x"), OSError(), KeyError())]
    assert found == [75, 75, 70]
