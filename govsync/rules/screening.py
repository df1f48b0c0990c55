"""Screen a record: ask every rule, and say where it may go now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from govsync.model import Catalogs, Finding, Past, Record, Severity, Value
from govsync.rules import (
    deadline,
    integrity,
    privacy,
    redating,
    review,
    scope,
    wording,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from govsync.rules.destination import Destination
    from govsync.rules.timing import WorkCalendar
    from govsync.rules.wording import Wordings


class Screening(Value):
    """What the rules say of one record."""

    findings: tuple[Finding, ...]
    channels: tuple[str, ...]
    """The destinations that the record may go to now, in the order given."""
    due: datetime | None = None
    """By when it must be public; None where no clock can be computed."""
    take_down: datetime | None = None
    """From when on it is to be taken down; None where it is to stay."""


def screen(
    record: Record,
    *,
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    calendar: WorkCalendar | None = None,
    wordings: Wordings | None = None,
    past: Past = review.NOTHING,
) -> Screening:
    """Return what the rules find, and the destinations that are left.

    A block or hold that names no channel keeps the record from every destination; one
    that names a channel takes only that away. A withdrawal may go anywhere: only the
    reason that travels with it is looked at, since who holds the record is the ledger's
    knowledge and what stands in it no longer matters.

    Args:
        record: Its newest revision.
        catalogs: Where its row stands.
        destinations: The channels that are configured.
        calendar: Which days are worked; that of the shipped notices where absent.
        wordings: The words that should not stand in it; the shipped ones where absent.
        past: What was before; nothing is known of it where absent.
    """
    if record.withdrawn:
        return ruled(tuple(_of_withdrawal(record)), destinations)
    due = deadline.known(record, catalogs=catalogs, calendar=calendar)
    findings = (
        *_of_publication(record, catalogs, destinations, past),
        *wording.findings(record, wordings=wordings),
        *deadline.judged(record, due),
    )
    return ruled(findings, destinations, due=due.by, take_down=due.take_down)


def ruled(
    findings: Sequence[Finding],
    destinations: Sequence[Destination],
    **times: datetime | None,
) -> Screening:
    """Return what findings leave of the destinations; ``times`` as in a screening."""
    refused = {f.channel for f in findings if f.severity is not Severity.WARN}
    names = [destination.name for destination in destinations]
    kept = () if "" in refused else tuple(n for n in names if n not in refused)
    return Screening(findings=tuple(findings), channels=kept, **times)


def overridden(
    findings: Sequence[Finding], decisions: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return findings with those of decided rules as warnings.

    Args:
        findings: Of one revision.
        decisions: By rule, what was decided and by whom.
    """
    return tuple(
        f.changed(severity=Severity.WARN, mend=f"published all the same: {decided}")
        if (decided := decisions.get(f.rule))
        else f
        for f in findings
    )


def _of_publication(
    record: Record,
    catalogs: Catalogs,
    destinations: Sequence[Destination],
    past: Past,
) -> Iterator[Finding]:
    yield from review.findings(record, past=past)
    item = catalogs.find(record.item, record.day) if record.item else None
    yield from privacy.findings(record, item)
    yield from integrity.findings(record)
    yield from redating.findings(record, past=past)
    yield from scope.findings(record, catalogs=catalogs, destinations=destinations)


def _of_withdrawal(record: Record) -> Iterator[Finding]:
    yield from privacy.of_withdrawal(record)
    yield from integrity.of_withdrawal(record)
