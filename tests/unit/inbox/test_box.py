"""The inbox on its database: one matter a piece of feedback, each act on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.inbox import (
    MONDAY,
    REVIEWER,
    WRITER,
    Clock,
    box,
    database,
    receive,
    said,
)

from govsync import audit
from govsync.errors import UsageError
from govsync.inbox import Inbox, State
from govsync.inbox.deliveries import Deliveries
from govsync.store import schema
from govsync.store.database import Database


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Database]:
    opened = database(tmp_path)
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def one(held: Database, clock: Clock) -> Inbox:
    receive(held, clock, said())
    inbox = box(held, clock)
    inbox.open_new()
    return inbox


def code_of(inbox: Inbox) -> str:
    return inbox.listed()[0].code


def told(held: Database) -> list[dict[str, object]]:
    with held.read() as connection:
        bodies = connection.execute(select(schema.audit.c.body)).scalars()
        return [json.loads(body) for body in bodies]


def test_each_piece_of_feedback_is_one_matter(held: Database, clock: Clock) -> None:
    many = [said(id=str(n)) for n in range(501)]
    receive(held, clock, *many)
    inbox = box(held, clock)

    assert inbox.open_new() == 501
    assert inbox.open_new() == 0
    receive(held, clock, *many, said(id="late"))
    assert inbox.open_new() == 1
    assert len({matter.code for matter in inbox.listed()}) == 502


def test_a_code_is_never_given_twice(held: Database, clock: Clock) -> None:
    receive(held, clock, said(id="a"), said(id="b"))

    assert box(held, clock, 7, 7, 7, 8).open_new() == 2


def test_an_answer_goes_through_two_people(one: Inbox) -> None:
    code = code_of(one)
    assert one.get(code).state is State.NEW
    one.take(code, by=WRITER)
    one.answer(code, "已补装。", by=WRITER)
    with pytest.raises(UsageError, match="another person"):
        one.approve(code, by=WRITER)
    approved = one.approve(code, by=REVIEWER, draft=1)

    assert (approved.state, approved.reviewed_at) == (State.ANSWERED, MONDAY)
    assert one.listed([State.ANSWERED]) == [approved]


def test_a_refused_act_changes_nothing(one: Inbox, held: Database) -> None:
    code, before = code_of(one), len(told(held))

    with pytest.raises(UsageError):
        one.approve(code, by=REVIEWER)

    assert one.get(code).state is State.NEW
    assert len(told(held)) == before


def test_each_act_is_on_record_without_what_anybody_wrote(
    one: Inbox, held: Database
) -> None:
    code = code_of(one)
    one.take(code, by=WRITER, longer=True)
    one.answer(code, "已补装路灯。", by=WRITER)
    one.send_back(code, by=REVIEWER, reason="请写明日期")
    one.answer(code, "三月五日补装。", by=WRITER)
    one.approve(code, by=REVIEWER)
    one.retry(code, by=WRITER)
    one.delivered(code, by=WRITER, address="https://www.city.example/1")
    one.reveal(code, by=WRITER, reason="电话回复")

    entries = [e for e in told(held) if str(e["action"]).startswith("inbox.")]
    actions = [str(entry["action"]).removeprefix("inbox.") for entry in entries]
    assert (
        actions
        == (
            "opened taken drafted returned drafted approved retry done revealed"
        ).split()
    )
    assert all(entry["detail"]["code"] == code for entry in entries)
    log = json.dumps(told(held), ensure_ascii=False)
    for secret in ("王小明", "13800138000", "wang@", "路灯", "三月五日"):
        assert secret not in log
    with held.read() as connection:
        assert audit.head(connection).size == len(told(held))


def test_closing_needs_a_reason_and_is_the_end(one: Inbox, clock: Clock) -> None:
    code = code_of(one)
    clock.now += timedelta(days=1)
    closed = one.close(code, by=WRITER, reason="重复来信")

    assert (closed.state, closed.reason) == (State.CLOSED, "重复来信")
    assert closed.ended_at == clock.now
    with pytest.raises(UsageError, match="is closed"):
        one.take(code, by=WRITER)


def test_a_code_that_is_none_and_one_that_is_nobodys(one: Inbox) -> None:
    with pytest.raises(UsageError, match="digits"):
        one.get("1")
    with pytest.raises(UsageError, match="no matter"):
        one.get("000000000000")


def test_who_asks_for_a_sender_says_why(one: Inbox) -> None:
    with pytest.raises(UsageError, match="--reason"):
        one.reveal(code_of(one), by=WRITER, reason=" ")


def test_a_delivery_that_a_dead_run_began_is_in_doubt(
    one: Inbox, held: Database, clock: Clock
) -> None:
    code = code_of(one)
    one.answer(code, "好", by=WRITER)
    one.approve(code, by=REVIEWER)
    deliveries = Deliveries(held, actor="tester", clock=clock)
    (due,) = deliveries.due("cms", 10)
    deliveries.intend(due)
    assert deliveries.due("cms", 10) == []

    assert deliveries.begin() == 1
    assert deliveries.begin() == 0
    (again,) = deliveries.due("cms", 10)
    assert (again.delivery, again.attempts) == ("unsure", 1)
    assert deliveries.counts() == {"unsure": 1}


def test_an_answer_to_a_channel_that_is_gone_waits_for_a_person(
    one: Inbox, held: Database, clock: Clock
) -> None:
    code = code_of(one)
    one.answer(code, "好", by=WRITER)
    one.approve(code, by=REVIEWER)
    deliveries = Deliveries(held, actor="tester", clock=clock)

    assert deliveries.strand(["cms"]) == 0
    assert deliveries.strand(["other"]) == 1
    matter = one.get(code)
    assert matter.delivery == "held"
    assert "inbox delivered" in matter.step
