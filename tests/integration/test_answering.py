"""Answers go out with the care of a release; effects are counted at the receiver."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.inbox import REVIEWER, WRITER, Clock, database, said

from govsync.agent.answering import Place, Postman, inbox_of, places
from govsync.agent.config import ChannelSettings, City, Config
from govsync.agent.schedule import Policy
from govsync.agent.workspace import Workspace
from govsync.channels import (
    Answer,
    AnswerReceipt,
    ChannelError,
    Editor,
    Feedback,
    Refresh,
    Reject,
    Retry,
    Stop,
    Trail,
    Unsure,
    Wait,
)
from govsync.inbox import Matter
from govsync.inbox.settings import InboxSettings
from govsync.ledger import BreakerState
from govsync.store import schema


class Crash(BaseException):
    """The machine stops here."""


@dataclass
class Desk:
    """A service that makes two of what is sent twice, and does what a test says."""

    posts: list[tuple[str, str]] = field(default_factory=list)
    """Each (feedback, text) that took effect."""
    next: deque[Callable[[], object]] = field(default_factory=deque)
    looks: deque[ChannelError] = field(default_factory=deque)
    calls: Counter[str] = field(default_factory=Counter)

    def collect(self, since: str) -> tuple[Feedback, ...]:
        return (said(),) if not since else ()

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        self.calls["answer"] += 1
        trail.note("post", str(len(self.posts)))
        act = self.next.popleft() if self.next else self.post
        if act in (self.post, self.lost, self.died):
            self.posts.append((feedback.id, answer.text))
        if act is not self.post:
            act()
        return receipt(feedback, answer)

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        self.calls["answered"] += 1
        if self.looks:
            raise self.looks.popleft()
        assert trail.get("post") is not None
        posted = (feedback.id, answer.text) in self.posts
        return receipt(feedback, answer) if posted else None

    def post(self) -> None:
        """Do the work and say so."""

    def lost(self) -> None:
        """Do the work; the answer is lost."""
        raise Unsure("reset")

    def died(self) -> None:
        """Do the work; the agent dies before it hears."""
        raise Crash


def receipt(feedback: Feedback, answer: Answer) -> AnswerReceipt:
    return AnswerReceipt(feedback=feedback.id, digest=answer.digest, at=answer.at)


def fails(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


@dataclass
class World:
    workspace: Workspace
    clock: Clock
    desk: Desk

    def run(self, *origins: Place) -> dict[str, int]:
        self.clock.now += timedelta(days=1)
        postman = Postman(workspace=self.workspace, random=lambda: 0.0)
        policy = Policy(attempts=3)
        own = Place(name="cms", origin=self.desk, policy=policy)
        return postman.deliver(origins or (own,))

    @property
    def matter(self) -> Matter:
        (one,) = inbox_of(self.workspace).listed()
        return one

    def told(self) -> list[str]:
        with self.workspace.database.read() as connection:
            bodies = connection.execute(select(schema.audit.c.body)).scalars()
            actions = [str(json.loads(body)["action"]) for body in bodies]
        return [one for one in actions if one.startswith("inbox.")]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A workspace with one approved answer to what a CMS brought."""
    config = Config(
        city=City(name="示例市", code="230382", site="https://www.city.example"),
        channels={"cms": ChannelSettings(adapter="city.directory")},
        root=tmp_path,
    )
    held, clock = database(tmp_path), Clock()
    workspace = Workspace(config, clock=clock, database=held, actor="tester")
    told = said().model_dump(mode="json")
    workspace.ledger.collected("cms", [told], "1")
    inbox = inbox_of(workspace)
    inbox.open_new()
    code = inbox.listed()[0].code
    inbox.answer(code, "已补装。", by=WRITER)
    inbox.approve(code, by=REVIEWER)
    yield World(workspace, clock, Desk())
    held.dispose()


def test_an_answer_is_delivered_once_and_proved(world: World) -> None:
    assert world.run() == {}
    assert world.run() == {}

    assert world.desk.posts == [("c-1", "已补装。")]
    matter = world.matter
    assert (matter.state, matter.delivery) == ("published", "done")
    assert matter.receipt is not None
    assert matter.receipt["digest"] == matter.final.digest
    assert world.told()[-2:] == ["inbox.sending", "inbox.done"]


def test_what_nobody_reviewed_is_never_sent(world: World) -> None:
    inbox = inbox_of(world.workspace)
    world.desk.next.append(fails(Reject("too long")))
    world.run()
    inbox.answer(world.matter.code, "短些。", by=WRITER)
    world.run()

    assert world.desk.posts == []
    inbox.approve(world.matter.code, by=REVIEWER)
    world.run()
    assert world.desk.posts == [("c-1", "短些。")]


