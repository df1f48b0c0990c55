"""Obligations and wants, for the tests of what is decided about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from govsync.ledger import Obligation, ObligationState, Want

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FIRST = Want(op="publish", revision=1, digest="a")
SECOND = Want(op="publish", revision=2, digest="b")
GONE = Want(op="withdraw", revision=3, digest="c")


def obligation(state: ObligationState, want: Want = FIRST, **more: Any) -> Obligation:
    blank = dict.fromkeys(
        ("sent_op", "sent_revision", "held_op", "held_revision", "held_digest")
    )
    return Obligation.model_validate(
        {
            **blank,
            "channel": "city",
            "record": "r",
            "want": want,
            "state": state,
            "due_at": NOW,
            "priority": 10,
            "attempts": 0,
            "reason": "",
            "step": "",
            "cause": "",
            "receipt": None,
            "pending": None,
            "owner": "",
            "fence": 0,
            **more,
        }
    )


def live(want: Want = FIRST) -> Obligation:
    return obligation(
        ObligationState.LIVE,
        want,
        held_op="publish",
        held_revision=want.revision,
        held_digest=want.digest,
    )
