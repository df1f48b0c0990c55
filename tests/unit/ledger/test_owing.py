"""What a channel is owed, by what it holds and what the rules say."""

from __future__ import annotations

from typing import Any

import pytest
from support.obligations import FIRST, GONE, SECOND, live, obligation

from govsync.ledger import Obligation, ObligationState, Permission, Ruling, Want
from govsync.ledger.owing import URGENT, owe

GO = Ruling(permission=Permission.GO)
BLOCKED = Ruling(permission=Permission.BLOCKED, reason="privacy.id-number")
HELD = Ruling(permission=Permission.HELD, reason="review.unsigned", step="sign it")
NOT_NAMED = Ruling(permission=Permission.NOT_NAMED, reason="scope.not-named")


def state_of(want: Want, ruling: Ruling, known: Obligation | None) -> Any:
    values = owe(want, ruling, known, priority=10)
    return None if values is None else values["state"]


def test_a_new_record_is_owed() -> None:
    assert state_of(FIRST, GO, None) is ObligationState.OWED


def test_what_is_live_is_left_alone() -> None:
    assert owe(FIRST, GO, live(), priority=10) is None


@pytest.mark.parametrize("ruling", [GO, BLOCKED, HELD, NOT_NAMED])
def test_deciding_twice_changes_nothing_the_second_time(ruling: Ruling) -> None:
    values = owe(SECOND, ruling, live(), priority=10)
    assert values is not None
    want = {k: values.pop(k) for k in ("op", "revision", "digest")}
    after = live().changed(want=Want(**want), **values)

    assert owe(SECOND, ruling, after, priority=10) is None


def test_only_the_newest_revision_is_owed() -> None:
    waiting = obligation(ObligationState.WAITING, FIRST, attempts=3)
    values = owe(SECOND, GO, waiting, priority=10)

    assert values is not None
    assert (values["state"], values["revision"]) == (ObligationState.OWED, 2)


@pytest.mark.parametrize(
    "state",
    [ObligationState.SENDING, ObligationState.UNSURE, ObligationState.ACCEPTED],
)
def test_what_may_have_been_sent_is_looked_for_before_anything_new_goes(
    state: ObligationState,
) -> None:
    in_flight = obligation(state, FIRST, sent_op="publish", sent_revision=1)

    for want, ruling in ((SECOND, GO), (SECOND, BLOCKED), (GONE, GO)):
        assert state_of(want, ruling, in_flight) is state


def test_a_withdrawal_overtakes_and_goes_only_where_something_is() -> None:
    values = owe(GONE, GO, live(), priority=10)

    assert values is not None
    assert (values["state"], values["priority"]) == (ObligationState.OWED, URGENT)
    assert owe(GONE, GO, None, priority=10) is None


def test_what_was_never_sent_needs_no_taking_down() -> None:
    waiting = obligation(ObligationState.WAITING)

    assert state_of(GONE, GO, waiting) is ObligationState.WITHDRAWN


def test_a_withdrawal_of_what_may_be_there_looks_first() -> None:
    given_up = obligation(ObligationState.HELD, sent_op="publish", sent_revision=1)

    assert state_of(GONE, GO, given_up) is ObligationState.UNSURE


def test_a_withdrawal_goes_even_where_a_rule_blocks_the_record() -> None:
    assert state_of(GONE, BLOCKED, live()) is ObligationState.OWED


def test_a_blocked_revision_leaves_the_older_one_live() -> None:
    values = owe(SECOND, BLOCKED, live(), priority=10)

    assert values is not None
    assert values["state"] is ObligationState.REFUSED
    assert not any(name.startswith("held_") for name in values)


def test_a_held_record_names_its_step() -> None:
    values = owe(FIRST, HELD, None, priority=10)

    assert values is not None
    assert (values["state"], values["step"]) == (ObligationState.HELD, "sign it")


def test_a_lifted_rule_makes_it_owed_again() -> None:
    held = obligation(ObligationState.HELD, cause="rule", step="sign it")

    assert state_of(FIRST, GO, held) is ObligationState.OWED


def test_what_a_channel_holds_back_is_not_lifted_by_screening_again() -> None:
    held = obligation(ObligationState.HELD, cause="channel", step="look")

    assert owe(FIRST, GO, held, priority=10) is None


def test_a_return_to_what_is_live_owes_nothing() -> None:
    refused = live().changed(want=SECOND, state=ObligationState.REFUSED, cause="rule")

    assert state_of(FIRST, GO, refused) is ObligationState.LIVE


def test_what_its_row_does_not_name_is_not_owed_at_all() -> None:
    assert owe(FIRST, NOT_NAMED, None, priority=10) is None


def test_what_is_live_where_its_row_no_longer_names_it_asks_for_a_person() -> None:
    values = owe(FIRST, NOT_NAMED, live(), priority=10)

    assert values is not None
    assert values["state"] is ObligationState.HELD
    assert "withdraw" in values["step"]
