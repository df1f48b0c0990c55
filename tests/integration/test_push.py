"""The engine and a service that does not deduplicate: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.service import Crash, Desk, done_but, queue

from govsync.agent import schedule
from govsync.channels import (
    Done,
    Editor,
    Op,
    Receipt,
    Refresh,
    Reject,
    Retry,
    Stop,
    Unsure,
    Wait,
)
from govsync.ledger import BreakerState, Permission, Ruling, records
from govsync.model import Record, Relation, RelationKind

FIRST = Record(id="r", title="one", published="2026-03-01T08:00:00+08:00")
SECOND = FIRST.changed(title="two")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def test_what_is_owed_goes_once(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.push()
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.states() == {"r": "live"}


def test_only_the_newest_revision_goes(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.owe(SECOND)
    desk.push()

    assert desk.service.effects("r") == [(2, "publish")]


def test_a_lost_answer_is_looked_for_and_not_repeated(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Unsure("reset")))
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.service.calls["find"] == 1
    assert desk.states() == {"r": "live"}


def test_a_lost_call_is_looked_for_and_then_repeated(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(Unsure("reset"))
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.service.calls == {"publish": 2, "find": 1}


def test_while_the_look_fails_nothing_is_repeated(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Unsure("reset")))
    desk.service.finds += [Retry("down"), Retry("down")]
    desk.push()
    assert desk.states() == {"r": "unsure"}
    desk.clock.advance(minutes=2)
    desk.push()
    assert desk.states() == {"r": "unsure"}
    desk.clock.advance(minutes=10)
    desk.push()

    assert desk.states() == {"r": "live"}
    assert desk.service.effects("r") == [(1, "publish")]


def test_a_run_that_dies_after_the_work_is_found_by_the_next(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Crash()))
    with pytest.raises(Crash):
        desk.push()
    assert desk.states() == {"r": "sending"}
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]
    assert desk.states() == {"r": "live"}


def test_a_run_that_dies_before_the_work_does_it_in_the_next(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(Crash())
    with pytest.raises(Crash):
        desk.push()
    desk.push()

    assert desk.service.effects("r") == [(1, "publish")]


def test_a_change_while_nobody_knows_finds_the_old_one_first(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Crash()))
    with pytest.raises(Crash):
        desk.push()
    desk.owe(SECOND)
    desk.push()

    assert desk.service.effects("r") == [(1, "publish"), (2, "publish")]
    assert desk.one().held_revision == 2


def test_what_a_look_found_is_held_before_anything_new_goes(desk: Desk) -> None:
    """Else an adapter would make a second one, for want of the first one's name."""
    desk.owe(FIRST)
    desk.service.answers += [done_but(Crash()), Crash()]
    with pytest.raises(Crash):
        desk.push()
    desk.owe(SECOND)
    with pytest.raises(Crash):
        desk.push()

    assert (desk.one().held_op, desk.one().held_revision) == ("publish", 1)
    assert desk.one().sent_revision == 2


def test_a_withdrawal_while_nobody_knows_takes_it_down(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Crash()))
    with pytest.raises(Crash):
        desk.push()
    desk.screen(desk.ledger.withdraw("r", reason="wrong"))
    desk.push()

    assert desk.service.effects("r") == [(1, "publish"), (2, "withdraw")]
    assert desk.states() == {"r": "withdrawn"}


