"""Watch one run: its log and trace while it lasts; its figures and pulse at its end.

None of these can make a run fail: what fails of them is told, and the run goes on.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from govsync.agent import config as configuration
from govsync.agent.observation import Log
from govsync.errors import GovsyncError
from govsync.events import Events, bound
from govsync.spans import tracing
from govsync.watching import metrics
from govsync.watching.heartbeat import Pulse
from govsync.watching.logs import logging_to
from govsync.watching.redaction import Redactor
from govsync.watching.secrets import secrets_of
from govsync.watching.tracing import exporters, exporting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from govsync.agent.run import Report
    from govsync.agent.workspace import Workspace
    from govsync.spans import Tracer

_EVENTS = Events("run")
UNAVAILABLE = 75


@dataclass(kw_only=True)
class Watch:
    """Watches one run of a workspace.

    Args:
        workspace: Open, its lock held.
        asked: The log, as the command line asks for it; before the configuration's.
        complain: Takes a line for the operator, where no log is written.
        environ: Names secrets, and where traces go.
        stream: Takes the log.
    """

    workspace: Workspace
    asked: Log = field(default_factory=Log)
    complain: Callable[[str], None]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    report: Report | None = None
    """Set as soon as the run has one."""

    def __post_init__(self) -> None:
        """Take together what is asked for."""
        self.log = _together(self.asked, self.workspace.config.log)
        secrets = secrets_of(self.workspace.config, self.environ)
        self.redactor = Redactor(secrets)

    def has_told(self, error: Exception) -> bool:
        """Whether the operator knows of an error that ended the run."""
        return bool(self.log.format) or not isinstance(error, GovsyncError | OSError)

    def tell(self, line: str) -> None:
        """Tell the operator, in the log where there is one; secrets are left out."""
        if self.log.format:
            _EVENTS.warning("run.told", message=line)
        else:
            self.complain(self.redactor.clean(line))

    @contextmanager
    def run(self) -> Iterator[None]:
        """Watch the block; it sets :attr:`report` before its end."""
        began = self.workspace.clock()
        name = f"{began:%Y%m%dT%H%M%SZ}-{os.getpid()}"
        with ExitStack() as stack:
            if self.log.format and self.log.level:
                stack.enter_context(
                    logging_to(
                        self.stream, self.log.format, self.log.level, self.redactor
                    )
                )
            stack.enter_context(bound(run=name))
            pulse = self._pulse()
            if pulse:
                pulse.started()
            code = GovsyncError.exit_code
            try:
                with self._traced():
                    yield
                code = self.report.exit_code if self.report else code
            except BaseException as error:
                code = exit_code_of(error)
                self._tell_end(error, code)
                raise
            finally:
                seconds = (self.workspace.clock() - began).total_seconds()
                self._ended(metrics.Ended(seconds=seconds, exit_code=code), pulse)

    def _tell_end(self, error: BaseException, code: int) -> None:
        _EVENTS.error("run.broke", cause=error, exit=code)
        if (
            isinstance(error, Exception)
            and self.has_told(error)
            and not self.log.format
        ):
            self.tell("".join(traceback.format_exception(error)).rstrip())

    def _ended(self, ended: metrics.Ended, pulse: Pulse | None) -> None:
        if self.report:
            _EVENTS.info("run.summary", **_summary(self.report), seconds=ended.seconds)
        self._measure(ended)
        if pulse:
            pulse.ended(ended.exit_code)

    def _measure(self, ended: metrics.Ended) -> None:
        path = self.workspace.config.metrics.textfile
        if path is None:
            return
        try:
            found = metrics.families(self.workspace, ended)
            metrics.write(self.workspace.config.path(path), found)
        except (GovsyncError, OSError) as error:
            self.tell(f"metrics: not written: {error}")

    def _pulse(self) -> Pulse | None:
        config = self.workspace.config
        try:
            url = configuration.heartbeat_url(config, self.environ)
        except GovsyncError as error:
            self.tell(f"heartbeat: {error}")
            return None
        if config.heartbeat is None or not url:
            return None
        return Pulse(config.heartbeat, url, self.tell)

    @contextmanager
    def _traced(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(tracing(self._tracer(stack)))
            yield

    def _tracer(self, stack: ExitStack) -> Tracer | None:
        try:
            to = exporters(self.environ)
        except GovsyncError as error:
            self.tell(f"traces: {error}")
            return None
        if not to:
            return None
        return stack.enter_context(exporting(to, self.redactor, self.environ))


def _together(asked: Log, configured: Log) -> Log:
    """Return what is asked for, else configured; a log needs but one of the two."""
    form = asked.format or configured.format
    level = asked.level or configured.level
    if not form and not level:
        return Log()
    return Log(format=form or "text", level=level or "info")


def exit_code_of(error: BaseException) -> int:
    """Return the exit code of a run that an error ended."""
    if isinstance(error, GovsyncError):
        return error.exit_code
    return UNAVAILABLE if isinstance(error, OSError) else GovsyncError.exit_code


def _summary(report: Report) -> dict[str, object]:
    left: dict[str, int] = {}
    for states in report.left.values():
        for state, number in states.items():
            left[state] = left.get(state, 0) + number
    return {
        "exit": report.exit_code,
        "rows": report.reading.rows,
        "screened": report.screened,
        "settled": sum(t.states.total() for t in report.tallies.values()),
        "unreachable": len(report.unreachable),
        "altered": len(report.altered),
        **left,
    }
