"""One run: ingest, screen, push, verify, collect, answer, checkpoint, anchor."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync import __version__, audit
from govsync.agent import (
    anchoring,
    answering,
    ingest,
    looking,
    screening,
    timeliness,
    vocabulary,
)
from govsync.agent.phases import phase
from govsync.agent.push import Pusher, Tally
from govsync.anchors.standing import State
from govsync.attachments import Folder
from govsync.channels.errors import ChannelError, Stop
from govsync.errors import AuditError, GovsyncError
from govsync.ledger import obligations, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.agent.anchoring import Anchored
    from govsync.agent.channels import Channel
    from govsync.agent.ingest import Reading
    from govsync.agent.workspace import Workspace
    from govsync.inbox.origin import Origin
    from govsync.ledger import Ledger
    from govsync.model import Finding


@dataclass(kw_only=True)
class Report:
    """What a run came to."""

    reading: Reading
    started: datetime
    screened: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    altered: list[str] = field(default_factory=list)
    """What is live but is not what was sent."""
    unreachable: dict[str, str] = field(default_factory=dict)
    """Channels that could not be asked for feedback, and why."""
    collected: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    """How many approved answers of the inbox the run leaves at each part of their way.
    """
    left: dict[str, dict[str, int]] = field(default_factory=dict)
    """By channel, how many obligations the run leaves in each state."""
    severities: dict[str, int] = field(default_factory=dict)
    """How many findings of each severity stand."""
    kept_back: list[Finding] = field(default_factory=list)
    """The findings that keep a whole record back."""
    checkpoint: str | None = None
    anchors: dict[str, Anchored] = field(default_factory=dict)
    """What the places outside this machine hold of the log."""
    broken: dict[str, Exception] = field(default_factory=dict)
    """Channels whose push ended before its time: the database was locked, or full, a
    setting did not hold; or nobody foresaw it."""

    @property
    def exit_code(self) -> int:
        """0 nothing left undone; 1 a person must act; 65, 70, 75, 78 as documented.

        A log that does not follow from what was seen of it outranks everything.
        """
        if any(one.state is State.FORKED for one in self.anchors.values()):
            return AuditError.exit_code
        if self.broken:
            return self._broken
        if self.reading.failures:
            return 65
        if self._unavailable:
            return 75
        return 1 if self._for_a_person else 0

    @property
    def _broken(self) -> int:
        foreseen = [e for e in self.broken.values() if isinstance(e, GovsyncError)]
        if len(foreseen) < len(self.broken):
            return GovsyncError.exit_code
        return max(error.exit_code for error in foreseen)

    @property
    def _unavailable(self) -> bool:
        later = ("waiting", "unsure", "owed", "sending")
        at_work = (
            states
            for channel, states in self.left.items()
            if not self._waits_for_a_person(channel)
        )
        return bool(self.unreachable) or any(
            states.get(state) for states in (*at_work, self.answers) for state in later
        )

    def _waits_for_a_person(self, channel: str) -> bool:
        tally = self.tallies.get(channel)
        return tally is not None and bool(tally.stopped) and not tally.resting

    @property
    def _for_a_person(self) -> bool:
        return bool(
            any(s.get("held") or s.get("refused") for s in self.left.values())
            or self.kept_back
            or self.answers.get("held")
            or any(problem.error for problem in self.reading.problems)
            or any(map(self._waits_for_a_person, self.tallies))
        )


@phase("run")
def run(workspace: Workspace, *, random: Callable[[], float]) -> Report:
    """Do one run of a workspace.

    Args:
        workspace: Open, its lock held.
        random: Gives numbers from 0 to 1, for jitter.

    Raises:
        GovsyncError: The catalog, the configuration or the database cannot be used;
            what concerns one source, record or channel is in the report instead.
    """
    # Without its key a run could not be proved: better not to begin.
    key = workspace.signing_key
    ledger = workspace.ledger
    ledger.tell(
        "run.started", pid=str(os.getpid()), key=str(key.verifier), govsync=__version__
    )
    ledger.begin(alone=True)  # as the holder of the lock knows
    started = workspace.clock()
    report = Report(reading=read(workspace), started=started)
    report.screened = screen(workspace, report.reading)
    channels = workspace.channels
    pushers = [
        Pusher(channel=c, ledger=ledger, clock=workspace.clock, random=random)
        for c in channels
    ]
    _push(pushers, report)
    _verify(ledger, pushers, report)
    _collect(workspace, channels, report)
    _answer(workspace, report, random)
    _take_stock(workspace, report)
    ledger.tell("run.ended", exit=str(report.exit_code))
    report.checkpoint = checkpoint(workspace)
    _anchor(workspace, report, random)
    return report


@phase("read")
def read(workspace: Workspace) -> Reading:
    """Ingest: catalogs and sources into the ledger."""
    reading = ingest.Reading()
    ingest.read_all_catalogs(workspace.config, reading)
    ingest.ingest(workspace.config, workspace.ledger, reading)
    return reading


@phase("screen")
def screen(workspace: Workspace, reading: Reading) -> int:
    """Screen and owe: what changed since it was last looked at, and what is over."""
    number = _screen(workspace, reading)
    if workspace.ledger.take_down():
        number += _screen(workspace, reading)
    return number


def _screen(workspace: Workspace, reading: Reading) -> int:
    return screening.screen_all(
        workspace.ledger,
        reading.catalogs,
        [channel.destination for channel in workspace.channels],
        reading.notes,
        timeliness.calendar_of(workspace.config),
        folder=_folder(workspace),
        wordings=vocabulary.wordings_of(workspace.config),
    )


def _folder(workspace: Workspace) -> Folder | None:
    files = workspace.config.attachments
    if files is None:
        return None
    return Folder(workspace.config.path(files.folder), files.prefix)


@phase("push")
def _push(pushers: Sequence[Pusher], report: Report) -> None:
    """Push and settle, all channels side by side; none stops another."""
    if not pushers:
        return
    with ThreadPoolExecutor(max_workers=min(8, len(pushers))) as pool:
        # Each thread knows of the run: its events and spans belong to it.
        futures = {
            p.channel.name: pool.submit(copy_context().run, _push_one, p)
            for p in pushers
        }
    for pusher in pushers:
        report.tallies[pusher.channel.name] = pusher.tally
        error = futures[pusher.channel.name].exception()
        if isinstance(error, Exception):
            report.broken[pusher.channel.name] = error
        elif error is not None:
            raise error


def _push_one(pusher: Pusher) -> None:
    with phase("channel.push", channel=pusher.channel.name):
        pusher.settle_queued()
        pusher.push()


@phase("verify")
def _verify(ledger: Ledger, pushers: Sequence[Pusher], report: Report) -> None:
    """Read back what is live and compare it with its receipts."""
    for pusher in pushers:
        if pusher.channel.name in report.broken:
            continue
        looked = looking.look_again(ledger, pusher, since=report.started)
        report.altered += looked.altered
        if looked.unreachable:
            report.unreachable[pusher.channel.name] = looked.unreachable


@phase("collect")
def _collect(workspace: Workspace, channels: Sequence[Channel], report: Report) -> None:
    """Fetch feedback and returns; a channel that cannot be asked is named."""
    for channel in channels:
        if report.tallies[channel.name].stopped or channel.name in report.broken:
            continue
        _collect_from(workspace, channel.name, channel.adapter, report)
    for place in answering.sources(workspace.config, workspace.clock):
        _collect_from(workspace, place.name, place.origin, report)


def _collect_from(
    workspace: Workspace, name: str, origin: Origin, report: Report
) -> None:
    cursor = workspace.ledger.breaker(name).cursor
    try:
        new = list(origin.collect(cursor))
    except ChannelError as error:
        step = f" ({error.step})" if isinstance(error, Stop) else ""
        report.unreachable[name] = f"{error.message}{step}"
        return
    if new:
        report.collected += workspace.ledger.collected(
            name, [entry.model_dump(mode="json") for entry in new], new[-1].cursor
        )


@phase("answer")
def _answer(workspace: Workspace, report: Report, random: Callable[[], float]) -> None:
    """Open a matter of all new feedback, and deliver the answers that are approved."""
    answering.inbox_of(workspace).open_new()
    postman = answering.Postman(workspace=workspace, random=random)
    usable = [
        place
        for place in answering.places(workspace)
        if place.name not in report.unreachable and place.name not in report.broken
    ]
    report.answers = postman.deliver(usable)
    report.unreachable |= answering.tell_states(workspace)


@phase("stock")
def _take_stock(workspace: Workspace, report: Report) -> None:
    with workspace.database.read() as connection:
        report.left = obligations.counts(connection)
        report.severities = records.severities(connection)
        report.kept_back = records.grave(connection)
        report.anchors = _anchored(workspace, connection)


@phase("checkpoint")
def checkpoint(workspace: Workspace) -> str | None:
    """Sign the audit log's head; the file of checkpoints gets all that it lacks."""
    with workspace.database.write() as connection:
        text = audit.checkpoint(
            connection,
            workspace.signing_key,
            workspace.config.origin,
            workspace.clock(),
            *workspace.keys_beside,
        )
    keep(workspace)
    return text


def keep(workspace: Workspace) -> None:
    """Append to the file of checkpoints what it lacks."""
    path = workspace.config.path(workspace.config.audit.checkpoints)
    with workspace.database.read() as connection:
        audit.keep(connection, path)


@phase("anchor")
def _anchor(workspace: Workspace, report: Report, random: Callable[[], float]) -> None:
    """Send the newest checkpoint out of this machine; no failure of it fails the run.

    After the run's last entry, which it is to cover: what comes of it is told by the
    next checkpoint.
    """
    done = anchoring.anchor(workspace, random=random)
    if done.cosigned:
        keep(workspace)
    report.broken |= {f"anchor {name}": error for name, error in done.broken.items()}
    with workspace.database.read() as connection:
        report.anchors = _anchored(workspace, connection)


def _anchored(workspace: Workspace, connection: Connection) -> dict[str, Anchored]:
    asked = workspace.config.audit.anchors
    return anchoring.anchored(connection, asked, workspace.clock())
