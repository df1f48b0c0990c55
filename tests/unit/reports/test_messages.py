"""What had become of feedback by a day stays as it was on that day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from support.inbox import REVIEWER, WRITER, Clock, box, database, receive, said

from govsync.inbox import Category
from govsync.reports.gathering import messages_until


def test_what_came_of_it_later_is_not_told_of_a_day_before(tmp_path: Path) -> None:
    held, clock = database(tmp_path), Clock()
    receive(held, clock, said(id="a"), said(id="b"), said(id="c"))
    inbox = box(held, clock)
    inbox.open_new()
    one, two, _ = (matter.code for matter in inbox.listed())
    clock.now += timedelta(days=2)
    inbox.answer(one, "好", by=WRITER)
    inbox.approve(one, by=REVIEWER)
    inbox.delivered(one, by=WRITER)
    inbox.close(two, by=WRITER, reason="重复")

    with held.read() as connection:
        before, at_once, after = (
            list(messages_until(connection, clock.now + timedelta(seconds=later)))
            for later in (-86_400, 0, 1)
        )
    held.dispose()

    assert {(m.answered, m.closed) for m in [*before, *at_once]} == {(None, None)}
    assert {m.category for m in after} == {Category.SUGGESTION}
    assert sorted((bool(m.answered), bool(m.closed)) for m in after) == [
        (False, False),
        (False, True),
        (True, False),
    ]


def test_feedback_that_is_no_matter_yet_is_told_by_its_kind(tmp_path: Path) -> None:
    held, clock = database(tmp_path), Clock()
    receive(held, clock, said(kind="comment", score=3))

    with held.read() as connection:
        (one,) = messages_until(connection, clock.now + timedelta(seconds=1))
    held.dispose()

    assert (one.kind, one.category, one.score) == ("comment", None, 3)
