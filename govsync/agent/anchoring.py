"""Let every anchor hold the newest signed head: the last phase of a run.

Level-triggered, like all of the agent: what an anchor lacks is the difference between
the newest checkpoint and what it is known to hold, so that a run that failed needs no
memory of what it owed. An anchor has a schedule and a deadline of its own, all are
tried side by side, and none of them ever fails a run. What is an alarm is told: a head
that does not follow from what an anchor holds.
"""

from __future__ import annotations

from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent import config as configuration
from govsync.agent.schedule import Policy, backoff
from govsync.anchors import AnchorError, Head, Kept, open_anchor
from govsync.anchors.standing import Standing, State, remember, standing
from govsync.audit import stored_heads
from govsync.audit.growth import frontier_at, proof_since
from govsync.audit.log import newest
from govsync.audit.merkle import Frontier
from govsync.audit.note import checkpoint_of
from govsync.errors import AuditError, GovsyncError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from govsync.agent.workspace import Workspace
    from govsync.anchors import Anchor, AnchorSettings
    from govsync.audit import Checkpoint
    from govsync.store.database import Database

PATIENCE = Policy(first=timedelta(minutes=5), cap=timedelta(hours=6))
"""How the attempts at an anchor that fails spread out; they never end."""
LONGEST_WISH = timedelta(days=1)
"""An anchor's ``Retry-After`` beyond this is cut to it."""
GRACE_S = 2
"""Seconds beyond its deadline after which an attempt is left to itself."""
EARLY = 24
"""The part of ``every`` that is let off, because cron does not strike to the second."""


class Anchored(Value):
    """What an anchor holds after a run."""

    size: int
    at: datetime | None
    state: State
    reason: str = ""
    late: bool = False
    """Whether it has been without the newest head for too long."""


@dataclass(kw_only=True)
class Anchoring:
    """What came of giving a head to the anchors."""

    cosigned: list[str] = field(default_factory=list)
    """The checkpoint, as often as a witness added its word to it."""
    broken: dict[str, Exception] = field(default_factory=dict)
    """Anchors that failed in a way that nobody foresaw."""


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """What one attempt came to."""

    head: Checkpoint
    kept: Kept | None = None
    frontier: Frontier | None = None
    error: Exception | None = None


class _Growth:
    """Proofs for one anchor, from the frontier that is kept with what it holds."""

    def __init__(self, database: Database, known: Standing, size: int) -> None:
        self._database = database
        self._known = known.frontier
        self._size = size
        self.frontier: Frontier | None = None

    def __call__(self, old: int) -> tuple[bytes, ...]:
        since = self._known if self._known.size <= old else None
        with self._database.read() as connection:
            before = frontier_at(connection, old, since)
            proof, self.frontier = proof_since(connection, before, self._size)
        return proof


def anchor(workspace: Workspace, *, random: Callable[[], float]) -> Anchoring:
    """Give the newest head to every anchor that lacks it and whose time has come.

    Args:
        workspace: Open, its lock held.
        random: Gives numbers from 0 to 1, for jitter.
    """
    asked = workspace.config.audit.anchors
    with workspace.database.read() as connection:
        note = newest(connection)
        known = {one.name: standing(connection, one.name) for one in asked}
    done = Anchoring()
    if note is None:
        return done
    signed, now = checkpoint_of(note), workspace.clock()
    due = [one for one in asked if _is_due(one, known[one.name], signed, now)]
    for name, attempt in _attempts(workspace, due, known, signed, note).items():
        cosigned = _settle(workspace, name, known[name], attempt, random())
        if cosigned is not None:
            done.cosigned.append(cosigned)
        if attempt.error and not isinstance(attempt.error, GovsyncError):
            done.broken[name] = attempt.error
    return done


def _is_due(
    settings: AnchorSettings, known: Standing, head: Checkpoint, now: datetime
) -> bool:
    if known.due_at is not None and now < known.due_at:
        return False
    if known.at is not None and now < known.at + settings.every * (1 - 1 / EARLY):
        return False
    return known.size != head.size or known.state is not State.HELD


