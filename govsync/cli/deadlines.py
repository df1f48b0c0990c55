"""``govsync deadlines`` and ``govsync due``: by when what must be public."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from govsync.agent import config as configuration
from govsync.agent.ingest import Reading, read_all_catalogs
from govsync.agent.timeliness import Standing, View, standings
from govsync.agent.workspace import Workspace
from govsync.cli.output import complain, say, say_json, say_table
from govsync.model import SHANGHAI, Catalogs
from govsync.rules import deadline
from govsync.rules.timing import parse, statutes_of
from govsync.sources import read_catalogs

if TYPE_CHECKING:
    from pathlib import Path

    from govsync.model import Item

FOR_A_PERSON = 1
_GRAVE = frozenset({"deadline.overdue"})


def deadlines(config: Path, *, catalog: Path | None, json: bool) -> int:
    """Print how 公开时限 of every row was understood; 1 where some was not."""
    catalogs = _catalogs(config, catalog)
    told = [_row(item) for item in catalogs.items]
    if json:
        say_json(told)
    else:
        header = ["row", "公开时限", "understood", "the law", "check"]
        rows = [
            (one["row"], one["raw"], one["understood"], one["law"], one["check"])
            for one in told
        ]
        say_table(header, [tuple(map(_shown, row)) for row in rows])
    unclear = sum("deadline.unparsed" in one["check"] for one in told)
    if unclear:
        complain(f"{unclear} of {len(told)} rows are not understood in full")
    return FOR_A_PERSON if unclear else 0


def _row(item: Item) -> dict[str, Any]:
    understood = parse(item.deadline)
    laws = [law for law in statutes_of(item.ref, on=None) if not law.general]
    return {
        "row": str(item.ref),
        "raw": item.deadline,
        "understood": [str(part) for part in understood.parts],
        "parts": [
            {**part.meaning, "text": part.text, "begin": part.begin, "end": part.end}
            for part in understood.parts
        ],
        "law": [f"{law} {law.source}" for law in laws],
        "mended": understood.mended,
        "check": sorted({finding.rule for finding in deadline.of_item(item)}),
    }


def _shown(cell: str | list[str]) -> str:
    return cell if isinstance(cell, str) else "\n".join(cell)


def _catalogs(config: Path, catalog: Path | None) -> Catalogs:
    if catalog is None:
        reading = Reading()
        read_all_catalogs(configuration.read(config), reading)
        return reading.catalogs
    read = read_catalogs(catalog)
    for problem in read.problems:
        complain(str(problem))
    return read.catalogs


def due(config: Path, *, within: int | None, json: bool) -> int:
    """Print what is late, overdue, due soon or provisional; 1 where it is overdue."""
    with Workspace.at(config) as workspace:
        days = workspace.config.deadlines.lead_days if within is None else within
        view = View(now=workspace.clock(), lead=timedelta(days=days))
        reading = Reading()
        read_all_catalogs(workspace.config, reading)
        with workspace.database.read() as connection:
            found = [*standings(connection, workspace.config, reading.catalogs, view)]
    found.sort(key=lambda one: (one.by is None, one.by, one.finding.record))
    if json:
        say_json([one.model_dump(mode="json") for one in found])
    else:
        _say_due(found)
    overdue = any(one.finding.rule in _GRAVE for one in found)
    return FOR_A_PERSON if overdue else 0


def _say_due(found: list[Standing]) -> None:
    rows = [
        (
            f"{one.by.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if one.by else "",
            one.finding.rule.removeprefix("deadline."),
            one.finding.record,
            one.channel,
            one.title,
            one.finding.message,
        )
        for one in found
    ]
    say_table(["due", "state", "record", "channel", "title", "why"], rows)
    say(f"{len(found)} to look at")
