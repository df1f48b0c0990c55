"""What the office may do with a matter, and what it may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.inbox import MONDAY, REVIEWER, WRITER, matter, said

from govsync.errors import UsageError
from govsync.inbox import Category, Delivery, Matter, State, acts
from govsync.inbox.matter import category_of, opened

LATER = MONDAY + timedelta(hours=2)


def after(before: Matter, values: dict[str, Any]) -> Matter:
    return before.changed(**values)


def drafted(text: str = "已补装。") -> Matter:
    return after(matter(), acts.answer(matter(), text, by=WRITER))


def approved() -> Matter:
    one = drafted()
    return after(one, acts.approve(one, by=REVIEWER, draft=None, now=LATER))


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"kind": "comment"}, Category.SUGGESTION),
        ({"kind": "comment", "score": 5}, Category.SUGGESTION),
        ({"kind": "comment", "score": 5, "text": " "}, Category.RATING),
        ({"kind": "rating", "score": 1}, Category.RATING),
        ({"kind": "error"}, Category.ERROR),
        ({"kind": "return"}, Category.RETURN),
        ({"kind": "something new"}, Category.SUGGESTION),
    ],
)
def test_feedback_is_of_a_category(changes: dict[str, Any], category: Category) -> None:
    assert category_of(said(**changes)) is category


def test_what_nobody_waits_for_is_closed_as_it_comes() -> None:
    values = opened(said(kind="automatic"), LATER)

    assert (values["state"], values["ended_at"]) == (State.CLOSED, LATER)


def test_time_runs_from_when_it_was_sent_and_never_from_later() -> None:
    assert opened(said(at=MONDAY), LATER)["begins"] == MONDAY
    assert opened(said(at=LATER), MONDAY)["begins"] == MONDAY


def test_taking_on_keeps_the_longer_term() -> None:
    one = after(matter(), acts.take(matter(), by=WRITER, longer=True))
    again = after(one, acts.take(one, by=REVIEWER, longer=False))

    assert (one.state, one.taken_by) == (State.SEEN, WRITER)
    assert (again.complex, again.taken_by) == (True, REVIEWER)


def test_an_answer_waits_for_its_review() -> None:
    one = drafted()

    assert (one.state, one.draft, one.answered_by) == (State.ANSWERING, 1, WRITER)
    assert one.delivery is Delivery.NONE
    with pytest.raises(UsageError, match="no approved answer"):
        assert one.final


@pytest.mark.parametrize("same", [WRITER, f" {WRITER}　", "李 科员"])
def test_who_wrote_an_answer_does_not_review_it(same: str) -> None:
    with pytest.raises(UsageError, match="another person"):
        acts.approve(drafted(), by=same, draft=None, now=LATER)
    with pytest.raises(UsageError, match="another person"):
        acts.send_back(drafted(), by=same, reason="不妥")


def test_a_review_is_of_the_draft_that_was_read() -> None:
    one = drafted()
    newer = after(one, acts.answer(one, "明天补装。", by=WRITER))

    with pytest.raises(UsageError, match="draft 2 by now"):
        acts.approve(newer, by=REVIEWER, draft=1, now=LATER)
    assert acts.approve(newer, by=REVIEWER, draft=2, now=LATER)["state"] == "answered"


def test_an_approved_answer_is_owed() -> None:
    one = approved()

    assert (one.state, one.delivery) == (State.ANSWERED, Delivery.OWED)
    assert one.final.text == "已补装。"
    assert one.final.at == LATER


def test_a_returned_answer_is_written_anew() -> None:
    one = drafted()
    back = after(one, acts.send_back(one, by=REVIEWER, reason="请写明日期"))

    assert (back.state, back.reason) == (State.SEEN, "请写明日期")
    assert acts.answer(back, "三月五日补装。", by=WRITER)["draft"] == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("  \n", "empty"),
        ("好" * 10_001, "longer than"),
        ("请联系 13800138000", "138"),
        ("身份证 23038219900101001X", "23"),
    ],
)
def test_an_answer_that_may_not_go_out_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        acts.answer(matter(), text, by=WRITER)

    assert "13800138000" not in str(refused.value)
    assert "23038219900101001X" not in str(refused.value)


@pytest.mark.parametrize("state", [State.ANSWERED, State.PUBLISHED, State.CLOSED])
def test_what_is_decided_takes_no_other_answer(state: State) -> None:
    one = matter(state=state, reviewed_at=MONDAY)

    for act in (
        lambda: acts.answer(one, "好", by=WRITER),
        lambda: acts.take(one, by=WRITER, longer=False),
        lambda: acts.close(one, reason="重复", now=LATER),
        lambda: acts.approve(one, by=REVIEWER, draft=None, now=LATER),
    ):
        with pytest.raises(UsageError, match=f"is {state}"):
            act()


def test_what_its_channel_refused_is_written_anew() -> None:
    refused = approved().changed(delivery=Delivery.HELD, reason="太长")

    assert acts.answer(refused, "短些", by=WRITER)["draft"] == 2


def test_what_may_have_arrived_is_not_written_anew() -> None:
    """There would be two answers."""
    doubtful = approved().changed(delivery=Delivery.HELD, attempts=14)

    with pytest.raises(UsageError, match="is answered"):
        acts.answer(doubtful, "再答", by=WRITER)


@pytest.mark.parametrize(
    ("changes", "again"),
    [
        ({"delivery": Delivery.HELD}, Delivery.OWED),
        ({"delivery": Delivery.HELD, "attempts": 3}, Delivery.UNSURE),
        ({"delivery": Delivery.UNSURE}, Delivery.UNSURE),
    ],
)
def test_a_retry_looks_first_where_something_may_have_arrived(
    changes: dict[str, Any], again: Delivery
) -> None:
    values = acts.retry(approved().changed(**changes), now=LATER)

    assert (values["delivery"], values["try_at"]) == (again, LATER)


def test_an_answer_by_hand_is_proved_by_who_gave_it() -> None:
    values = acts.delivered(approved(), by=WRITER, address="", now=LATER)

    assert values["state"] is State.PUBLISHED
    assert values["receipt"]["proof"] == {"by": WRITER}
    assert values["receipt"]["digest"] == approved().final.digest


def test_nobody_acts_without_a_name_or_a_reason() -> None:
    with pytest.raises(UsageError, match="--by"):
        acts.take(matter(), by=" \u200b", longer=False)
    with pytest.raises(UsageError, match="--reason"):
        acts.close(matter(), reason="", now=LATER)


def test_a_reason_keeps_no_number_of_a_person() -> None:
    values = acts.close(matter(), reason="已电话 13800138000 告知", now=LATER)

    assert "138****8000" in values["reason"]
