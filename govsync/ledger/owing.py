"""Decide what a channel is owed. Pure: no clock, no store.

The ledger is level-triggered: this compares what should be with what is, so a missed
run, a crash or a week without network changes nothing of what is decided.
"""

from __future__ import annotations

from typing import Any

from govsync.ledger.obligation import IN_FLIGHT, Obligation, ObligationState, Want
from govsync.model.base import Value
from govsync.model.codes import Code

URGENT = 0
"""The priority of withdrawals: they overtake everything."""
CORRECTION = 5
"""The priority of what replaces something live: wrong information stands there now."""


class Permission(Code):
    """What screening says of a record and a channel."""

    GO = "go", "可发布"
    NOT_NAMED = "not_named", "目录未列"
    BLOCKED = "blocked", "阻断"
    HELD = "held", "待办"


class Ruling(Value):
    """A permission, with the reason of a refusal and the step that would lift it."""

    permission: Permission
    reason: str = ""
    step: str = ""


_TAKE_DOWN = "withdraw the record, or restore the channel in its catalog row"


def owe(
    want: Want, ruling: Ruling, known: Obligation | None, *, priority: int
) -> dict[str, Any] | None:
    """Return the obligation's new values, or None where nothing changes.

    Args:
        want: What the channel should hold, as far as the record alone says.
        ruling: What screening says.
        known: The obligation as it stands, if there is one.
        priority: For a publication; a withdrawal is always urgent.
    """
    if want.op == "withdraw":
        values = _withdrawal(want, known)
    elif ruling.permission is Permission.GO:
        values = _publication(want, known, priority)
    elif ruling.permission is Permission.NOT_NAMED:
        values = _not_named(want, ruling, known)
    else:
        values = _refusal(want, ruling, known, priority)
    if values is None or known is None:
        return values
    changed = {k: v for k, v in values.items() if v != _current(known, k)}
    return values if changed else None


def _withdrawal(want: Want, known: Obligation | None) -> dict[str, Any] | None:
    if known is None:
        return None
    if not known.may_hold:
        done = "withdrawn before it was sent" if known.held_op is None else ""
        return _wanting(want, ObligationState.WITHDRAWN, known.priority, reason=done)
    return _wanting(want, _next_state(known), URGENT)


def _publication(
    want: Want, known: Obligation | None, priority: int
) -> dict[str, Any] | None:
    if known is None:
        return _wanting(want, ObligationState.OWED, priority)
    if known.want == want and known.cause != "rule":
        return None
    if _held_after(known, want):
        return _wanting(want, ObligationState.LIVE, priority)
    if known.held_op == "publish":
        priority = min(priority, CORRECTION)
    return _wanting(want, _next_state(known), priority)


def _refusal(
    want: Want, ruling: Ruling, known: Obligation | None, priority: int
) -> dict[str, Any]:
    blocked = ruling.permission is Permission.BLOCKED
    state = ObligationState.REFUSED if blocked else ObligationState.HELD
    if known is not None and known.state in IN_FLIGHT:
        state = known.state
    return _wanting(
        want, state, priority, reason=ruling.reason, step=ruling.step, cause="rule"
    )


def _not_named(
    want: Want, ruling: Ruling, known: Obligation | None
) -> dict[str, Any] | None:
    if known is None:
        return None
    if known.may_hold:
        state, step = ObligationState.HELD, _TAKE_DOWN
        state = known.state if known.state in IN_FLIGHT else state
    else:
        state, step = ObligationState.REFUSED, ""
    return _wanting(
        want, state, known.priority, reason=ruling.reason, step=step, cause="rule"
    )


def _held_after(known: Obligation, want: Want) -> bool:
    held = (known.held_op, known.held_revision, known.held_digest)
    return held == (want.op, want.revision, want.digest)


def _next_state(known: Obligation) -> ObligationState:
    # What may have been sent is looked for first; only then is anything new sent.
    if known.state in IN_FLIGHT:
        return known.state
    return ObligationState.UNSURE if known.sent_op else ObligationState.OWED


def _wanting(
    want: Want,
    state: ObligationState,
    priority: int,
    *,
    reason: str = "",
    step: str = "",
    cause: str = "",
) -> dict[str, Any]:
    return {
        "op": want.op,
        "revision": want.revision,
        "digest": want.digest,
        "state": state,
        "priority": priority,
        "reason": reason,
        "step": step,
        "cause": cause,
    }


def _current(known: Obligation, name: str) -> Any:
    if name in {"op", "revision", "digest"}:
        return getattr(known.want, name)
    return getattr(known, name)