def test_what_was_never_sent_is_not_taken_down(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.screen(desk.ledger.withdraw("r", reason="wrong"))
    desk.push()

    assert desk.service.effects("r") == []
    assert desk.states() == {"r": "withdrawn"}


def test_a_withdrawal_goes_before_everything_else(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.push()
    desk.owe(*(FIRST.changed(id=f"a{n}") for n in range(3)))
    desk.screen(desk.ledger.withdraw("r", reason="wrong"))
    desk.push()

    assert desk.service.posts[1] == ("r", 2, "withdraw")


def test_a_withdrawal_by_hand_outlives_the_source(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.ledger.withdraw("r", reason="wrong")
    desk.owe(FIRST)
    desk.owe(SECOND)
    desk.push()
    assert desk.service.effects("r") == []
    desk.screen(desk.ledger.restore("r"))
    desk.push()

    assert desk.service.effects("r") == [(4, "publish")]


def test_retry_waits_and_goes_on(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(Retry("down", after=timedelta(minutes=30)))
    desk.push()
    desk.clock.advance(minutes=29)
    desk.push()
    assert desk.states() == {"r": "waiting"}
    desk.clock.advance(minutes=1)
    desk.push()

    assert desk.states() == {"r": "live"}


def test_what_never_works_ends_with_a_person_at_the_printed_time(desk: Desk) -> None:
    policy = desk.channel().configured.policy.changed(trip_after=1000)
    desk.owe(FIRST)
    begin = desk.clock()
    for _ in range(policy.attempts):
        desk.service.answers.append(Retry("down"))
        pusher = desk.pusher()
        pusher.channel.configured = pusher.channel.configured.changed(policy=policy)
        pusher.push()
        desk.clock.now = max(desk.clock.now, desk.one().due_at)

    assert desk.states() == {"r": "held"}
    assert desk.one().step
    assert desk.clock() - begin == schedule.give_up_after(policy)[0]
    assert desk.ledger.retry() == 1
    desk.push()
    assert desk.states() == {"r": "live"}


@pytest.mark.parametrize("error", [Reject("no"), Editor("no", step="rewrite it")])
def test_a_refused_record_waits_for_a_person_and_a_new_revision_goes(
    desk: Desk, error: Reject | Editor
) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(error)
    desk.push()
    desk.push()
    assert desk.states() == {"r": "held"}
    assert desk.service.calls["publish"] == 1
    desk.owe(SECOND)
    desk.push()

    assert desk.service.effects("r") == [(2, "publish")]


def test_what_does_not_fit_is_never_sent(desk: Desk) -> None:
    desk.owe(FIRST.changed(title="too long"), FIRST.changed(id="b"))
    desk.push()

    assert desk.states() == {"b": "live", "r": "held"}
    assert desk.service.calls["publish"] == 1


def test_a_stopped_channel_waits_and_its_records_do_not_fail(desk: Desk) -> None:
    desk.owe(FIRST, FIRST.changed(id="b"))
    desk.service.answers.append(Stop("revoked", step="ask for the right again"))
    tally = desk.push()

    assert tally.stopped == "ask for the right again"
    assert not tally.resting
    desk.clock.advance(days=3)
    desk.push()
    assert desk.service.posts == []
    desk.ledger.set_breaker("account", schedule.after_success(desk.pusher().breaker))
    desk.push()
    assert desk.states() == {"b": "live", "r": "live"}
    assert desk.one().attempts == 0


def test_a_stale_credential_is_renewed_once(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(Refresh("expired"))
    desk.push()
    assert desk.states() == {"r": "live"}
    assert desk.service.made == 2

    desk.owe(SECOND)
    desk.service.answers += [Refresh("expired"), Refresh("expired")]
    tally = desk.push()
    assert "by hand" in tally.stopped
    assert desk.pusher().breaker.state is BreakerState.STOPPED


def test_five_failures_open_the_breaker_and_one_probe_closes_it(desk: Desk) -> None:
    desk.owe(*(FIRST.changed(id=f"a{n}") for n in range(9)))
    desk.service.answers += [Retry("down")] * 5
    assert desk.push().resting
    assert desk.push().resting
    assert desk.service.calls["publish"] == 5

    desk.clock.advance(minutes=6)
    desk.service.answers.append(Retry("down"))
    assert desk.push().resting
    assert desk.service.calls["publish"] == 6  # one probe

    desk.clock.advance(hours=1)
    desk.push()
    assert set(desk.states().values()) == {"live"}
    assert desk.pusher().breaker.state is BreakerState.CLOSED


def test_a_maintenance_window_costs_no_attempt(desk: Desk) -> None:
    desk.owe(FIRST)
    until = datetime(2026, 3, 2, 12, tzinfo=UTC)
    desk.service.answers.append(Wait("maintenance", until=until))
    desk.push()
    assert desk.one().attempts == 0
    desk.clock.now = until
    desk.push()

    assert desk.states() == {"r": "live"}


def test_what_is_queued_is_asked_after_until_it_is_live(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(queue)
    desk.push()
    assert desk.states() == {"r": "accepted"}
    desk.push()
    assert desk.service.calls["settle"] == 0
    desk.clock.advance(minutes=1)
    desk.service.answers.append(Retry("down"))
    desk.push()
    assert desk.states() == {"r": "accepted"}
    desk.clock.advance(minutes=10)
    desk.push()

    assert desk.states() == {"r": "live"}
    assert desk.service.effects("r") == [(1, "publish")]


def test_a_batch_gets_an_outcome_for_each(tmp_path: Path) -> None:
    desk = Desk(tmp_path, batch=10)
    desk.owe(*(FIRST.changed(id=f"a{n}") for n in range(4)))
    desk.service.answers += [Reject("no"), done_but(Unsure("reset")), Retry("down")]
    desk.push()

    assert desk.states() == {"a0": "held", "a1": "live", "a2": "waiting", "a3": "live"}
    assert len(desk.service.posts) == 2
    desk.database.dispose()


def test_a_blocked_revision_is_not_sent_after_a_look(desk: Desk) -> None:
    """The rules changed their mind while nobody knew what became of the sending."""
    desk.owe(FIRST)
    desk.service.answers.append(Crash())
    with pytest.raises(Crash):
        desk.push()
    desk.ruling = Ruling(permission=Permission.BLOCKED, reason="privacy.id-number")
    desk.screen(FIRST.changed(revision=1))
    desk.push()

    assert desk.service.effects("r") == []
    assert desk.states() == {"r": "refused"}


def test_what_a_rule_keeps_back_is_not_lifted_by_retrying(desk: Desk) -> None:
    desk.ruling = Ruling(permission=Permission.HELD, step="give the sign-off")
    desk.owe(FIRST)

    assert desk.ledger.retry() == 0
    desk.push()
    assert desk.service.calls == {}
    assert desk.states() == {"r": "held"}


def test_a_receipt_of_something_else_is_held_for_a_person(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(
        lambda service, release: service.take(release).changed(digest="0" * 64)
    )
    desk.push()

    assert desk.states() == {"r": "held"}
    assert "not what was sent" in desk.one().reason


def test_done_with_the_wrong_receipt_is_held_and_not_sent_for_ever(desk: Desk) -> None:
    desk.owe(FIRST)
    other = Receipt(
        op=Op.PUBLISH, record="r", revision=1, digest="0" * 64, at=desk.clock()
    )
    desk.service.answers.append(Done("exists", receipt=other))
    desk.push()

    assert desk.states() == {"r": "held"}
    assert desk.service.calls["publish"] == 1


def test_done_with_its_receipt_is_live(desk: Desk) -> None:
    desk.owe(FIRST)
    record = FIRST.changed(revision=1)
    ours = Receipt(
        op=Op.PUBLISH, record="r", revision=1, digest=record.digest, at=desk.clock()
    )
    desk.service.answers.append(Done("exists", receipt=ours))
    desk.push()

    assert desk.states() == {"r": "live"}
    assert desk.service.effects("r") == []


def test_what_was_confirmed_wrongly_can_still_be_taken_down(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(
        lambda service, release: service.take(release).changed(digest="0" * 64)
    )
    desk.push()
    desk.screen(desk.ledger.withdraw("r", reason="wrong"))
    desk.push()

    assert desk.service.effects("r") == [(1, "publish"), (2, "withdraw")]


def test_a_revision_that_is_not_in_the_ledger_is_named(desk: Desk) -> None:
    desk.owe(FIRST)
    with (
        desk.database.read() as connection,
        pytest.raises(LookupError, match="revision 7 of r is not in the ledger"),
    ):
        records.load_all(connection, {"r": 7})


def test_the_trail_survives_a_crash(desk: Desk) -> None:
    desk.owe(FIRST)
    desk.service.answers.append(done_but(Crash()))
    with pytest.raises(Crash):
        desk.push()
    (one,) = [desk.one()]
    trail = desk.pusher()._trail(desk.pusher()._releases([one])["r"], one)

    assert trail.get("draft") == "r-1"
    assert trail.get("cover") is None


DOCUMENT = FIRST.changed(id="z-document")
READING = FIRST.changed(
    id="a-reading", relation=Relation(kind=RelationKind.INTERPRETS, target="z-document")
)


def test_an_interpretation_goes_after_its_document_in_the_same_run(desk: Desk) -> None:
    desk.owe(READING)
    desk.owe(DOCUMENT)
    desk.push()

    assert [record for record, _, _ in desk.service.posts] == [
        "z-document",
        "a-reading",
    ]
    assert desk.one("a-reading").attempts == 0


def test_an_interpretation_waits_as_long_as_its_document_does(desk: Desk) -> None:
    desk.owe(DOCUMENT, READING)
    desk.service.answers.append(Retry("down", after=timedelta(hours=3)))
    desk.push()
    for _ in range(5):
        desk.clock.advance(minutes=30)
        desk.push()

    assert desk.service.posts == []
    one = desk.one("a-reading")
    assert (one.reason, one.attempts) == ("waits for z-document", 0)
    desk.clock.advance(hours=1)
    desk.push()
    assert desk.states() == {"a-reading": "live", "z-document": "live"}


def test_an_interpretation_is_held_with_its_document_and_freed_with_it(
    desk: Desk,
) -> None:
    desk.owe(DOCUMENT, READING)
    desk.service.answers.append(Editor("no", step="rewrite it"))
    desk.push()
    desk.clock.advance(minutes=11)
    desk.push()
    assert desk.states() == {"a-reading": "held", "z-document": "held"}
    assert desk.ledger.retry(record="a-reading") == 1
    desk.push()
    assert desk.states()["a-reading"] == "held"

    desk.owe(DOCUMENT.changed(title="rewritten"))
    desk.push()
    assert desk.states() == {"a-reading": "live", "z-document": "live"}


def test_an_interpretation_of_what_was_withdrawn_is_for_a_person(desk: Desk) -> None:
    desk.owe(DOCUMENT)
    desk.push()
    desk.screen(desk.ledger.withdraw("z-document", reason="wrong"))
    desk.push()
    desk.owe(READING)
    desk.push()

    assert desk.states()["a-reading"] == "held"
    assert "withdrawn" in desk.one("a-reading").reason
    desk.screen(desk.ledger.restore("z-document"))
    desk.push()
    assert desk.states() == {"a-reading": "live", "z-document": "live"}


def test_an_interpretation_goes_where_its_document_never_has_to_go(desk: Desk) -> None:
    desk.owe(READING)
    desk.push()

    assert desk.states() == {"a-reading": "live"}


def test_any_number_that_wait_stop_no_other(desk: Desk) -> None:
    relation = READING.relation
    desk.owe(DOCUMENT, priority=99)
    many = [FIRST.changed(id=f"a{n:03d}", relation=relation) for n in range(120)]
    desk.owe(*many, FIRST.changed(id="zz"))
    desk.push()

    assert {record for record, _, _ in desk.service.posts[:2]} == {"zz", "z-document"}
    assert set(desk.states().values()) == {"live"}
