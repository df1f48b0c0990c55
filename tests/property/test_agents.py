"""Two agents, one database, a quota: stalls, take-overs, crashes, clocks that step.

The service does not deduplicate, and counts the calls of each day by itself.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.service import Crash, Desk, done_but

from govsync.agent.push import LONGEST_CALL, Pusher
from govsync.channels import Limit, Release, Retry, Unsure
from govsync.ledger import Breaker, Ledger, Obligation, obligations, records
from govsync.ledger.ledger import LEASE
from govsync.model import SHANGHAI, Record

IDS = ("a", "b", "c")
AGENTS = st.sampled_from(("here", "there"))
FREELY, RARELY = (
    Limit(name="call", count=n, per=timedelta(days=1), source="a test", reserve=1)
    for n in (1000, 2)
)
FAULTS = {
    "not sent": lambda: Retry("refused"),
    "lost before": lambda: Unsure("reset"),
    "lost after": lambda: done_but(Unsure("reset")),
    "crash before": Crash,
    "crash after": lambda: done_but(Crash()),
}


class Agents(RuleBasedStateMachine):
    """One channel, three records, two machines."""

    limit = FREELY

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name), limits=(self.limit,))
        self.titles = dict.fromkeys(IDS, 0)
        self.stalled: dict[str, tuple[Pusher, list[Obligation]]] = {}
        self.skew = timedelta()
        self.calls: Counter[tuple[str, object]] = Counter()
        self._count_at_the_service()

    def _count_at_the_service(self) -> None:
        desk, calls = self.desk, self.calls

        class Counting(desk.make):  # type: ignore[name-defined, misc]
            def publish(self, release: Release, trail: object) -> object:
                calls["day", desk.clock().astimezone(SHANGHAI).date()] += 1
                return super().publish(release, trail)

        desk.make = Counting

    def teardown(self) -> None:
        try:
            self._drain()
        finally:
            self.desk.database.dispose()
            self.folder.cleanup()

    @rule(name=st.sampled_from(IDS))
    def change(self, name: str) -> None:
        self.titles[name] += 1
        self.desk.owe(Record(id=name, title=f"title {self.titles[name]}"))

    @rule(name=st.sampled_from(IDS))
    def withdraw_or_restore(self, name: str) -> None:
        with self.desk.database.read() as connection:
            record = records.current(connection, name)
        if record is not None:
            ledger = self.desk.ledger
            gone = record.withdrawn
            after = ledger.restore(name) if gone else ledger.withdraw(name, reason="w")
            self.desk.screen(after)

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def break_the_next_call(self, fault: str) -> None:
        self.desk.service.answers.append(FAULTS[fault]())

    @rule(minutes=st.sampled_from([1, 31, 600]))
    def wait(self, minutes: int) -> None:
        self.desk.clock.advance(minutes=minutes)

    @rule()
    def midnight(self) -> None:
        now = self.desk.clock().astimezone(SHANGHAI)
        day = (now + timedelta(days=1)).replace(hour=0, minute=0, second=30)
        self.desk.clock.now = day.astimezone(now.tzinfo)

    @rule(seconds=st.sampled_from([-120, 0, 120]))
    def step_the_clock(self, seconds: int) -> None:
        """Clocks of machines differ, by less than the longest call."""
        skew = timedelta(seconds=seconds)
        assert 2 * abs(skew) < LONGEST_CALL
        self.desk.clock.now += skew - self.skew
        self.skew = skew

    @rule(agent=AGENTS)
    def push(self, agent: str) -> None:
        try:
            self._pusher(agent).push()
        except Crash:
            return

    @precondition(lambda self: len(self.stalled) < 2)
    @rule(agent=AGENTS)
    def claim_and_stall(self, agent: str) -> None:
        pusher = self._pusher(agent)
        if agent not in self.stalled and (group := pusher._claim()):
            self.stalled[agent] = (pusher, group)

    @precondition(lambda self: self.stalled)
    @rule()
    def wake_up(self) -> None:
        _, (pusher, group) = self.stalled.popitem()
        try:
            pusher._settle(pusher._look_and_send(group))
        except Crash:
            return

    @rule(
        name=st.sampled_from(IDS),
        agent=AGENTS,
        asleep=st.sampled_from([timedelta(), LEASE + timedelta(minutes=1)]),
    )
    def race(self, name: str, agent: str, asleep: timedelta) -> None:
        """The schedules that single steps come to too seldom."""
        self.change(name)
        self.claim_and_stall(agent)
        self.desk.clock.now += asleep
        self.push("there" if agent == "here" else "here")
        if self.stalled:
            self.wake_up()

    @rule()
    def ask_again(self) -> None:
        self.desk.ledger.retry()

    @invariant()
    def nothing_is_there_twice(self) -> None:
        posts = self.desk.service.posts
        assert len(posts) == len(set(posts)), posts

    @invariant()
    def each_record_is_in_order(self) -> None:
        for name in IDS:
            revisions = [revision for revision, _ in self.desk.service.effects(name)]
            assert revisions == sorted(revisions)

    @invariant()
    def the_quota_is_never_passed(self) -> None:
        assert max(self.calls.values(), default=0) <= self.limit.count

    def _pusher(self, agent: str) -> Pusher:
        pusher = self.desk.pusher()
        pusher.ledger = Ledger(self.desk.database, actor=agent, clock=self.desk.clock)
        pusher.ledger.begin(alone=False)
        return pusher

    def _drain(self) -> None:
        self.desk.service.answers.clear()
        for _ in range(8):
            self.desk.clock.advance(days=1)
            self.desk.ledger.set_breaker("account", Breaker())
            self.desk.ledger.retry()
            self._pusher("here").push()
        self.nothing_is_there_twice()
        self.the_quota_is_never_passed()
        with self.desk.database.read() as connection:
            for name in IDS:
                one = obligations.get(connection, "account", name)
                if one is not None:
                    self._is_what_is_wanted(name, one)

    def _is_what_is_wanted(self, name: str, one: Obligation) -> None:
        effects = self.desk.service.effects(name)
        if one.want.op == "publish":
            assert effects[-1] == (one.want.revision, "publish"), (one, effects)
        else:
            assert not effects or effects[-1][1] == "withdraw", (one, effects)


class Limited(Agents):
    """The same, where a day has two calls, one of them kept in reserve."""

    limit = RARELY


SETTINGS = settings(
    max_examples=40,
    stateful_step_count=20,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
Agents.TestCase.settings = Limited.TestCase.settings = SETTINGS
TestAgents, TestLimited = Agents.TestCase, Limited.TestCase
