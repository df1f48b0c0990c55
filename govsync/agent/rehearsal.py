"""Rehearse a run on a copy of the ledger: exactly what would go, and no effect."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from govsync.agent.batches import batches
from govsync.agent.run import read, screen
from govsync.agent.workspace import Workspace
from govsync.channels.contract import Op, Release
from govsync.channels.errors import Reject
from govsync.ledger import ObligationState, obligations, records
from govsync.store import database as store
from govsync.store import ledger_tables, schema
from govsync.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.agent.channels import Channel
    from govsync.agent.ingest import Reading
    from govsync.channels.contract import Form

_OPEN = (
    ObligationState.OWED,
    ObligationState.WAITING,
    ObligationState.SENDING,
    ObligationState.UNSURE,
)


@dataclass(kw_only=True)
class Rehearsal:
    """What a run would do."""

    reading: Reading
    forms: dict[str, list[Form]] = field(default_factory=dict)
    """By channel, each message or file exactly as it would go."""
    releases: dict[str, list[Release]] = field(default_factory=dict)
    """By channel, what is owed to it."""
    rejected: list[Reject] = field(default_factory=list)


def rehearse(workspace: Workspace) -> Rehearsal:
    """Ingest, screen and owe on a copy; return what pushing would send."""
    with _copied(workspace) as rehearsing:
        rehearsal = Rehearsal(reading=read(rehearsing))
        screen(rehearsing, rehearsal.reading)
        for channel in rehearsing.channels:
            _preview(rehearsing, channel, rehearsal)
    return rehearsal


@contextmanager
def _copied(workspace: Workspace) -> Iterator[Workspace]:
    path = workspace.config.database
    with tempfile.TemporaryDirectory(prefix="govsync-rehearsal-") as folder:
        copy = Path(folder) / "govsync.db"
        if path.exists():
            with (
                closing(
                    sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
                ) as here,
                closing(sqlite3.connect(copy)) as there,
            ):
                here.backup(there)
        database = store.Database.open(copy)
        database.create_or_check(schema.metadata, ledger_tables.VERSION, MIGRATIONS)
        try:
            with Workspace(
                workspace.config, clock=workspace.clock, database=database
            ) as rehearsing:
                yield rehearsing
        finally:
            database.dispose()


def _preview(workspace: Workspace, channel: Channel, rehearsal: Rehearsal) -> None:
    releases = [
        release
        for release in owed(workspace, channel.name)
        if _fits(channel, release, rehearsal)
    ]
    rehearsal.releases[channel.name] = releases
    forms = rehearsal.forms.setdefault(channel.name, [])
    for batch in batches(releases, channel.facts.batch_size):
        forms += channel.adapter.preview(batch)


def owed(workspace: Workspace, channel: str) -> list[Release]:
    """Return what a channel is owed, in the order it would go."""
    with workspace.database.read() as connection:
        due = sorted(
            obligations.in_states(connection, _OPEN, channel=channel),
            key=lambda one: (one.priority, one.due_at, one.record),
        )
        return [
            Release(channel=channel, op=Op(one.want.op), record=record)
            for one in due
            if one.cause != "rule"
            and (record := records.load(connection, one.record, one.want.revision))
        ]


def _fits(channel: Channel, release: Release, rehearsal: Rehearsal) -> bool:
    try:
        channel.adapter.fit(release)
    except Reject as error:
        rehearsal.rejected.append(error)
        return False
    return True
