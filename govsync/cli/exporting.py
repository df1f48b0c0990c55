"""``govsync audit export``: the log as a file, to verify or to read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

from govsync import audit
from govsync.agent.workspace import Workspace
from govsync.cli.output import say
from govsync.files import replacing
from govsync.model.base import to_shanghai

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_WRITERS = {
    "jsonl": audit.export_json_lines,
    "csv": audit.write_csv,
    "xlsx": audit.write_xlsx,
}


def export(
    config: Path,
    out: Path,
    *,
    form: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Write the log; whole and as JSON Lines, with its checkpoints beside it.

    Args:
        config: The configuration.
        out: The file to write; the checkpoints go to ``OUT.checkpoints``.
        form: ``jsonl``, ``csv`` or ``xlsx``.
        since: The first day wanted, in Asia/Shanghai.
        until: The last day wanted.
    """
    begin = None if since is None else to_shanghai(since)
    end = None if until is None else to_shanghai(until) + timedelta(days=1)
    with Workspace.at(config) as workspace, workspace.database.read() as connection:
        with replacing(out, mode=0o600) as file:
            number = _WRITERS[form](
                connection, cast("BinaryIO", file), since=begin, until=end
            )
        if form != "jsonl" or begin or end:
            say(f"{number} entries written to {out}: to read, not to verify;")
            say("a whole export as JSON Lines can be verified")
            return
        beside = out.with_name(f"{out.name}.checkpoints")
        with replacing(beside, mode=0o600) as notes:
            notes.writelines(f"{n}\n".encode() for n in audit.checkpoints(connection))
    say(f"{number} entries written to {out}, their checkpoints to {beside}")
