"""``govsync audit``: verify, show and export the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from govsync import audit
from govsync.agent.workspace import Workspace
from govsync.cli.output import say, say_json
from govsync.errors import AuditError
from govsync.files import replacing

if TYPE_CHECKING:
    from pathlib import Path


def verify(config: Path, *, checkpoints: Path | None, key: str | None) -> None:
    """Verify the log; an AuditError names the first bad entry."""
    with Workspace.at(config) as workspace:
        kept_at = checkpoints or workspace.config.path(
            workspace.config.audit.checkpoints
        )
        kept = _kept(kept_at, asked_for=checkpoints is not None)
        verifier = (
            audit.VerifierKey.parse(key) if key else workspace.signing_key.verifier
        )
        with workspace.database.read() as connection:
            found = audit.verify(connection, [verifier], kept)
    say(
        f"{found.size} entries and {found.checkpoints} checkpoints hold;"
        f" root {found.root.hex()}"
    )


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


def export(config: Path, out: Path) -> None:
    """Write the log as JSON Lines."""
    with (
        Workspace.at(config) as workspace,
        workspace.database.read() as connection,
        replacing(out, mode=0o600) as file,
    ):
        number = audit.export_json_lines(connection, cast("BinaryIO", file))
    say(f"{number} entries written to {out}")
