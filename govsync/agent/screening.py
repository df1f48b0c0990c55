"""Screen and owe: ask the rules about what changed, and owe what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import govsync
from govsync import attachments, rules
from govsync.agent import sequence
from govsync.ledger import (
    Ledger,
    Permission,
    Ruling,
    Screened,
    overrides,
    records,
)
from govsync.model import (
    Catalogs,
    Finding,
    Record,
    Severity,
    Step,
    canonical_json,
    digest_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govsync.attachments import Folder
    from govsync.rules import Destination, Screening

_AT_ONCE = 200
_PRIORITY = {Step.RELEASE: 10, Step.RESPONSE: 20, Step.INTERPRETATION: 20}
"""A document goes before what interprets or answers it."""


def fingerprint(
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    folder: Folder | None = None,
) -> str:
    """Return what a screening depends on besides the record itself."""
    parts = [d.model_dump(mode="json") for d in destinations]
    known = [govsync.__version__, catalogs.digest, parts]
    files = [str(folder.root), folder.prefix] if folder else []
    return digest_of(canonical_json(known + files))


def screen_all(
    ledger: Ledger,
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    notes: Mapping[str, Sequence[Finding]],
    folder: Folder | None = None,
) -> int:
    """Screen every record that changed, or whose rules or files did; return how many.

    Args:
        ledger: What is screened and where it is kept.
        catalogs: What may go where.
        destinations: The configured channels.
        notes: What the sources noticed, by record.
        folder: Where the files beside records lie; None: they are not read.
    """
    mark = fingerprint(catalogs, destinations, folder)
    overrides.look_at_files(ledger)
    number = 0
    while True:
        with ledger.database.read() as connection:
            due = [
                record
                for known in records.unscreened(connection, mark, limit=_AT_ONCE)
                if (record := records.load(connection, known.id, known.revision))
            ]
        if not due:
            return number
        ledger.screened(
            [
                _in_sequence(
                    _screened(
                        record,
                        catalogs,
                        destinations,
                        (*notes.get(record.id, ()), *_of_files(record, folder, ledger)),
                        ledger,
                    ),
                    ledger,
                )
                for record in due
            ],
            fingerprint=mark,
        )
        number += len(due)


def _screened(
    record: Record,
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    notes: Sequence[Finding],
    ledger: Ledger,
) -> Screened:
    found = rules.screen(record, catalogs=catalogs, destinations=destinations).findings
    decided = _decided(record, ledger)
    screening = rules.ruled(rules.overridden((*found, *notes), decided), destinations)
    return Screened(
        record=record,
        findings=screening.findings,
        rulings=rulings(screening, destinations),
        priority=_PRIORITY[record.step],
    )


def _decided(record: Record, ledger: Ledger) -> dict[str, str]:
    with ledger.database.read() as connection:
        decisions = overrides.standing(connection, record.id, record.digest)
    return {one.rule: f"{one.basis.label}, {one.by}" for one in decisions}


def _of_files(
    record: Record, folder: Folder | None, ledger: Ledger
) -> tuple[Finding, ...]:
    """Screen the files of a record, and remember them as they were before."""
    if folder is None or record.withdrawn or not record.attachments:
        return ()
    paths = (folder.path(one.href) for one in record.attachments)
    with ledger.database.write() as connection:
        overrides.remember_files(connection, record.id, [str(p) for p in paths if p])
    return tuple(attachments.findings(record, folder))


def _in_sequence(one: Screened, ledger: Ledger) -> Screened:
    """Say which record has to be live first; in a circle of them, none."""
    following = sequence.followed(one.record)
    if not following:
        return one
    with ledger.database.read() as connection:
        passed = sequence.circle(
            one.record, lambda name: records.current(connection, name)
        )
    if passed:
        return one.changed(findings=(*one.findings, sequence.finding(passed)))
    return one.changed(waits_for=following)


def rulings(
    screening: Screening, destinations: Sequence[Destination]
) -> dict[str, Ruling]:
    """Return what a screening means for each channel.

    What its row does not name is simply not owed; what the row names but a rule keeps
    back is an obligation that waits, with its reason.
    """
    whole = _gravest([f for f in screening.findings if not f.channel])
    return {
        destination.name: _ruling(destination.name, screening, whole)
        for destination in destinations
    }


def _ruling(channel: str, screening: Screening, whole: Finding | None) -> Ruling:
    if channel in screening.channels:
        return Ruling(permission=Permission.GO)
    own = _gravest([f for f in screening.findings if f.channel == channel])
    if own is not None:
        return Ruling(permission=Permission.NOT_NAMED, reason=own.rule)
    if whole is None:
        return Ruling(permission=Permission.NOT_NAMED, reason="scope.not-named")
    if whole.severity is Severity.HOLD:
        step = whole.mend or whole.message
        return Ruling(permission=Permission.HELD, reason=whole.rule, step=step)
    return Ruling(permission=Permission.BLOCKED, reason=whole.rule)


def _gravest(findings: Sequence[Finding]) -> Finding | None:
    for severity in (Severity.BLOCK, Severity.HOLD):
        for finding in findings:
            if finding.severity is severity:
                return finding
    return None