def test_a_lost_answer_is_looked_for_and_not_repeated(world: World) -> None:
    world.desk.next.append(world.desk.lost)
    assert world.run() == {"unsure": 1}
    assert world.run() == {}

    assert world.desk.calls == {"answer": 1, "answered": 1}
    assert world.matter.state == "published"


def test_a_death_while_sending_is_looked_into(world: World) -> None:
    world.desk.next.append(world.desk.died)
    with pytest.raises(Crash):
        world.run()
    assert world.matter.delivery == "sending"
    world.run()

    assert len(world.desk.posts) == 1
    assert world.matter.state == "published"
    assert "inbox.recovered" in world.told()


def test_what_did_not_arrive_is_sent_after_a_look(world: World) -> None:
    world.desk.next.append(fails(Unsure("reset")))
    world.run()
    world.run()

    assert world.desk.calls == {"answer": 2, "answered": 1}
    assert len(world.desk.posts) == 1


def test_a_look_that_fails_leaves_it_as_unsure(world: World) -> None:
    world.desk.next.append(world.desk.lost)
    world.desk.looks.append(Retry("down"))
    world.run()
    assert world.run() == {"unsure": 1}
    world.run()

    assert len(world.desk.posts) == 1


def test_what_cannot_be_looked_for_is_never_sent_again_by_itself(world: World) -> None:
    world.desk.next.append(world.desk.lost)
    world.desk.looks += [Editor("no list", step="look there")] * 2
    world.run()
    assert world.run() == {"held": 1}
    assert world.matter.step == "look there"

    inbox_of(world.workspace).retry(world.matter.code, by=WRITER)
    assert world.run() == {"held": 1}
    assert world.desk.calls["answer"] == 1


def test_it_is_given_up_after_so_many_attempts(world: World) -> None:
    world.desk.next += [fails(Retry("down"))] * 3
    found = [world.run() for _ in range(4)]

    assert found == [{"waiting": 1}, {"waiting": 1}, {"held": 1}, {"held": 1}]
    assert world.desk.calls["answer"] == 3
    assert "govsync inbox retry" in world.matter.step


def test_a_quota_is_waited_for_and_is_no_attempt(world: World) -> None:
    until = world.clock.now + timedelta(days=2)
    world.desk.next.append(fails(Wait("quota", until=until)))
    world.run()

    assert (world.matter.delivery, world.matter.attempts) == ("waiting", 0)
    assert world.matter.try_at == until


@pytest.mark.parametrize("error", [Stop("key", step="renew it"), Refresh("stale")])
def test_a_channel_that_waits_for_a_person_keeps_its_answers(
    world: World, error: ChannelError
) -> None:
    world.desk.next.append(fails(error))
    assert world.run() == {"waiting": 1}
    breaker = world.workspace.ledger.breaker("cms")
    assert breaker.state is BreakerState.STOPPED
    assert world.run() == {"waiting": 1}
    assert world.desk.calls["answer"] == 1


def test_a_channel_that_confirms_something_else_is_looked_into(world: World) -> None:
    class Odd(Desk):
        def answer(
            self, feedback: Feedback, answer: Answer, trail: Trail
        ) -> AnswerReceipt:
            found = super().answer(feedback, answer, trail)
            return found.changed(digest="0" * 64)

    world.desk = Odd()
    assert world.run() == {"held": 1}

    assert "another answer" in world.matter.reason
    with pytest.raises(Exception, match="is answered"):
        inbox_of(world.workspace).answer(world.matter.code, "再答", by=WRITER)


def test_an_adapter_that_takes_no_answers_names_the_step(world: World) -> None:
    (site,) = places(
        world.workspace.__class__(
            world.workspace.config.changed(
                channels={
                    "cms": ChannelSettings(
                        adapter="city.directory", settings={"path": "public"}
                    )
                }
            ),
            clock=world.clock,
            database=world.workspace.database,
        )
    )

    assert world.run(site) == {"held": 1}
    assert f"govsync inbox delivered {world.matter.code}" in world.matter.step
    inbox_of(world.workspace).delivered(world.matter.code, by=WRITER)
    assert world.matter.state == "published"


def test_a_source_and_a_channel_have_names_of_their_own(world: World) -> None:
    sources = InboxSettings.model_validate(
        {"sources": {"cms": {"kind": "drop", "path": "x.jsonl"}}}
    )
    with pytest.raises(ValueError, match="cms is a channel and a source"):
        world.workspace.config.changed(inbox=sources)
