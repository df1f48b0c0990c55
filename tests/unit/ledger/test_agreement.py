"""Every channel shows the same, or it is said why it does not."""

from __future__ import annotations

from typing import Any

import pytest
from support.obligations import obligation

from govsync.channels.testing import sample, taken_back
from govsync.ledger import ObligationState
from govsync.ledger.agreement import Agreement, agreements
from govsync.model import Record

NOW = sample().changed(revision=2)
SHOWN = {"held_op": "publish", "held_revision": 2, "held_digest": NOW.digest}
OLDER = {"held_op": "publish", "held_revision": 1, "held_digest": "0" * 64}


def judged(record: Record = NOW, **known: Any) -> Agreement:
    (one,) = agreements(record, [obligation(**known)])
    return one


def test_the_same_revision_and_digest_are_the_same() -> None:
    one = judged(state=ObligationState.LIVE, **SHOWN)

    assert (one.same, one.holds, one.digest, one.why) == (
        True,
        "revision 2",
        NOW.digest,
        "",
    )


@pytest.mark.parametrize(
    ("known", "holds", "why"),
    [
        ({"state": ObligationState.OWED, **OLDER}, "revision 1", "待推送"),
        (
            {"state": ObligationState.WAITING, "reason": "503", **OLDER},
            "revision 1",
            "503",
        ),
        (
            {
                "state": ObligationState.HELD,
                "reason": "review.outdated",
                "step": "sign it",
            },
            "",
            "review.outdated (sign it)",
        ),
        (
            {"state": ObligationState.UNSURE, "sent_op": "publish", **SHOWN},
            "revision 2",
            "结果不明",
        ),
        ({"state": ObligationState.LIVE, **OLDER}, "revision 1", ""),
        (
            {"state": ObligationState.LIVE, **SHOWN, "held_digest": "1" * 64},
            "revision 2",
            "",
        ),
        (
            {"state": ObligationState.HELD, "reason": "altered", **OLDER}
            | {"held_revision": None},
            "unknown",
            "altered",
        ),
    ],
)
def test_a_difference_is_explained_or_is_not(
    known: dict[str, Any], holds: str, why: str
) -> None:
    one = judged(**known)

    assert (one.same, one.holds, one.why) == (False, holds, why)


def test_what_was_withdrawn_is_shown_nowhere() -> None:
    gone = taken_back(NOW)

    assert judged(gone, state=ObligationState.WITHDRAWN, held_op="withdraw").same
    assert judged(gone, state=ObligationState.REFUSED).same
    still = judged(gone, state=ObligationState.OWED, **SHOWN)
    assert (still.same, still.why) == (False, "待推送")
