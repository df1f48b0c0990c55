"""``govsync audit verify`` and ``show``: the log, held to its signatures, and read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent.workspace import Workspace
from govsync.cli import anchored
from govsync.cli.output import complain, say, say_json
from govsync.errors import AuditError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection


def verify(
    config: Path,
    *,
    checkpoints: Path | None,
    keys: Sequence[str],
    exported: Path | None,
) -> None:
    """Verify the log, or an exported copy; an AuditError names the first bad entry.

    Raises:
        UsageError: An exported copy is verified without key or checkpoints.
    """
    if exported is not None:
        found = _verify_exported(exported, checkpoints, keys)
    else:
        found = _verify_own(config, checkpoints, keys)
    unsigned = found.size - found.signed
    say(
        f"{found.size} entries and {found.checkpoints} checkpoints hold;"
        f" root {found.root.hex()}"
    )
    if unsigned:
        say(f"{unsigned} entries came after the last checkpoint and are not signed yet")
    if found.expired:
        say(f"{found.expired} entries' texts have expired; their place is proved")
    if found.passed_over:
        say(f"{found.passed_over} checkpoints from before these keys were passed over")
    for key in found.keys:
        say(f"signed, at the end, by {key}")


def _verify_own(
    config: Path, checkpoints: Path | None, keys: Sequence[str]
) -> audit.Verified:
    with Workspace.at(config) as workspace:
        usual = workspace.config.path(workspace.config.audit.checkpoints)
        path = checkpoints or usual
        kept = {str(path): _kept(path, asked_for=checkpoints is not None)}
        kept |= anchored.copies(workspace)
        verifiers = [audit.VerifierKey.parse(key) for key in keys]
        with workspace.database.read() as connection:
            if not keys:
                own_key = workspace.signing_key.verifier
                verifiers = [audit.first_key(connection, own_key)]
            found = _held_against(connection, verifiers, kept)
            own = audit.checkpoints(connection)
        anchored.tell_witnesses(workspace, [*own, *chain(*kept.values())])
        return found


def _held_against(
    connection: Connection,
    keys: Sequence[audit.VerifierKey],
    kept: Mapping[str, Sequence[str]],
) -> audit.Verified:
    """Verify the log; say which copies it was held against, or which contradict it."""
    try:
        found = audit.verify(connection, keys, [*chain(*kept.values())])
    except AuditError:
        own = audit.checkpoints(connection)
        for name in anchored.disagreeing(own, kept):
            complain(f"{name} keeps a checkpoint that this log contradicts")
        raise
    for name, notes in kept.items():
        if notes:
            say(f"{name}: {len(notes)} checkpoints were kept there, and hold")
    return found


def _verify_exported(
    exported: Path, checkpoints: Path | None, keys: Sequence[str]
) -> audit.Verified:
    if not keys or checkpoints is None:
        raise UsageError(
            "an exported log is verified by a key and checkpoints that you kept",
            mend="give --key and --checkpoints",
        )
    kept = _kept(checkpoints, asked_for=True)
    verifiers = [audit.VerifierKey.parse(key) for key in keys]
    with exported.open("rb") as lines:
        return audit.verify_lines(lines, verifiers, kept)


def _kept(path: Path, *, asked_for: bool) -> list[str]:
    if not path.exists():
        if asked_for:
            raise AuditError("no such file of checkpoints", where=str(path))
        return []
    return audit.split_checkpoints(path.read_text(encoding="utf-8"))


def show(config: Path, *, record: str | None, channel: str | None, json: bool) -> None:
    """Print the log's entries."""
    with Workspace.at(config) as workspace, workspace.database.read() as connection:
        told = list(audit.entries(connection, record=record, channel=channel))
    if json:
        say_json([{"seq": seq, **e.model_dump(mode="json")} for seq, e in told])
        return
    for seq, e in told:
        parts = (e.action, e.record, f"r{e.revision}" if e.revision else "", e.channel)
        line = "  ".join(filter(None, (*parts, e.reason)))
        say(f"{seq:>7}  {e.at:%Y-%m-%d %H:%M:%S%z}  {line}")
