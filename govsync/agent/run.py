"""One run: ingest, screen, owe, push, settle, verify, collect, checkpoint."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent import ingest, looking, screening
from govsync.agent.push import Pusher, Tally
from govsync.attachments import Folder
from govsync.channels.errors import ChannelError, Stop
from govsync.errors import GovsyncError
from govsync.ledger import obligations, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from govsync.agent.channels import Channel
    from govsync.agent.ingest import Reading
    from govsync.agent.workspace import Workspace
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
    left: dict[str, dict[str, int]] = field(default_factory=dict)
    """By channel, how many obligations the run leaves in each state."""
    severities: dict[str, int] = field(default_factory=dict)
    """How many findings of each severity stand."""
    kept_back: list[Finding] = field(default_factory=list)
    """The findings that keep a whole record back."""
    checkpoint: str | None = None
    broken: dict[str, Exception] = field(default_factory=dict)
    """Channels whose push ended before its time: the database was locked, or full, a
    setting did not hold; or nobody foresaw it."""

    @property
    def exit_code(self) -> int:
        """0 nothing left undone; 1 a person must act; 65, 70, 75, 78 as documented."""
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
            states.get(state) for states in at_work for state in later
        )

    def _waits_for_a_person(self, channel: str) -> bool:
        tally = self.tallies.get(channel)
        return tally is not None and bool(tally.stopped) and not tally.resting

    @property
    def _for_a_person(self) -> bool:
        return bool(
            any(s.get("held") or s.get("refused") for s in self.left.values())
            or self.kept_back
            or any(problem.error for problem in self.reading.problems)
            or any(map(self._waits_for_a_person, self.tallies))
        )


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
    ledger.tell("run.started", pid=str(os.getpid()), key=str(key.verifier))
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
    _take_stock(workspace, report)
    ledger.tell("run.ended", exit=str(report.exit_code))
    report.checkpoint = checkpoint(workspace)
    return report


def read(workspace: Workspace) -> Reading:
    """Ingest: catalogs and sources into the ledger."""
    reading = ingest.Reading()
    ingest.read_all_catalogs(workspace.config, reading)
    ingest.ingest(workspace.config, workspace.ledger, reading)
    return reading


def screen(workspace: Workspace, reading: Reading) -> int:
    """Screen and owe: what changed since it was last looked at."""
    return screening.screen_all(
        workspace.ledger,
        reading.catalogs,
        [channel.destination for channel in workspace.channels],
        reading.notes,
        _folder(workspace),
    )


def _folder(workspace: Workspace) -> Folder | None:
    files = workspace.config.attachments
    if files is None:
        return None
    return Folder(workspace.config.path(files.folder), files.prefix)


def _push(pushers: Sequence[Pusher], report: Report) -> None:
    """Push and settle, all channels side by side; none stops another."""
    if not pushers:
        return
    with ThreadPoolExecutor(max_workers=min(8, len(pushers))) as pool:
        futures = {p.channel.name: pool.submit(_push_one, p) for p in pushers}
    for pusher in pushers:
        report.tallies[pusher.channel.name] = pusher.tally
        error = futures[pusher.channel.name].exception()
        if isinstance(error, Exception):
            report.broken[pusher.channel.name] = error
        elif error is not None:
            raise error


def _push_one(pusher: Pusher) -> None:
    pusher.settle_queued()
    pusher.push()


def _verify(ledger: Ledger, pushers: Sequence[Pusher], report: Report) -> None:
    """Read back what is live and compare it with its receipts."""
    for pusher in pushers:
        if pusher.channel.name in report.broken:
            continue
        looked = looking.look_again(ledger, pusher, since=report.started)
        report.altered += looked.altered
        if looked.unreachable:
            report.unreachable[pusher.channel.name] = looked.unreachable


def _collect(workspace: Workspace, channels: Sequence[Channel], report: Report) -> None:
    """Fetch feedback and returns; a channel that cannot be asked is named."""
    for channel in channels:
        if report.tallies[channel.name].stopped or channel.name in report.broken:
            continue
        cursor = workspace.ledger.breaker(channel.name).cursor
        try:
            new = list(channel.adapter.collect(cursor))
        except ChannelError as error:
            step = f" ({error.step})" if isinstance(error, Stop) else ""
            report.unreachable[channel.name] = f"{error.message}{step}"
            continue
        if new:
            report.collected += workspace.ledger.collected(
                channel.name,
                [entry.model_dump(mode="json") for entry in new],
                new[-1].cursor,
            )


def _take_stock(workspace: Workspace, report: Report) -> None:
    with workspace.database.read() as connection:
        report.left = obligations.counts(connection)
        report.severities = records.severities(connection)
        report.kept_back = records.grave(connection)


def checkpoint(workspace: Workspace) -> str | None:
    """Sign the audit log's head and append it to the file of checkpoints."""
    with workspace.database.write() as connection:
        text = audit.checkpoint(
            connection,
            workspace.signing_key,
            workspace.config.origin,
            workspace.clock(),
        )
    if text is not None:
        _keep(workspace.config.path(workspace.config.audit.checkpoints), text)
    return text


def _keep(path: Path, note: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        # In one call: a run that is killed leaves the whole note or none of it.
        os.write(handle, f"{note}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
