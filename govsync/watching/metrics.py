"""The figures of a run and of what it leaves, for Prometheus' textfile collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

import govsync
from govsync import audit
from govsync.agent import schedule
from govsync.files import replacing
from govsync.ledger import BreakerState, ObligationState, channels, obligations, records
from govsync.ledger.quotas import left_of
from govsync.model import Severity, Value
from govsync.store import ledger_tables, schema
from govsync.watching import deliveries
from govsync.watching.exposition import Family, Sample, single, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from govsync.agent.channels import Channel
    from govsync.agent.workspace import Workspace

_AT_WORK = (
    ObligationState.OWED,
    ObligationState.SENDING,
    ObligationState.UNSURE,
    ObligationState.WAITING,
)


class Ended(Value):
    """A run that has ended."""

    seconds: float
    """How long it took."""
    exit_code: int


def write(path: Path, families: Iterable[Family]) -> None:
    """Put the figures where the collector finds them, whole or not at all.

    Raises:
        OSError: The folder is not there, not writable, or the disk is full.
    """
    with replacing(path, mode=0o644) as file:
        file.write(text(families).encode())


def families(workspace: Workspace, ended: Ended) -> list[Family]:
    """Return the figures of a run and of the state that it leaves.

    Raises:
        GovsyncError: The database or the configuration cannot be used.
    """
    now = workspace.clock()
    with workspace.database.write() as connection:
        delivered = deliveries.count(connection)
    with workspace.database.read() as connection:
        return [
            *_of_run(ended, now),
            *_of_channels(connection, workspace, now),
            _deliveries(delivered),
            *_of_log(connection, now),
            _findings(connection),
        ]


def _of_run(ended: Ended, now: datetime) -> Iterator[Family]:
    yield single(
        "govsync_run_timestamp_seconds", "When the last run ended.", now.timestamp()
    )
    yield single(
        "govsync_run_duration_seconds", "How long the last run took.", ended.seconds
    )
    yield single(
        "govsync_run_exit_code",
        "What the last run came to: 0 nothing left undone, 1 a person is needed.",
        ended.exit_code,
    )
    yield single(
        "govsync_build_info", "Which govsync ran.", 1, version=govsync.__version__
    )


def _of_channels(
    connection: Connection, workspace: Workspace, now: datetime
) -> Iterator[Family]:
    names = sorted(workspace.config.channels)
    yield _obligations(connection, names)
    yield _gauges(
        "govsync_oldest_due_seconds",
        "For how long the channel's oldest due obligation has been due.",
        (({"channel": name}, _oldest_due(connection, name, now)) for name in names),
    )
    yield _gauges(
        "govsync_breaker_state",
        "Whether the channel works (closed), rests (open) or waits for a person.",
        (
            ({"channel": name, "state": state.value}, float(state is current))
            for name in names
            for current in [channels.breaker(connection, name).state]
            for state in BreakerState
        ),
    )
    yield _gauges(
        "govsync_quota_remaining",
        "How many calls the present window of a limit still allows.",
        _quotas(connection, workspace.channels, now),
    )


def _gauges(
    name: str, help_: str, samples: Iterable[tuple[dict[str, str], float]]
) -> Family:
    told = tuple(Sample(labels=labels, value=value) for labels, value in samples)
    return Family(name=name, kind="gauge", help=help_, samples=told)


def _obligations(connection: Connection, names: Sequence[str]) -> Family:
    counts = obligations.counts(connection)
    return _gauges(
        "govsync_obligations",
        "How many obligations the channel has in each state.",
        (
            ({"channel": name, "state": s.value}, counts.get(name, {}).get(s.value, 0))
            for name in sorted({*names, *counts})
            for s in ObligationState
        ),
    )


def _oldest_due(connection: Connection, channel: str, now: datetime) -> float:
    columns = ledger_tables.obligation.c
    dues = [
        connection.execute(
            select(func.min(columns.due_at, type_=columns.due_at.type)).where(
                columns.channel == channel, columns.state == state.value
            )
        ).scalar()
        for state in _AT_WORK
    ]
    return max(((now - due).total_seconds() for due in dues if due), default=0.0)


def _quotas(
    connection: Connection, opened: Sequence[Channel], now: datetime
) -> Iterator[tuple[dict[str, str], float]]:
    for channel in opened:
        for limit in channel.facts.limits:
            window = schedule.quota(limit, now=now)
            labels = {"channel": channel.name, "name": limit.name}
            yield labels, left_of(connection, channel.name, window)


def _deliveries(counts: deliveries.Counts) -> Family:
    samples = tuple(
        Sample(labels={"channel": channel, "outcome": outcome}, value=number)
        for (channel, outcome), number in sorted(counts.items())
    )
    return Family(
        name="govsync_deliveries_total",
        kind="counter",
        help="How many deliveries ever came to each outcome, by the audit log.",
        samples=samples,
    )


def _of_log(connection: Connection, now: datetime) -> Iterator[Family]:
    yield single(
        "govsync_audit_entries",
        "How many entries the audit log has.",
        audit.head(connection).size,
    )
    columns = schema.checkpoint.c
    last = connection.execute(select(func.max(columns.at, type_=columns.at.type)))
    signed = last.scalar()
    if signed is not None:
        yield single(
            "govsync_checkpoint_age_seconds",
            "How long ago the audit log was signed last.",
            (now - signed).total_seconds(),
        )


def _findings(connection: Connection) -> Family:
    found = records.severities(connection)
    return _gauges(
        "govsync_findings",
        "How many findings of each severity stand.",
        (({"severity": s.value}, found.get(s.value, 0)) for s in Severity),
    )
