"""``govsync withdraw``, ``retry``, ``hold`` and ``resume``: acts, all audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.agent.workspace import Workspace
from govsync.cli.output import say
from govsync.errors import UsageError
from govsync.ledger import Breaker, BreakerState, overrides
from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from pathlib import Path


def withdraw(config: Path, record: str, *, reason: str, undo: bool) -> None:
    """Take a record back, or lift that."""
    if not undo and not reason.strip():
        raise UsageError(
            "a withdrawal needs a reason", mend="--reason TEXT; the public sees it"
        )
    with Workspace.at(config) as workspace, workspace.lock():
        if undo:
            after = workspace.ledger.restore(record)
        else:
            after = workspace.ledger.withdraw(record, reason=masked(reason.strip()))
    say(f"{after.id} is revision {after.revision}; the next run tells the channels")


def override(  # a decision has this many parts
    config: Path,
    record: str,
    *,
    rule: str,
    basis: str,
    reason: str,
    by: str,
    undo: bool,
) -> None:
    """Decide to publish what a rule of privacy keeps back, or lift that."""
    with Workspace.at(config) as workspace, workspace.lock():
        if undo:
            overrides.lift(workspace.ledger, record, rule=rule)
            say(f"{rule} holds again for {record} from the next run on")
            return
        if basis not in set(overrides.Basis):
            raise UsageError(
                f"no basis {basis!r}", mend=f"there are: {', '.join(overrides.Basis)}"
            )
        made = overrides.decide(
            workspace.ledger,
            record,
            rule=rule,
            basis=overrides.Basis(basis),
            reason=masked(reason),
            by=by,
        )
    say(f"{rule} no longer keeps back {record} as it is now ({made.digest[:12]})")


def retry(config: Path, *, channel: str | None, record: str | None) -> None:
    """Make what is held or waiting due now."""
    with Workspace.at(config) as workspace, workspace.lock():
        _known(workspace, channel)
        number = workspace.ledger.retry(channel=channel, record=record)
    say(f"{number} obligations are due now; the next run takes them up")


def hold(config: Path, channel: str, *, reason: str) -> None:
    """Stop a channel until somebody resumes it."""
    with Workspace.at(config) as workspace, workspace.lock():
        _known(workspace, channel)
        before = workspace.ledger.breaker(channel)
        stopped = before.changed(
            state=BreakerState.STOPPED,
            reason=f"held by hand: {reason}",
            step=f"`govsync resume {channel}`",
        )
        workspace.ledger.set_breaker(channel, stopped)
    say(f"{channel} is held; its records wait unharmed")


def resume(config: Path, channel: str) -> None:
    """Let a stopped channel work again."""
    with Workspace.at(config) as workspace, workspace.lock():
        _known(workspace, channel)
        before = workspace.ledger.breaker(channel)
        workspace.ledger.set_breaker(channel, Breaker(cursor=before.cursor))
    say(f"{channel} works again at the next run")


def _known(workspace: Workspace, channel: str | None) -> None:
    names = sorted(workspace.config.channels)
    if channel is not None and channel not in names:
        raise UsageError(
            f"no channel {channel!r}", mend=f"there are: {', '.join(names)}"
        )
