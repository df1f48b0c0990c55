"""Ingest: read the sources into the ledger; what cannot be read is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync.agent.batches import batches
from govsync.errors import InputError
from govsync.ledger import Intake, Ledger
from govsync.model import Catalog, Catalogs, Finding, Severity
from govsync.rules.numbers import masked
from govsync.sources import Problem, read_catalogs, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.agent.config import Config, SourceFile
    from govsync.sources import Row

COMMIT_EVERY = 500
"""Records accepted in one transaction."""


@dataclass(kw_only=True)
class Reading:
    """What was read, and what could not be."""

    catalogs: Catalogs = field(default_factory=Catalogs)
    rows: int = 0
    intake: Intake = field(default_factory=Intake)
    problems: list[Problem] = field(default_factory=list)
    failures: list[InputError] = field(default_factory=list)
    """Sources that could not be read at all; the others were."""
    homes: dict[str, str] = field(default_factory=dict)
    """In this run, the source of each record: none may have two."""
    notes: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """What the sources noticed of single records, for the screening."""


def read_all_catalogs(config: Config, reading: Reading) -> None:
    """Read the configured catalogs.

    Raises:
        SourceError: One of them is not there or not a workbook: without the whole
            catalog nothing may be screened.
    """
    catalogs: list[Catalog] = []
    for file in config.catalogs:
        read = read_catalogs(
            config.path(file.path),
            version=file.version,
            box_semantics=file.box_semantics,
        )
        catalogs += read.catalogs.catalogs
        reading.problems += read.problems
    reading.catalogs = Catalogs(catalogs=tuple(catalogs))


def ingest(config: Config, ledger: Ledger, reading: Reading) -> None:
    """Read every source into the ledger; one that fails never stops the others."""
    for source in config.sources:
        try:
            _ingest_one(config, source, ledger, reading)
        except InputError as error:
            reading.failures.append(error)
            ledger.tell("source.failed", reason=str(error), source=str(source.path))


def _ingest_one(
    config: Config, source: SourceFile, ledger: Ledger, reading: Reading
) -> None:
    rows = read_records(
        config.path(source.path),
        kind=source.kind,
        encoding=source.encoding,
        columns=source.columns or None,
    )
    named = str(source.path)
    for batch in batches(_noted(rows, named, reading), COMMIT_EVERY):
        records = [row.record for row in batch if row.record is not None]
        taken = ledger.accept(records, source=named)
        reading.intake = _sum(reading.intake, taken)


def _noted(rows: Iterator[Row], source: str, reading: Reading) -> Iterator[Row]:
    for found in rows:
        row = _at_home(_without_numbers(found), source, reading)
        reading.rows += 1
        reading.problems += row.problems
        for problem in row.problems:
            if row.record is not None and problem.rule.startswith("integrity."):
                reading.notes[row.record.id].append(_finding(row.record.id, problem))
        yield row


def _at_home(row: Row, source: str, reading: Reading) -> Row:
    """Refuse a record that another source has too: the two would take turns."""
    if row.record is None:
        return row
    home = reading.homes.setdefault(row.record.id, source)
    if home == source:
        return row
    problem = Problem(
        rule="row.twice",
        message=f"{home} has the same record",
        file=source,
        row=row.line,
        record=row.record.id,
        value=row.record.id,
        mend="take it out of one of the two sources",
    )
    return row.changed(record=None, problems=(*row.problems, problem))


def _without_numbers(row: Row) -> Row:
    """Mask numbers of persons in the reason of a withdrawal.

    The public reads it, and taking down must not wait for a better one.
    """
    if row.record is None or not row.record.withdrawn:
        return row
    status = row.record.status
    shown = status.changed(reason=masked(status.reason))
    return row.changed(record=row.record.changed(status=shown))


def _finding(record_id: str, problem: Problem) -> Finding:
    return Finding(
        rule=problem.rule,
        severity=Severity.WARN,
        message=problem.message,
        record=record_id,
        field="body",
        place=f"{problem.file}, row {problem.row}, column {problem.column}",
        mend=problem.mend,
    )


def _sum(one: Intake, other: Intake) -> Intake:
    return Intake(
        new=one.new + other.new,
        revised=one.revised + other.revised,
        same=one.same + other.same,
    )
