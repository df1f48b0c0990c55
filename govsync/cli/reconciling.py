"""``govsync reconcile``: what a channel shows, held against the ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from govsync.agent.channels import open_channel
from govsync.agent.reconciliation import Reconciliation, look
from govsync.agent.reconciliation import reconcile as do_reconcile
from govsync.agent.workspace import Workspace
from govsync.cli.output import say, say_json
from govsync.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def reconcile(config: Path, name: str, *, dry_run: bool, json: bool) -> int:
    """Compare a channel with the ledger; return the exit code.

    Raises:
        UsageError: There is no such channel.
        ChannelError: It cannot list what it holds, or cannot be reached.
    """
    with Workspace.at(config) as workspace, workspace.lock():
        if name not in workspace.config.channels:
            known = ", ".join(sorted(workspace.config.channels))
            raise UsageError(f"no channel {name!r}", mend=f"there are: {known}")
        channel = open_channel(workspace.config, name, clock=workspace.clock)
        act = look if dry_run else do_reconcile
        try:
            found = act(workspace.ledger, name, channel.adapter)
        finally:
            channel.close()
    if json:
        say_json(summary(found))
    else:
        _tell(found)
    return found.exit_code


def summary(found: Reconciliation) -> dict[str, Any]:
    """Return a reconciliation as plain data."""
    return {
        "channel": found.channel,
        "held": found.held,
        "counts": Counter(str(d.kind) for d in found.differences),
        "differences": [asdict(d) for d in found.differences],
        "corrected": found.corrected,
        "exit": found.exit_code,
    }


def _tell(found: Reconciliation) -> None:
    for one in found.differences:
        say(f"{one.kind}: {one.record}: {one.detail}")
    number = len(found.differences)
    say(
        f"{found.channel}: {found.held} listed, {number} differences,"
        f" {found.corrected} obligations changed"
    )