def _attempts(
    workspace: Workspace,
    due: Sequence[AnchorSettings],
    known: Mapping[str, Standing],
    head: Checkpoint,
    note: str,
) -> dict[str, _Attempt]:
    """Try all side by side; one that does not end in its time is left to itself."""
    futures: dict[str, Future[_Attempt]] = {one.name: Future() for one in due}

    def attempt(one: AnchorSettings) -> None:
        futures[one.name].set_result(
            _attempt(workspace, one, known[one.name], head, note)
        )

    for one in due:
        # A mount whose machine is gone holds a thread for good: no exit waits for it.
        Thread(target=attempt, args=(one,), daemon=True).start()
    longest = max((one.timeout_s for one in due), default=0) + GRACE_S
    wait(futures.values(), timeout=longest)
    endless = AnchorError(f"no end after {longest:g} s")
    return {
        name: future.result() if future.done() else _Attempt(head=head, error=endless)
        for name, future in futures.items()
    }


def _attempt(
    workspace: Workspace,
    settings: AnchorSettings,
    known: Standing,
    head: Checkpoint,
    note: str,
) -> _Attempt:
    growth = _Growth(workspace.database, known, head.size)
    given = Head(signed=head, note=note, held=known.size, growth=growth)
    try:
        opened = opened_anchor(workspace, settings)
        try:
            kept = opened.keep(given)
        finally:
            opened.close()
    except Exception as error:  # noqa: BLE001  # told apart by the caller
        return _Attempt(head=head, error=error)
    return _Attempt(head=head, kept=kept, frontier=growth.frontier)


def opened_anchor(workspace: Workspace, settings: AnchorSettings) -> Anchor:
    """Return an anchor of a workspace.

    Raises:
        ConfigError: A secret, a file or an address cannot be used.
    """
    config = workspace.config
    return open_anchor(
        settings,
        root=config.root,
        secret=lambda name: configuration.anchor_secret_of(config, settings, name),
        clock=workspace.clock,
    )


def _settle(
    workspace: Workspace, name: str, before: Standing, attempt: _Attempt, spread: float
) -> str | None:
    """Keep what an attempt came to; return the checkpoint where it was cosigned."""
    now = workspace.clock()
    after = _after(before, attempt, now, spread)
    with workspace.database.write() as connection:
        remember(connection, name, after)
        if after.state is not before.state:
            entry = workspace.ledger.tells.plain(
                f"anchor.{after.state}",
                reason=after.reason,
                detail={"anchor": name, "size": str(after.size)},
            )
            audit.append(connection, [entry])
        return _cosigned(connection, attempt)


def _cosigned(connection: Connection, attempt: _Attempt) -> str | None:
    if attempt.kept is None or not attempt.kept.cosigned:
        return None
    return stored_heads.add_cosignatures(
        connection, attempt.head.size, attempt.kept.cosigned
    )


def _after(
    before: Standing, attempt: _Attempt, now: datetime, spread: float
) -> Standing:
    """Return what is known of an anchor after an attempt."""
    if attempt.kept is not None:
        return Standing(
            size=attempt.head.size,
            at=now,
            frontier=attempt.frontier or Frontier(),
            proof=attempt.kept.proof,
            state=State.HELD,
        )
    failures = before.failures + 1
    wish = attempt.error.after if isinstance(attempt.error, AnchorError) else None
    wait = max(
        backoff(failures, PATIENCE, spread), min(wish or timedelta(), LONGEST_WISH)
    )
    forked = isinstance(attempt.error, AuditError)
    return before.changed(
        state=State.FORKED if forked else State.FAILED,
        failures=failures,
        due_at=now + wait,
        reason=str(attempt.error)[:500],
    )


def anchored(
    connection: Connection, asked: Sequence[AnchorSettings], now: datetime
) -> dict[str, Anchored]:
    """Return what each configured anchor holds, by name.

    Args:
        connection: A reading transaction.
        asked: As configured.
        now: The present moment, aware.
    """
    found = {}
    for one in asked:
        known = standing(connection, one.name)
        lacks_since = stored_heads.signed_after(connection, known.size)
        found[one.name] = Anchored(
            size=known.size,
            at=known.at,
            state=known.state,
            reason=known.reason,
            late=lacks_since is not None and now - lacks_since > one.late_after,
        )
    return found
