"""Screen and owe: ask the rules about what changed, and owe what follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import govsync
from govsync import rules
from govsync.agent import files, sequence
from govsync.ledger import (
    Ledger,
    Permission,
    Ruling,
    Screened,
    overrides,
    past,
    records,
)
from govsync.model import (
    Catalogs,
    Finding,
    Past,
    Record,
    Severity,
    Step,
    canonical_json,
    digest_of,
)
from govsync.rules.wording import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govsync.attachments import Folder
    from govsync.ledger.overrides import Override
    from govsync.rules import Destination, Screening
    from govsync.rules.timing import WorkCalendar
    from govsync.rules.wording import Wordings

_AT_ONCE = 200
_NOTHING = Past()
_PRIORITY = {Step.RELEASE: 10, Step.RESPONSE: 20, Step.INTERPRETATION: 20}
"""A document goes before what interprets or answers it."""


def fingerprint(
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    calendar: WorkCalendar,
    wordings: Wordings,
    folder: Folder | None = None,
) -> str:
    """Return what a screening depends on besides the record itself."""
    parts = [d.model_dump(mode="json") for d in destinations]
    digests = [catalogs.digest, calendar.digest, wordings.digest]
    where = [str(folder.root), folder.prefix] if folder else []
    basis = [govsync.__version__, parts, *digests, *where]
    return digest_of(canonical_json(basis))


def screen_all(
    ledger: Ledger,
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    notes: Mapping[str, Sequence[Finding]],
    calendar: WorkCalendar,
    *,
    wordings: Wordings | None = None,
    folder: Folder | None = None,
) -> int:
    """Screen every record that changed, or whose rules or files did; return how many.

    Args:
        ledger: What is screened and where it is kept.
        catalogs: What may go where.
        destinations: The configured channels.
        notes: What the sources noticed, by record.
        calendar: By which deadlines are reckoned.
        wordings: The words that are looked for; None: those that come along.
        folder: Where the files beside records lie; None: no file is read.
    """
    wordings = wordings or shipped()
    mark = fingerprint(catalogs, destinations, calendar, wordings, folder)
    ask = partial(
        rules.screen,
        catalogs=catalogs,
        destinations=destinations,
        calendar=calendar,
        wordings=wordings,
    )
    if folder is not None:
        files.look_again(ledger)
    number = 0
    while True:
        with ledger.database.read() as connection:
            due = [
                record
                for known in records.unscreened(connection, mark, limit=_AT_ONCE)
                if (record := records.load(connection, known.id, known.revision))
            ]
            decided = overrides.standing(connection, due)
            before = past.pasts(connection, [record.id for record in due])
        if not due:
            return number
        beside = files.screened(due, folder, ledger, catalogs) if folder else {}
        ledger.screened(
            [
                _in_sequence(
                    _screened(
                        record,
                        _decided(
                            ask(record, past=before.get(record.id, _NOTHING)),
                            (*notes.get(record.id, ()), *beside.get(record.id, ())),
                            decided.get(record.id, ()),
                            destinations,
                        ),
                        destinations,
                    ),
                    ledger,
                )
                for record in due
            ],
            fingerprint=mark,
        )
        number += len(due)


def _decided(
    screening: Screening,
    more: Sequence[Finding],
    decisions: Sequence[Override],
    destinations: Sequence[Destination],
) -> Screening:
    """Add what others found, and let go what was decided to go (条例 art. 15)."""
    if not more and not decisions:
        return screening
    by_rule = {one.rule: f"{one.basis.label}, {one.by}" for one in decisions}
    findings = rules.overridden((*screening.findings, *more), by_rule)
    times = {"due": screening.due, "take_down": screening.take_down}
    return rules.ruled(findings, destinations, **times)


def _screened(
    record: Record, screening: Screening, destinations: Sequence[Destination]
) -> Screened:
    return Screened(
        record=record,
        findings=screening.findings,
        rulings=rulings(screening, destinations),
        priority=_PRIORITY[record.step],
        deadline=screening.due,
        take_down=screening.take_down,
    )


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
