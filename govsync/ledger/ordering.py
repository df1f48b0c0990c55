"""What has to be live before a record goes: an interpretation follows its document."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from govsync.ledger import obligations
from govsync.ledger.obligation import Obligation, ObligationState
from govsync.model import Value
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

CAUSE = "order"
"""The cause of what waits for another record; neither a rule's nor the channel's."""
ASK_AGAIN = timedelta(minutes=10)
"""When what waits is looked at again, where its document did not free it before."""
_FOR_A_PERSON = (ObligationState.HELD, ObligationState.REFUSED)


class Halt(Value):
    """Why a record does not go yet."""

    state: ObligationState
    reason: str
    step: str = ""


def halted(one: Obligation, document: Obligation | None) -> Halt | None:
    """Return why a record has to wait for its document, or None where it goes. Pure.

    What is live already may be changed at any time, and a withdrawal never waits.

    Args:
        one: What the channel is owed.
        document: The obligation of what it belongs to, on the same channel; None where
            that never has to go there.
    """
    if document is None or one.want.op == "withdraw" or one.held_op == "publish":
        return None
    name = document.record
    if document.want.op == "withdraw":
        return Halt(
            state=ObligationState.HELD,
            reason=f"waits for {name}, which is withdrawn",
            step="withdraw this one too, or name the record that it belongs to",
        )
    if document.held_op == "publish":
        return None
    if document.state in _FOR_A_PERSON:
        return Halt(
            state=ObligationState.HELD,
            reason=f"waits for {name}, which is {document.state}",
            step=f"`govsync show {name}` says what it needs",
        )
    return Halt(state=ObligationState.WAITING, reason=f"waits for {name}")


def keep_back(connection: Connection, leased: Obligation, now: datetime) -> Halt | None:
    """End the lease of what has to wait, without an attempt; None where it goes."""
    # Of what may have been sent already, nothing is decided before the look.
    if not leased.waits_for or leased.state is ObligationState.UNSURE:
        return None
    document = obligations.get(connection, leased.channel, leased.waits_for)
    halt = halted(leased, document)
    if halt is not None:
        obligations.finish(
            connection,
            leased,
            **halt.model_dump(),
            due_at=now + ASK_AGAIN,
            cause=CAUSE,
            sent_op=None,
            sent_revision=None,
        )
    return halt


def free(
    connection: Connection, channel: str, documents: Collection[str], now: datetime
) -> dict[str, list[str]]:
    """Make due what waited for documents that are live; return it, by document."""
    if not documents:
        return {}
    query = select(t.obligation.c.waits_for, t.obligation.c.record).where(
        t.obligation.c.channel == channel,
        t.obligation.c.waits_for.in_(documents),
        # Said so that the index of what waits at all is used.
        t.obligation.c.waits_for != "",
        t.obligation.c.cause == CAUSE,
    )
    freed: dict[str, list[str]] = {}
    # Sorted here, for else the database would walk through all in that order.
    for document, record in sorted(map(tuple, connection.execute(query))):
        _make_due(connection, channel, record, now)
        freed.setdefault(document, []).append(record)
    return freed


def _make_due(connection: Connection, channel: str, record: str, now: datetime) -> None:
    obligations.change(
        connection,
        channel,
        record,
        state=ObligationState.OWED,
        due_at=now,
        reason="",
        step="",
        cause="",
    )
