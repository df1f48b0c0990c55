"""Reconcile a channel: what it shows, held as a whole against the ledger.

What is missing, stale or shown again after its withdrawal is owed again; what somebody
altered is held for a person; what the ledger never sent is told of, and never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from govsync.agent.comparison import Difference, Kind, compare
from govsync.channels.contract import Op, Receipt
from govsync.ledger import believed
from govsync.ledger.believed import Change, Correction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from govsync.channels.contract import Adapter
    from govsync.ledger import Ledger

_CHANGES = {
    Kind.MISSING: Change.GONE,
    Kind.STALE: Change.OTHER,
    Kind.RESURRECTED: Change.OTHER,
    Kind.ALTERED: Change.DOUBT,
}
_AGAIN = frozenset({Kind.MISSING, Kind.STALE, Kind.RESURRECTED})


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """What a comparison came to."""

    channel: str
    held: int
    """How many things the channel listed."""
    differences: tuple[Difference, ...]
    corrected: int = 0
    """How many obligations were changed by it."""

    @property
    def exit_code(self) -> int:
        """0 no difference; 75 the next run mends it; 1 a person must look."""
        kinds = {difference.kind for difference in self.differences}
        if kinds & _AGAIN:
            return 75
        return 1 if kinds else 0


def look(ledger: Ledger, channel: str, adapter: Adapter) -> Reconciliation:
    """Compare a channel with the ledger, and change nothing.

    Raises:
        Unlisted: The channel cannot list what it holds.
        ChannelError: It could not be asked.
    """
    # A service lists in its own order; the ledger by code points, as strings compare.
    held = sorted(adapter.inventory(), key=attrgetter("record"))
    with ledger.database.read() as connection:
        found = tuple(compare(held, believed.beliefs(connection, channel)))
    return Reconciliation(channel=channel, held=len(held), differences=found)


def reconcile(ledger: Ledger, channel: str, adapter: Adapter) -> Reconciliation:
    """Compare a channel with the ledger and order what follows; again changes nothing.

    Raises:
        Unlisted: The channel cannot list what it holds.
        ChannelError: It could not be asked.
    """
    seen = look(ledger, channel, adapter)
    ordered = orders(seen.differences, now=ledger.clock())
    corrected = believed.correct(ledger, channel, ordered)
    extra = [(d.record, d.detail) for d in seen.differences if d.kind is Kind.EXTRA]
    believed.tell_once(ledger, channel, "reconcile.extra", extra)
    return Reconciliation(
        channel=channel,
        held=seen.held,
        differences=seen.differences,
        corrected=corrected,
    )


def orders(differences: Sequence[Difference], *, now: datetime) -> list[Correction]:
    """Return what the ledger has to believe from now on. Pure."""
    return [
        Correction(
            record=difference.record,
            change=_CHANGES[difference.kind],
            action=f"reconcile.{difference.kind}",
            reason=difference.detail,
            receipt=_receipt(difference, now),
        )
        for difference in differences
        if difference.kind in _CHANGES
    ]


def _receipt(difference: Difference, now: datetime) -> dict[str, Any] | None:
    """Return what stands there as a receipt, so that it can be replaced by its name."""
    found = difference.found
    if found is None or difference.kind not in _AGAIN:
        return None
    return Receipt(
        op=Op.PUBLISH,
        record=found.record,
        revision=found.revision,
        digest=found.digest,
        remote_id=found.remote_id,
        address=found.address,
        at=now,
    ).model_dump(mode="json")
