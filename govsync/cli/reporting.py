"""``govsync report``: figures of the ledger and the audit log, as of a day."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from govsync.agent.ingest import Reading, read_all_catalogs
from govsync.agent.timeliness import calendar_of
from govsync.agent.workspace import Workspace
from govsync.cli.output import complain, say
from govsync.errors import UsageError
from govsync.files import replacing
from govsync.ledger.links import kept
from govsync.model import SHANGHAI
from govsync.reports import Audience, Facts, Subject, gather, make, rendering_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def report(config: Path, *, audience: str, out: Path, as_of: date | None) -> None:
    """Write a report.

    Raises:
        UsageError: No such audience or form, or the day is still to come.
    """
    render = rendering_of(out)
    readers = {str(one): one for one in Audience}
    if audience not in readers:
        raise UsageError(
            f"no report for {audience!r}", mend=f"--for {'|'.join(readers)}"
        )
    # Hundreds of thousands of values, and none is ever freed before the end.
    gc.disable()
    try:
        facts = _facts(config, as_of)
        made = make(facts, readers[audience])
        with replacing(out) as file:
            render(made, file)
    finally:
        gc.enable()
    say(f"{out}: {len(facts.records)} records as of {facts.as_of}")


def _facts(config: Path, as_of: date | None) -> Facts:
    with Workspace.at(config) as workspace:
        today = workspace.clock().astimezone(SHANGHAI).date()
        day = as_of or today
        if day > today:
            raise UsageError(
                f"{day} is still to come", mend="--as-of a day up to today"
            )
        reading = Reading()
        read_all_catalogs(workspace.config, reading)
        for problem in reading.problems:
            complain(str(problem))
        subject = Subject(
            city=workspace.config.city.name,
            catalogs=reading.catalogs,
            channels={n: c.serves for n, c in workspace.config.channels.items()},
            calendar=calendar_of(workspace.config),
        )
        with workspace.database.read() as connection:
            seen = kept(connection) if day == today else None
            return gather(connection, subject, day, links=seen or None)
