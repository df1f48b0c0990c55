"""What becomes of an incoming revision, by what is held."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from govsync.formats import Tombstone
from govsync.model import Record, State, Status
from govsync.platform.decision import Event, Held, Incoming, ItemState, decide

RECORD = Record(id="a/2026-00001", title="通知", issuer="甲局", revision=3)
INCOMING = Incoming.of(RECORD)
OTHER = "0" * 64
GRAVE = Tombstone(
    id=RECORD.id, revision=3, digest=OTHER, when=datetime(2026, 3, 1, tzinfo=UTC)
)


def held(
    revision: int, state: Held = Held.PUBLISHED, digest: str = RECORD.digest
) -> ItemState:
    return ItemState(revision=revision, digest=digest, state=state)


@pytest.mark.parametrize(
    ("current", "incoming", "status", "state", "code"),
    [
        (None, INCOMING, 201, Held.PUBLISHED, ""),
        (held(2, digest=OTHER), INCOMING, 200, Held.PUBLISHED, ""),
        (held(2, Held.WITHDRAWN, OTHER), INCOMING, 200, Held.PUBLISHED, ""),
        (held(3), INCOMING, 200, Held.PUBLISHED, ""),
        (held(3, Held.ACCEPTED), INCOMING, 202, Held.ACCEPTED, ""),
        (held(3, Held.REJECTED), INCOMING, 200, Held.REJECTED, ""),
        (held(3, digest=OTHER), INCOMING, 409, None, "P40902"),
        (held(3, Held.WITHDRAWN), INCOMING, 409, None, "P40902"),
        (held(4), INCOMING, 409, None, "P40901"),
        (None, Incoming.of(GRAVE), 201, Held.WITHDRAWN, ""),
        (held(2), Incoming.of(GRAVE), 200, Held.WITHDRAWN, ""),
        (held(3, Held.WITHDRAWN, OTHER), Incoming.of(GRAVE), 200, Held.WITHDRAWN, ""),
        (held(4), Incoming.of(GRAVE), 409, None, "P40901"),
    ],
)
def test_verdicts(
    current: ItemState | None,
    incoming: Incoming,
    status: int,
    state: Held | None,
    code: str,
) -> None:
    verdict = decide(current, incoming)

    assert (verdict.status, verdict.state, verdict.code) == (status, state, code)


@pytest.mark.parametrize("state", list(Held))
def test_a_repeat_and_a_refusal_change_nothing(state: Held) -> None:
    assert decide(held(3, state), INCOMING).events == ()
    assert decide(held(4, state), INCOMING).events == ()


def test_a_queue_holds_publications_and_never_withdrawals() -> None:
    queued = decide(held(2), INCOMING, queue=True)
    withdrawn = decide(held(2), Incoming.of(GRAVE), queue=True)

    assert (queued.status, queued.state) == (202, Held.ACCEPTED)
    assert queued.events == (Event.RECEIVED, Event.ACCEPTED)
    assert withdrawn.events == (Event.RECEIVED, Event.WITHDRAWN)


def test_a_withdrawn_record_is_a_withdrawal_and_is_not_kept() -> None:
    status = Status(state=State.WITHDRAWN, reason="有误")
    incoming = Incoming.of(RECORD.changed(status=status))

    assert incoming.record is None
    assert incoming.reason == "有误"
