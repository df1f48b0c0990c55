"""Agreement: whether every channel shows what a record says now, and if not, why.

条例 art. 6 and 11: what is published must be the same everywhere. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.ledger.obligation import ObligationState
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govsync.ledger.obligation import Obligation
    from govsync.model import Record


class Agreement(Value):
    """One channel against the newest revision."""

    channel: str
    same: bool
    """Whether it is known to show exactly that, or nothing of what was withdrawn."""
    holds: str
    """What it confirmed last: ``revision 2``, ``withdrawn``; empty: nothing."""
    digest: str = ""
    """Of what it confirmed."""
    why: str = ""
    """What explains a difference; empty where nothing does, or there is none."""


def agreements(record: Record, owed: Iterable[Obligation]) -> Iterator[Agreement]:
    """Yield what each channel holds against what a record says.

    Args:
        record: Its newest revision.
        owed: What the ledger knows of it, for each channel.
    """
    for one in owed:
        same = _same(record, one)
        yield Agreement(
            channel=one.channel,
            same=same,
            holds=_holds(one),
            digest=one.held_digest or "",
            why="" if same else _why(record, one),
        )


def _same(record: Record, one: Obligation) -> bool:
    if one.sent_op is not None:
        return False
    if record.withdrawn:
        return one.held_op in {None, "withdraw"}
    shown = (one.held_op, one.held_revision, one.held_digest)
    return shown == ("publish", record.revision, record.digest)


def _holds(one: Obligation) -> str:
    if one.held_op is None:
        return ""
    if one.held_op == "withdraw":
        return "withdrawn"
    return f"revision {one.held_revision}" if one.held_revision else "unknown"


def _why(record: Record, one: Obligation) -> str:
    """Return what the ledger knows that explains a difference."""
    other = one.held_revision == record.revision and one.held_digest != record.digest
    if other and one.held_op == "publish" and not record.withdrawn:
        return ""
    settled = one.state in {ObligationState.LIVE, ObligationState.WITHDRAWN}
    known = one.reason or ("" if settled else one.state.label)
    return f"{known} ({one.step})" if known and one.step else known
