"""Random histories of changes, faults, crashes and clocks: nothing lost, nothing twice.

The service does not deduplicate: whatever it is sent twice is there twice.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)
from support.service import Crash, Desk, done_but, queue

from govsync.channels import Editor, Reject, Retry, Stop, Unsure
from govsync.ledger import Breaker, BreakerState, Permission, Ruling, obligations
from govsync.model import Record, Relation, RelationKind

FAULTS = {
    "not sent": lambda: Retry("refused"),
    "lost before": lambda: Unsure("reset"),
    "lost after": lambda: done_but(Unsure("reset")),
    "crash before": Crash,
    "crash after": lambda: done_but(Crash()),
    "queued": lambda: queue,
    "rejected": lambda: Reject("no"),
    "editor": lambda: Editor("no", step="rewrite it"),
    "stop": lambda: Stop("revoked", step="renew it"),
}
IDS = ("a", "b", "c")
READING = {"c": Relation(kind=RelationKind.INTERPRETS, target="a")}
"""The third interprets the first."""


class Delivery(RuleBasedStateMachine):
    """One channel, three records, and a world that does its worst."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Path(self.folder.name))
        self.titles = dict.fromkeys(IDS, 0)
        self.blocked: set[str] = set()
        self.a_was_owed_first = False

    def teardown(self) -> None:
        try:
            self._drain()
        finally:
            self.desk.database.dispose()
            self.folder.cleanup()

    @rule(name=st.sampled_from(IDS))
    def change(self, name: str) -> None:
        self.titles[name] += 1
        title = f"title {self.titles[name]}"
        record = Record(id=name, title=title, relation=READING.get(name))
        self.desk.ruling = self._ruling(name)
        self.desk.owe(record)
        if name == "a" and not any(post[0] == "c" for post in self.desk.service.posts):
            self.a_was_owed_first = True

    @rule(name=st.sampled_from(IDS))
    def withdraw_or_restore(self, name: str) -> None:
        from govsync.ledger import records

        with self.desk.database.read() as connection:
            record = records.current(connection, name)
        if record is None:
            return
        act = self.desk.ledger.restore if record.withdrawn else None
        after = act(name) if act else self.desk.ledger.withdraw(name, reason="wrong")
        self.desk.ruling = self._ruling(name)
        self.desk.screen(after)

    @rule(name=st.sampled_from(IDS))
    def block_or_lift(self, name: str) -> None:
        from govsync.ledger import records

        self.blocked ^= {name}
        with self.desk.database.read() as connection:
            record = records.current(connection, name)
        if record is not None:
            self.desk.ruling = self._ruling(name)
            self.desk.screen(record)

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def break_the_next_call(self, fault: str) -> None:
        self.desk.service.answers.append(FAULTS[fault]())

    @rule()
    def break_the_next_look(self) -> None:
        self.desk.service.finds.append(Retry("refused"))

    @rule(minutes=st.sampled_from([0, 1, 30, 600]))
    def push(self, minutes: int) -> None:
        self.desk.clock.advance(minutes=minutes)
        try:
            self.desk.push()
        except Crash:
            return

    @rule()
    def ask_again(self) -> None:
        self.desk.ledger.retry()

    @precondition(lambda self: self.desk.pusher().breaker.state is BreakerState.STOPPED)
    @rule()
    def resume(self) -> None:
        self.desk.ledger.set_breaker("account", Breaker())

    @invariant()
    def nothing_is_there_twice(self) -> None:
        posts = self.desk.service.posts
        assert len(posts) == len(set(posts))

    @invariant()
    def nothing_old_comes_after_something_new(self) -> None:
        for name in IDS:
            revisions = [revision for revision, _ in self.desk.service.effects(name)]
            assert revisions == sorted(revisions)

    @invariant()
    def nothing_is_interpreted_before_it_is_there(self) -> None:
        posts = self.desk.service.posts
        said = [name for name, _, op in posts if op == "publish"]
        if "c" in said and "a" in said and self.a_was_owed_first:
            assert said.index("a") < said.index("c"), posts

    def _ruling(self, name: str) -> Ruling:
        if name in self.blocked:
            return Ruling(permission=Permission.BLOCKED, reason="privacy.id-number")
        return Ruling(permission=Permission.GO)

    def _drain(self) -> None:
        """Let the world recover: then each channel holds just what it should."""
        self.desk.service.answers.clear()
        self.desk.service.finds.clear()
        for _ in range(6):
            self.desk.ledger.set_breaker("account", Breaker())
            self.desk.ledger.retry()
            self.desk.clock.advance(days=1)
            self.desk.push()
        with self.desk.database.read() as connection:
            for name in IDS:
                one = obligations.get(connection, "account", name)
                if one is None or one.cause == "rule":
                    continue
                if one.cause == "order":
                    assert not self._stands("a"), one
                    continue
                held = (one.held_op, one.held_revision)
                gone = one.want.op == "withdraw" and one.held_op != "publish"
                assert gone or held == (one.want.op, one.want.revision), one
                self._is_what_stands(name, published=one.want.op == "publish")
        self.nothing_is_there_twice()

    def _is_what_stands(self, name: str, *, published: bool) -> None:
        """Hold what the ledger believes against the service's own state."""
        effects = self.desk.service.effects(name)
        assert self._stands(name) is published, (name, effects)

    def _stands(self, name: str) -> bool:
        effects = self.desk.service.effects(name)
        return bool(effects) and effects[-1][1] == "publish"


Delivery.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=25,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
TestDelivery = Delivery.TestCase
