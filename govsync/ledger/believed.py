"""What the ledger believes that a channel holds: a stream, and its corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from govsync import audit
from govsync.ledger import obligations
from govsync.ledger.obligation import IN_FLIGHT, Obligation, ObligationState
from govsync.model import Value
from govsync.model.codes import Code
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from govsync.ledger.ledger import Ledger

_SETTLED = frozenset({ObligationState.LIVE, ObligationState.WITHDRAWN})
_DOUBTED = "compare them with `govsync show`, then `govsync retry`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Belief:
    """What a channel is believed to hold of a record; light, for there are many."""

    record: str
    op: str | None
    """``publish`` or ``withdraw``, as it was confirmed; None: nothing ever was."""
    revision: int | None
    """None where what is live is in doubt already."""
    digests: tuple[str | None, ...]
    """As the receipt gives it: of the whole record, and of its public view."""
    settled: bool
    """Whether nothing is on its way that would make the comparison a guess."""


class Change(Code):
    """What a look at the channel changes of a belief."""

    GONE = "gone", "缺失"
    """It holds nothing of the record."""
    OTHER = "other", "另有版本"
    """It holds another revision of ours."""
    DOUBT = "doubt", "被改动"
    """It holds what nobody of us wrote."""


class Correction(Value):
    """What the channel was seen to hold."""

    record: str
    change: Change
    action: str
    """What the audit log calls it, such as ``reconcile.missing``."""
    reason: str
    receipt: dict[str, Any] | None = None
    """What it holds, as a receipt would say it; for another revision."""


def beliefs(connection: Connection, channel: str) -> Iterator[Belief]:
    """Yield what a channel is believed to hold, in order of record."""
    public = t.obligation.c.receipt["proof"]["public_digest"].as_string()
    query = (
        select(*(t.obligation.c[name] for name in _NAMES), public.label("public"))
        .where(t.obligation.c.channel == channel)
        .order_by(t.obligation.c.record)
        .execution_options(yield_per=1000)
    )
    return (_belief(row) for row in connection.execute(query))


def correct(ledger: Ledger, channel: str, corrections: Sequence[Correction]) -> int:
    """Believe what was seen, all in one transaction; return how many rows changed.

    What the ledger wants stays as it is: with another belief beside it, the difference
    is owed again. A row that something is on its way for is left to the next run.
    """
    with ledger.database.write() as connection:
        entries = []
        for correction in corrections:
            one = obligations.get(connection, channel, correction.record)
            values = corrected(one, correction) if one else None
            if one is None or values is None:
                continue
            if "state" in values and values["state"] is not ObligationState.HELD:
                values |= {"due_at": ledger.clock()}
            obligations.change(connection, channel, one.record, **values)
            entries.append(
                ledger.tells.plain(
                    correction.action,
                    record=one.record,
                    channel=channel,
                    revision=one.want.revision,
                    reason=correction.reason[:500],
                )
            )
        audit.append(connection, entries)
    return len(entries)


def tell_once(
    ledger: Ledger, channel: str, action: str, told: Sequence[tuple[str, str]]
) -> int:
    """Tell of records that nothing is done about, each once; return how many were new.

    Args:
        ledger: Whose log.
        channel: Where they were seen.
        action: What the audit log calls it.
        told: Each record, and what there is to say of it.
    """
    with ledger.database.write() as connection:
        new = [
            ledger.tells.plain(action, record=record, channel=channel, reason=reason)
            for record, reason in told
            if not _told(connection, channel, action, record)
        ]
        audit.append(connection, new)
    return len(new)


def corrected(one: Obligation, correction: Correction) -> dict[str, Any] | None:
    """Return an obligation's new values, or None where nothing changes. Pure."""
    if one.owner or one.sent_op or one.state in IN_FLIGHT:
        return None
    values = _seen(one, correction)
    if all(getattr(one, name) == value for name, value in values.items()):
        return None
    return values


def _seen(one: Obligation, correction: Correction) -> dict[str, Any]:
    if correction.change is Change.DOUBT:
        return doubted(one, correction.reason)
    receipt = correction.receipt or {}
    values: dict[str, Any] = {
        "held_op": receipt.get("op"),
        "held_revision": receipt.get("revision"),
        "held_digest": receipt.get("digest"),
        "receipt": correction.receipt,
    }
    if one.state not in _SETTLED:
        # It is owed already, or a rule or a person keeps it back: that stands.
        return values
    return values | {
        "state": ObligationState.OWED,
        "attempts": 0,
        "reason": correction.reason,
        "step": "",
        "cause": "",
    }


def doubted(one: Obligation, reason: str) -> dict[str, Any]:
    """Return what changes of an obligation of which something else is live.

    It may hold a publication for all we know, so that a withdrawal still goes. What a
    rule keeps back stays the rule's: nobody's ``retry`` may send it.
    """
    values: dict[str, Any] = {
        "held_op": "publish",
        "held_revision": None,
        "held_digest": None,
    }
    if one.cause == "rule" or (one.state is ObligationState.HELD and _is_in_doubt(one)):
        return values
    return values | {
        "state": ObligationState.HELD,
        "cause": "channel",
        "reason": f"what is live is not what was sent: {reason}"[:500],
        "step": _DOUBTED,
    }


def _is_in_doubt(one: Obligation) -> bool:
    return one.held_op == "publish" and one.held_revision is None


def _told(connection: Connection, channel: str, action: str, record: str) -> bool:
    known = audit.entries(connection, record=record, channel=channel)
    return any(entry.action == action for _, entry in known)


_NAMES = ("record state owner sent_op held_op held_revision held_digest").split()


def _belief(row: Any) -> Belief:  # a row's type would name its nine columns
    for_a_person = row.state in {"held", "refused"}
    return Belief(
        record=row.record,
        op=row.held_op,
        revision=row.held_revision,
        digests=(row.held_digest, row.public),
        settled=not row.owner
        and row.sent_op is None
        and row.state not in _ON_ITS_WAY
        and (row.held_op is None or row.held_revision is not None or for_a_person),
    )


_ON_ITS_WAY = frozenset(state.value for state in IN_FLIGHT)
