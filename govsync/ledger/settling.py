"""Decide what an outcome makes of an obligation. Pure: no clock, no store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from govsync.ledger.obligation import IN_FLIGHT, Obligation, ObligationState
from govsync.model import Value


class Settlement(Value):
    """What became of a lease, as the agent understood it."""

    state: ObligationState
    """``live`` stands for "confirmed", whatever was asked; the ledger says the rest."""
    due_at: datetime
    attempts: int = 0
    reason: str = ""
    step: str = ""
    receipt: dict[str, Any] | None = None
    """The channel's proof of what was sent, where it confirmed."""
    pending: dict[str, Any] | None = None
    unknown: bool = False
    """Whether nobody knows what became of what was sent."""
    exchanges: tuple[str, ...] = ()
    """What went over the line, for the audit log: call, status, digests."""


def settled(now: Obligation, settlement: Settlement) -> dict[str, Any]:
    """Return an obligation's new values, given what is wanted of it by now."""
    if settlement.state is ObligationState.LIVE:
        return _confirmed(now, settlement)
    unknown = settlement.unknown or settlement.state in IN_FLIGHT
    values: dict[str, Any] = {
        "state": settlement.state,
        "due_at": settlement.due_at,
        "attempts": settlement.attempts,
        "reason": settlement.reason,
        "step": settlement.step,
        "pending": settlement.pending,
        "cause": "channel" if settlement.state is ObligationState.HELD else "",
    }
    if not unknown:
        values |= {"sent_op": None, "sent_revision": None}
    if not unknown and now.cause == "rule":
        values |= _ruled(now)
    return values


def _confirmed(now: Obligation, settlement: Settlement) -> dict[str, Any]:
    receipt = settlement.receipt or {}
    values: dict[str, Any] = {
        "held_op": receipt.get("op"),
        "held_revision": receipt.get("revision"),
        "held_digest": receipt.get("digest"),
        "receipt": receipt,
        "pending": None,
        "sent_op": None,
        "sent_revision": None,
        "attempts": 0,
        "due_at": settlement.due_at,
        "reason": settlement.reason,
        "step": "",
        "cause": "",
    }
    held = (values["held_op"], values["held_revision"], values["held_digest"])
    if held == (now.want.op, now.want.revision, now.want.digest):
        live = now.want.op == "publish"
        state = ObligationState.LIVE if live else ObligationState.WITHDRAWN
        return values | {"state": state}
    if now.cause == "rule":
        return values | _ruled(now)
    return values | {"state": ObligationState.OWED}


def _ruled(now: Obligation) -> dict[str, Any]:
    state = ObligationState.HELD if now.step else ObligationState.REFUSED
    return {"state": state, "reason": now.reason, "step": now.step, "cause": "rule"}
