"""What a look at a channel changes of an obligation, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest
from support.obligations import SECOND, live, obligation

from govsync.ledger import ObligationState
from govsync.ledger.believed import Change, Correction, corrected

RECEIPT = {"op": "publish", "revision": 1, "digest": "a"}


def seen(change: Change, **more: Any) -> Correction:
    return Correction(
        record="r", change=change, action="reconcile.x", reason="seen", **more
    )


def test_what_is_gone_is_owed_again() -> None:
    values = corrected(live(), seen(Change.GONE))

    assert values is not None
    assert values["state"] is ObligationState.OWED
    assert (values["held_op"], values["receipt"]) == (None, None)


def test_what_is_older_is_owed_again_in_place_of_what_stands() -> None:
    values = corrected(live(SECOND), seen(Change.OTHER, receipt=RECEIPT))

    assert values is not None
    assert values["state"] is ObligationState.OWED
    assert (values["held_revision"], values["receipt"]) == (1, RECEIPT)


def test_what_a_rule_keeps_back_stays_its_own() -> None:
    """A doubt would turn it into something that ``retry`` sends."""
    refused = live().changed(want=SECOND, state=ObligationState.REFUSED, cause="rule")

    for change in (Change.GONE, Change.DOUBT):
        values = corrected(refused, seen(change))
        assert values is not None
        assert not {"state", "cause", "step"} & values.keys()


def test_doubting_twice_changes_nothing() -> None:
    values = corrected(live(), seen(Change.DOUBT))

    assert values is not None
    assert values["state"] is ObligationState.HELD
    again = live().changed(**values)
    assert corrected(again, seen(Change.DOUBT).changed(reason="other")) is None
    assert again.may_hold


@pytest.mark.parametrize(
    "busy",
    [
        obligation(ObligationState.UNSURE, sent_op="publish", sent_revision=1),
        obligation(ObligationState.ACCEPTED, sent_op="publish", sent_revision=1),
        obligation(ObligationState.HELD, sent_op="publish", sent_revision=1),
        live().changed(owner="somebody"),
    ],
)
def test_what_is_on_its_way_is_left_to_the_next_run(busy: Any) -> None:
    assert corrected(busy, seen(Change.GONE)) is None
