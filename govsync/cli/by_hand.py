"""``govsync sign-off`` and ``first-day``: what a person decides of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.agent.workspace import Workspace
from govsync.cli.output import say
from govsync.errors import UsageError
from govsync.ledger import by_hand
from govsync.model.base import to_shanghai

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def sign_off(
    config: Path,
    record: str,
    *,
    revision: int | None,
    names: tuple[str, str, str],
    undo: bool,
) -> None:
    """Sign the content of a revision off, or lift that.

    Args:
        config: The configuration's file.
        record: The record's id.
        revision: The one that was read.
        names: Who gave 初审, 复审 and 签发.
        undo: Whether a sign-off by hand is taken back.
    """
    if revision is None and not undo:
        raise UsageError(
            "say which revision was read", mend=f"--revision N: `govsync show {record}`"
        )
    first, second, final = names
    with Workspace.at(config) as workspace, workspace.lock():
        if undo:
            by_hand.lift(workspace.ledger, record)
            say(f"the sign-off of {record} is lifted; the next run screens it again")
            return
        signed = by_hand.sign_off(
            workspace.ledger,
            record,
            revision=revision or 0,
            first=first,
            second=second,
            final=final,
        )
    say(f"{record}: content {signed.content_digest} is signed off by {final}")


def first_day(config: Path, record: str, day: datetime, *, reason: str) -> None:
    """Correct the first day of publication that is noted of a record."""
    with Workspace.at(config) as workspace, workspace.lock():
        by_hand.set_first_day(workspace.ledger, record, to_shanghai(day), reason=reason)
    say(f"{record} was public first on {day:%Y-%m-%d}; the next run screens it again")
