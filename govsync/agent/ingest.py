"""Ingest: read the sources into the ledger; what cannot be read is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync.agent.batches import batches
from govsync.agent.rereading import Unchanged
from govsync.errors import InputError
from govsync.ledger import Intake, Ledger
from govsync.model import Catalog, Catalogs, Finding, Severity
from govsync.rules.numbers import masked
from govsync.sources import Problem, marks, read_catalogs, read_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govsync.agent.config import CatalogFile, Config, SourceFile
    from govsync.ledger import Known
    from govsync.sources import CatalogReading, Row

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
    """In this run, the source of each record that was read: none may have two."""
    unchanged: dict[str, Unchanged] = field(default_factory=dict)
    """By source, its rows that were passed over."""
    notes: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """What the sources noticed of single records, for the screening."""

    def add(self, found: Found) -> None:
        """Take in what one source came to."""
        self.rows += found.rows
        self.problems += found.problems
        self.intake = _sum(self.intake, found.intake)
        for name, findings in found.notes.items():
            self.notes[name] += findings


@dataclass(kw_only=True)
class Found:
    """What one source came to."""

    rows: int = 0
    intake: Intake = field(default_factory=Intake)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    def note(self, row: Row) -> None:
        """Count a row and keep what is to be said of it."""
        self.rows += 1
        self.problems += row.problems
        for problem in row.problems:
            if row.record is not None and problem.rule.startswith("integrity."):
                self.notes[row.record.id].append(_finding(row.record.id, problem))


def read_all_catalogs(config: Config, reading: Reading) -> None:
    """Read the configured catalogs.

    Raises:
        SourceError: One of them is not there or not a workbook: without the whole
            catalog nothing may be screened.
    """
    catalogs: list[Catalog] = []
    for file in config.catalogs:
        read = read_catalog_file(config, file)
        catalogs += read.catalogs.catalogs
        reading.problems += read.problems
    reading.catalogs = Catalogs(catalogs=tuple(catalogs))


def read_catalog_file(config: Config, file: CatalogFile) -> CatalogReading:
    """Read one of the configured files of catalogs.

    Raises:
        SourceError: It cannot be read at all.
    """
    return read_catalogs(
        config.path(file.path),
        version=file.version,
        valid_from=file.begins,
        box_semantics=file.box_semantics,
    )


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
    name, path = str(source.path), config.path(source.path)
    given = (source.kind, source.encoding, source.columns or None)
    unchanged = Unchanged(ledger.marks(name))
    if unchanged and not unchanged.look(marks(path, *given)):
        unchanged = Unchanged()
    reading.unchanged[name] = unchanged
    whole = unchanged.rows and not unchanged.others
    rows = () if whole else read_records(path, *given, known=unchanged.holds)
    found = _taken(rows, name, ledger, reading)
    if found is None:
        reading.unchanged[name] = Unchanged()
        found = _taken(read_records(path, *given), name, ledger, reading) or Found()
    reading.add(found)
    passed = reading.unchanged[name].rows
    reading.add(Found(rows=passed, intake=Intake(same=passed)))


def _taken(
    rows: Iterable[Row], source: str, ledger: Ledger, reading: Reading
) -> Found | None:
    """Take rows into the ledger and return what they came to.

    None where a record stands in a row that was passed over too: which of the two
    counts can only be told when both are read.
    """
    found = Found()
    for batch in batches(rows, COMMIT_EVERY):
        known = ledger.known([row.record.id for row in batch if row.record])
        passed = {
            name: one.source
            for name, one in known.items()
            if _passed_over(one, reading)
        }
        if source in passed.values():
            return None
        settled = [
            _at_home(_without_numbers(row), source, passed, reading) for row in batch
        ]
        for row in settled:
            found.note(row)
        records = [row.record for row in settled if row.record is not None]
        clean = {
            row.record.id: row.mark
            for row in settled
            if row.record and not row.problems
        }
        found.intake = _sum(
            found.intake, ledger.accept(records, source=source, marks=clean)
        )
    return found


def _passed_over(known: Known, reading: Reading) -> bool:
    """Whether a record stands in a row that was passed over in this run."""
    rows = reading.unchanged.get(known.source)
    return rows is not None and bool(known.mark) and rows.holds(known.mark)


def _at_home(row: Row, source: str, passed: Mapping[str, str], reading: Reading) -> Row:
    """Refuse a record that another source has too: the two would take turns."""
    if row.record is None:
        return row
    name = row.record.id
    home = passed.get(name) or reading.homes.setdefault(name, source)
    if home == source:
        return row
    problem = Problem(
        rule="row.twice",
        message=f"{home} has the same record",
        file=source,
        row=row.line,
        record=name,
        value=name,
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
