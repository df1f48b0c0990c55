"""``govsync inbox``: what came back, by when it is due, and what is done about it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from govsync.agent.answering import inbox_of
from govsync.agent.timeliness import calendar_of
from govsync.agent.workspace import Workspace
from govsync.cli.output import say, say_json, say_table
from govsync.errors import UsageError
from govsync.inbox import Matter, Standing, State, timing
from govsync.inbox.clock import WORRYING
from govsync.inbox.codes import shown
from govsync.inbox.masking import masked_text, without_person
from govsync.inbox.matter import OPEN
from govsync.model import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from govsync.inbox import Inbox, Timing

FOR_A_PERSON = 1
_GRAVE = frozenset({Standing.VETO, Standing.OVERDUE, Standing.NEAR_VETO})


class Asked(NamedTuple):
    """Who asks for a sender, and why."""

    by: str
    reason: str


class _Line(NamedTuple):
    matter: Matter
    timing: Timing
    standing: Standing


def listing(config: Path, *, open_only: bool, due: bool, json: bool) -> int:
    """Print matters; 1 where one is late or near the veto."""
    states = OPEN if open_only or due else tuple(State)
    with Workspace.at(config) as workspace:
        lines = _lines(workspace, inbox_of(workspace).listed(states))
    if due:
        lines = [line for line in lines if line.standing in WORRYING]
    if json:
        say_json([_told(line) for line in lines])
    else:
        _say(lines)
    return FOR_A_PERSON if any(line.standing in _GRAVE for line in lines) else 0


def _lines(workspace: Workspace, matters: Sequence[Matter]) -> list[_Line]:
    calendar = calendar_of(workspace.config)
    terms = workspace.config.inbox.terms
    lead = timedelta(days=workspace.config.deadlines.lead_days)
    now = workspace.clock()
    lines = []
    for matter in matters:
        known = timing(matter, calendar, terms)
        standing = known.standing(now, lead) if matter.open else Standing.ENDED
        lines.append(_Line(matter, known, standing))
    return sorted(lines, key=_urgency)


def _urgency(line: _Line) -> tuple[bool, bool, float]:
    """Order what is open before what is not, and the nearest due moment first."""
    due = line.timing.due
    last = line.matter.begins if due is None else due
    return not line.matter.open, due is None, last.timestamp()


def _say(lines: Sequence[_Line]) -> None:
    header = ["code", "state", "kind", "due", "stands", "from", "record", "says"]
    say_table(header, map(_row, lines))
    worst = sum(line.standing is Standing.VETO for line in lines)
    late = sum(line.standing is Standing.OVERDUE for line in lines)
    say(f"{len(lines)} matters: {late} overdue, {worst} beyond three months")


def _row(line: _Line) -> tuple[str, ...]:
    matter = line.matter
    said = without_person(matter.said)
    says = " ".join(f"{said.title} {said.text}".split())
    delivery = f", {matter.delivery.label}" if matter.delivery.label else ""
    return (
        shown(matter.code),
        f"{matter.state.label}{delivery if matter.open else ''}",
        matter.category.label,
        _moment(line.timing.due) + ("?" if line.timing.provisional else ""),
        line.standing.label,
        matter.channel,
        said.record,
        says if len(says) <= 40 else f"{says[:39]}…",
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def show(config: Path, code: str, *, reveal: Asked | None, json: bool) -> None:
    """Print one matter; its sender only where somebody asks for that by name."""
    with Workspace.at(config) as workspace:
        box = inbox_of(workspace)
        asked = reveal._asdict() if reveal else None
        matter = box.reveal(code, **asked) if asked else box.get(code)
        (line,) = _lines(workspace, [matter])
    told = _told(line, whole=reveal is not None)
    if json:
        say_json(told)
        return
    for name, value in told.items():
        if value not in ("", None, 0, False, {}):
            say(f"{name}: {value}")


def _told(line: _Line, *, whole: bool = False) -> dict[str, Any]:
    """Return a matter as plain data, without its sender unless that was asked for."""
    matter = line.matter
    said = matter.said if whole else without_person(matter.said)
    told = matter.model_dump(mode="json", exclude={"said", "receipt", "code", "begins"})
    return {
        "code": shown(matter.code),
        "begins": matter.begins.astimezone(SHANGHAI).isoformat(),
        "due": line.timing.due and line.timing.due.isoformat(),
        "veto": line.timing.veto and line.timing.veto.isoformat(),
        "provisional": line.timing.provisional,
        "standing": str(line.standing),
        **told,
        "reason": matter.reason if whole else masked_text(matter.reason, matter.said),
        "said": said.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        "receipt": matter.receipt,
    }


def act(config: Path, act_on: Callable[[Inbox], Matter]) -> None:
    """Do one act, and say what it came to."""
    with Workspace.at(config) as workspace, workspace.lock():
        matter = act_on(inbox_of(workspace))
    draft = f", draft {matter.draft}" if matter.state is State.ANSWERING else ""
    say(f"{shown(matter.code)} is {matter.state} ({matter.state.label}){draft}")


def text_of(text: str, file: Path | None) -> str:
    """Return the text that a command was given.

    Raises:
        UsageError: It was given twice or not at all, or the file cannot be read.
    """
    if bool(text) == (file is not None):
        raise UsageError("an answer has one text", mend="--text TEXT or --file FILE")
    if file is None:
        return text
    try:
        if str(file) == "-":
            return sys.stdin.read()
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the answer cannot be read: {error}") from error
