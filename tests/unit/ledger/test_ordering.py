"""What has to be live before a record goes."""

from __future__ import annotations

from typing import Any

import pytest
from support.obligations import FIRST, GONE, SECOND, live, obligation

from govsync.ledger import Obligation, ObligationState, Want
from govsync.ledger.ordering import halted

OWN = obligation(ObligationState.OWED, waits_for="document")


def document(state: ObligationState, want: Want = FIRST, **more: Any) -> Obligation:
    return obligation(state, want, **more).changed(record="document")


@pytest.mark.parametrize(
    "state",
    [
        ObligationState.OWED,
        ObligationState.SENDING,
        ObligationState.UNSURE,
        ObligationState.ACCEPTED,
        ObligationState.WAITING,
    ],
)
def test_it_waits_while_its_document_is_on_the_way(state: ObligationState) -> None:
    halt = halted(OWN, document(state))

    assert halt is not None
    assert halt.state is ObligationState.WAITING
    assert halt.reason == "waits for document"


@pytest.mark.parametrize("state", [ObligationState.HELD, ObligationState.REFUSED])
def test_where_its_document_waits_for_a_person_so_does_it(
    state: ObligationState,
) -> None:
    halt = halted(OWN, document(state))

    assert halt is not None
    assert (halt.state, str(state) in halt.reason) == (ObligationState.HELD, True)
    assert "govsync show document" in halt.step


def test_where_its_document_is_withdrawn_a_person_decides() -> None:
    halt = halted(OWN, document(ObligationState.WITHDRAWN, GONE))

    assert halt is not None
    assert halt.state is ObligationState.HELD
    assert "which is withdrawn" in halt.reason
    assert halt.step


def test_it_goes_where_its_document_is_live_or_never_has_to_go() -> None:
    older_live = live().changed(record="document", want=SECOND)

    assert halted(OWN, None) is None
    assert halted(OWN, live().changed(record="document")) is None
    assert halted(OWN, older_live) is None


def test_what_is_live_may_be_corrected_and_taken_down_at_any_time() -> None:
    owed = document(ObligationState.OWED)

    assert halted(live().changed(want=SECOND), owed) is None
    assert halted(live().changed(want=GONE), owed) is None
