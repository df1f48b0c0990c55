"""``govsync doctor``: what is wrong, what will be, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.agent import config as configuration
from govsync.agent.workspace import now
from govsync.cli.output import say, say_json
from govsync.doctor.case import Case, Status, fail
from govsync.doctor.examination import examine, exit_code
from govsync.errors import ConfigError
from govsync.watching.redaction import Redactor
from govsync.watching.secrets import secrets_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from govsync.doctor.case import Result


def doctor(path: Path, *, offline: bool, strict: bool, json: bool) -> int:
    """Print what every check found; return the exit code that follows.

    Args:
        path: The configuration.
        offline: Ask nobody else.
        strict: Let warnings count.
        json: Print JSON.
    """
    try:
        case = Case(config=configuration.read(path), file=path, clock=now)
    except ConfigError as error:
        found = [fail("configuration", str(error), error.mend, error.exit_code)]
    else:
        redactor = Redactor(secrets_of(case.config))
        found = [_shown(one, redactor) for one in examine(case, offline=offline)]
    code = exit_code(found, strict=strict)
    if json:
        told = [one.model_dump(mode="json") for one in found]
        say_json({"checks": told, "exit": code})
    else:
        _tell(found)
    return code


def _shown(one: Result, redactor: Redactor) -> Result:
    return one.changed(detail=redactor.clean(one.detail), mend=redactor.clean(one.mend))


def _tell(found: Sequence[Result]) -> None:
    width = max(len(one.check) for one in found)
    for one in found:
        say(f"{one.status.value:4}  {one.check:{width}}  {one.detail}")
        if one.mend and one.status is not Status.OK:
            say(f"{'':4}  {'':{width}}  → {one.mend}")
    bad = sum(one.status is Status.FAIL for one in found)
    warned = sum(one.status is Status.WARN for one in found)
    say(f"{len(found)} answers: {bad} failures, {warned} warnings")
