"""A mirror kept through an archived feed equals its source, whatever happened."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.archive import FEED, URL, Site, moment, record, withdrawn

from govsync.formats import Tombstone
from govsync.model import Record
from govsync.sync.archive import publish
from govsync.sync.archive_following import State, follow


class Mirror:
    """A receiver: its records, and what it has seen."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.state = State()

    def sync(self, site: Site) -> None:
        state, changes = follow(site.fetch, URL, self.state)
        self.state = State.model_validate_json(state.model_dump_json())
        for change in changes:
            if isinstance(change, Tombstone):
                self.records.pop(change.id, None)
            else:
                self.records[change.id] = change


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from([False, False, True]), st.integers(0, 1)
    ),
    min_size=1,
    max_size=9,
)
"""Which record, whether it is withdrawn, and minutes since the change before."""


class History(RuleBasedStateMachine):
    """A source that changes, publishes now and then, and is mirrored now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.site = Site(size=3)
        self.source: dict[str, Record] = {}
        self.published: dict[str, Record] = {}
        self.unpublished: list[Record] = []
        self.mirror = Mirror()
        self.step = self.count = 0
        self.history: list[Record] = []

    def accept(self, change: Record) -> None:
        """Take a change over, as the ledger does."""
        before = self.source.get(change.id)
        revision = before.revision + 1 if before else 1
        now = change.changed(revision=revision, updated=moment(self.step))
        self.source[change.id] = now
        self.unpublished.append(now)
        self.history.append(now)

    @rule(changes=CHANGES)
    def change(self, changes: list[tuple[int, bool, int]]) -> None:
        """Create, change, withdraw or reinstate a few records."""
        for number, withdraws, minutes in changes:
            name = f"r{number}"
            before = self.source.get(name)
            # A reinstated record is later than its tombstone; all else may be as late.
            self.step += max(minutes, before is not None and before.withdrawn)
            if before is not None and withdraws:
                self.accept(withdrawn(before, self.step))
            else:
                self.count += 1
                self.accept(record(name, self.step, summary=f"{self.count}"))

    @rule()
    def publish(self) -> None:
        batch, self.unpublished = self.unpublished, []
        before = dict(self.site.pages)
        holding = {
            path
            for path, content in before.items()
            for change in batch
            if change.withdrawn and f"<id>{change.uri}</id>".encode() in content
        }
        self.site.publish_all(batch)
        for path, content in before.items():
            assert (self.site.files[path] != content) == (path in holding), path
        self.published.update({change.id: change for change in batch})
        assert self.site.publish_all([*self.published.values()]) == set()

    @precondition(lambda self: self.published)
    @rule()
    def sync(self) -> None:
        self.mirror.sync(self.site)
        assert self.mirror.records == self.standing()

    @precondition(lambda self: self.published)
    @rule()
    def begin_a_mirror(self) -> None:
        fresh = Mirror()
        fresh.sync(self.site)
        assert fresh.records == self.standing()

    @invariant()
    def nothing_of_a_withdrawn_record_is_published(self) -> None:
        everything = b"".join(self.site.files.values()).decode()
        for gone in self.published.values():
            if gone.withdrawn:
                assert f"标题-{gone.id}-" not in everything
                assert f"正文-{gone.id}-" not in everything

    def standing(self) -> dict[str, Record]:
        """What is published and stands."""
        return {n: r for n, r in self.published.items() if not r.withdrawn}

    def teardown(self) -> None:
        """Published at once, the same history is the same bytes."""
        published = len(self.history) - len(self.unpublished)
        at_once = publish({}.get, self.history[:published], FEED, size=3)
        assert at_once == self.site.files


History.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
test_any_history = History.TestCase
