"""``govsync run``: one run, or a rehearsal of one."""

from __future__ import annotations

import random
import traceback
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.agent.observation import Log
from govsync.agent.rehearsal import rehearse as rehearse_run
from govsync.agent.run import run as do_run
from govsync.agent.workspace import Workspace
from govsync.cli.anchored import tell_anchors
from govsync.cli.output import complain, say, say_json
from govsync.errors import GovsyncError, UsageError
from govsync.files import replacing
from govsync.model import digest_of
from govsync.watching.watch import Watch, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from govsync.agent.ingest import Reading
    from govsync.agent.rehearsal import Rehearsal
    from govsync.agent.run import Report


def run(config: Path, *, json: bool, log: Log | None = None) -> int:
    """Do one run; return its exit code.

    Args:
        config: The configuration's file.
        json: Whether the answer is JSON.
        log: What is written on standard error, before what is configured.
    """
    with Workspace.at(config) as workspace, workspace.lock():
        watch = Watch(workspace=workspace, asked=log or Log(), complain=complain)
        try:
            with watch.run():
                report = watch.report = do_run(workspace, random=random.random)
                _complain_of(report, watch.tell)
        except Exception as error:
            if not watch.has_told(error):
                raise
            # A plain line more would spoil the log, and show what it leaves out.
            return exit_code_of(error)
    if json:
        say_json(summary(report))
    else:
        _tell(report)
    return report.exit_code


def log_asked(form: str | None, level: str | None) -> Log:
    """Return the log that the command line or the environment asks for.

    Raises:
        UsageError: No such form, or no such level.
    """
    try:
        return Log.model_validate({"format": form or None, "level": level or None})
    except ValidationError as error:
        raise UsageError(
            "no such log",
            mend="--log-format json or text; --log-level debug, info, warning or error",
        ) from error


def _complain_of(report: Report, tell: Callable[[str], None]) -> None:
    """Tell what went wrong, a line each."""
    for channel, error in report.broken.items():
        if isinstance(error, GovsyncError):
            tell(f"{channel}: {error}")
        else:
            tell("".join(traceback.format_exception(error)).rstrip())
    tell_problems(report.reading, tell)
    for name, reason in report.unreachable.items():
        tell(f"{name}: cannot be reached: {reason}")
    for line in report.altered:
        tell(f"altered: {line}")


def summary(report: Report) -> dict[str, Any]:
    """Return a report as plain data."""
    return {
        "read": _read(report.reading),
        "screened": report.screened,
        "pushed": {name: dict(t.states) for name, t in report.tallies.items()},
        "stopped": {n: t.stopped for n, t in report.tallies.items() if t.stopped},
        "unreachable": report.unreachable,
        "altered": report.altered,
        "collected": report.collected,
        "answers": report.answers,
        "obligations": report.left,
        "findings": report.severities,
        "problems": [str(problem) for problem in report.reading.problems],
        "failures": [str(failure) for failure in report.reading.failures],
        "anchors": {n: a.model_dump(mode="json") for n, a in report.anchors.items()},
        "broken": {name: repr(error) for name, error in report.broken.items()},
        "exit": report.exit_code,
    }


def _read(reading: Reading) -> dict[str, int]:
    return {"rows": reading.rows, **reading.intake.model_dump()}


def _tell(report: Report) -> None:
    tell_reading(report.reading)
    for name, tally in report.tallies.items():
        pushed = ", ".join(f"{n} {state}" for state, n in sorted(tally.states.items()))
        say(f"{name}: {pushed or 'nothing to do'}")
        if tally.stopped:
            say(f"{name}: rests: {tally.stopped}")
    if report.collected:
        say(f"{report.collected} pieces of feedback came: `govsync inbox --open`")
    if held := report.answers.get("held"):
        say(f"{held} answers wait for a person: `govsync inbox --open`")
    tell_anchors(report.anchors)
    kept_back = {finding.record for finding in report.kept_back}
    if kept_back:
        say(f"{len(kept_back)} records wait for a person: `govsync status`")
    held = sum(states.get("held", 0) for states in report.left.values())
    if held and not kept_back:
        say(f"{held} obligations wait for a person: `govsync status`")


def tell_problems(reading: Reading, tell: Callable[[str], None]) -> None:
    """Name what could not be read."""
    for problem in reading.problems:
        tell(str(problem))
    for failure in reading.failures:
        tell(str(failure))


def tell_reading(reading: Reading) -> None:
    """Say what was read."""
    intake = reading.intake
    say(
        f"read {reading.rows} rows: {intake.new} new, {intake.revised} changed,"
        f" {intake.same} as before"
    )


def rehearse(config: Path, *, out: Path | None, json: bool) -> int:
    """Show what a run would send; write the bytes below ``out`` where it is given."""
    with Workspace.at(config) as workspace:
        rehearsal = rehearse_run(workspace)
    if out is not None:
        _write(rehearsal, out)
    if json:
        say_json(_forms(rehearsal))
        return 0
    tell_problems(rehearsal.reading, complain)
    tell_reading(rehearsal.reading)
    for name, forms in _forms(rehearsal).items():
        say(
            f"{name}: {len(rehearsal.releases[name])} releases in {len(forms)} messages"
        )
        for form in forms:
            say(f"  {form['bytes']:>9}  {form['sha256'][:12]}  {form['name']}")
    for error in rehearsal.rejected:
        complain(str(error))
    return 0


def _forms(rehearsal: Rehearsal) -> dict[str, list[dict[str, Any]]]:
    return {
        channel: [
            {
                "name": form.name,
                "media_type": form.media_type,
                "bytes": len(form.content),
                "sha256": digest_of(form.content),
            }
            for form in forms
        ]
        for channel, forms in rehearsal.forms.items()
    }


def _write(rehearsal: Rehearsal, out: Path) -> None:
    for channel, forms in rehearsal.forms.items():
        folder = out / channel
        folder.mkdir(parents=True, exist_ok=True)
        for number, form in enumerate(forms, start=1):
            with replacing(folder / f"{number:05d}{_suffix(form.media_type)}") as file:
                file.write(form.content)


def _suffix(media_type: str) -> str:
    kinds = {"html": ".html", "json": ".json", "xml": ".xml", "css": ".css"}
    return next((suffix for k, suffix in kinds.items() if k in media_type), ".bin")
