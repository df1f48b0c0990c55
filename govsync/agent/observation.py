"""How a run is watched: its log, metrics, heartbeat, and what doctor expects."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from govsync.model import Value

LogForm = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Positive = Annotated[timedelta, Field(gt=timedelta())]


class Log(Value):
    """What a run writes on standard error; nothing where both are absent."""

    format: LogForm | None = None
    """``json``: one JSON object a line; ``text``, where only a level is given."""
    level: LogLevel | None = None
    """The least level that is written; ``info`` where only a form is given."""


class Metrics(Value):
    """Where a run leaves its figures."""

    textfile: Path | None = None
    """For the textfile collector of Prometheus' node_exporter: ends in ``.prom``."""


class Heartbeat(Value):
    """Who is told that a run ended well, so that silence is noticed.

    The address is a secret, for it holds a token: better than here, it stands in
    ``url_file`` or in ``GOVSYNC_HEARTBEAT_URL``.
    """

    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = Field(
        default="", repr=False
    )
    url_file: Path | None = None
    on: Literal["good", "always"] = "good"
    """``always``: at the end of every run, whatever it came to."""
    good: tuple[int, ...] = (0, 1)
    """The exit codes of a run that worked; at 1, it did and a person is needed."""
    method: Literal["GET", "HEAD", "POST"] = "GET"
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 10
    """Seconds that a call may take in all."""
    start: bool = False
    """Whether ``<url>/start`` is called when a run begins."""
    fail: bool = False
    """Whether ``<url>/fail`` is called when one ended otherwise."""
    private: bool = False
    """Whether the service may stand in an internal network or be this machine."""


class Expectation(Value):
    """When ``govsync doctor`` begins to worry."""

    run_within: Positive = timedelta(hours=2)
    """The last run ended no longer ago than this."""
    run_takes: Positive = timedelta(hours=2)
    """A run holds the lock no longer than this."""
    settled_within: Positive = timedelta(days=3)
    """Nothing is held or unsure for longer than this."""
