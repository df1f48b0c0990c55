"""The conformance kit: the rules that every adapter keeps, as tests to inherit.

::

    from govsync.channels.testing import AdapterContract

    class TestMyAdapter(AdapterContract):
        @pytest.fixture
        def receiver(self):      # the service's side: a local double, or a real one
            ...

        @pytest.fixture
        def adapter(self, receiver):
            return MyAdapter(Context(...))

The receiver is asked, never the adapter, what became of a release; it has the two
methods of :class:`Receiver`. This module needs pytest, which govsync does not: import
it in tests only.
"""
# ruff: noqa: S101 - to assert is what this module is for

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from govsync.channels import registry
from govsync.channels.contract import Adapter, Health
from govsync.channels.errors import ChannelError, Done, Reject, Retry, Unsure
from govsync.channels.testing_checks import (
    absent,
    as_asked,
    carried_out,
    facts_hold,
    holds,
    tells_of,
    told,
)
from govsync.channels.testing_world import (
    AWKWARD_BODY,
    AWKWARD_TITLE,
    Crash,
    MemoryTrail,
    Receiver,
    carry_out,
    edited,
    losing,
    recovered,
    release_of,
    sample,
    settled,
    taken_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.channels.contract import Outcome, Receipt, Release
    from govsync.model import Record

__all__ = ["AdapterContract", "Crash", "MemoryTrail", "Receiver", "sample"]

MOST_NOTES = 50
"""Notes of one release after which the kit takes it for endless."""


class AdapterContract:
    """The tests; a subclass supplies the fixtures ``adapter`` and ``receiver``."""

    channel = "contract"
    """The channel's name in the releases."""

    @pytest.fixture
    def adapter(self) -> Adapter:
        """The adapter under test, new for each test."""
        raise NotImplementedError("supply the fixture `adapter`")

    @pytest.fixture
    def receiver(self) -> Receiver:
        """The service's side, empty at the start of each test."""
        raise NotImplementedError("supply the fixture `receiver`")

    @pytest.fixture
    def fresh(self, adapter: Adapter) -> Callable[[], Adapter]:
        """Makes the adapter anew, as after a crash; by default of its context."""
        return lambda: type(adapter)(adapter.context)

    def record(self, number: int = 1) -> Record:
        """Return the number-th record; override it where a service has limits."""
        return sample(number)

    def bad_record(self) -> Record:
        """Return a record that the service may refuse: with a control character."""
        return self.record(4).changed(title="不可见的\x01字符")

    def test_the_facts_are_complete(self, adapter: Adapter) -> None:
        """What an adapter is, is told as data: registry, masker and docs read it."""
        facts_hold(adapter.facts)
        known = {setting.name for setting in adapter.facts.settings}
        unknown = set(adapter.context.settings) - known
        assert not unknown, (
            f"the adapter is given settings it does not state: {unknown}"
        )

    def test_secrets_are_not_shown(self, adapter: Adapter) -> None:
        """No secret stands in what a person is shown: settings, health, preview."""
        settings = adapter.context.settings
        secrets = {s.name for s in adapter.facts.settings if s.secret}
        shown = {
            "masked settings": str(registry.masked(adapter.facts, settings)),
            "repr": repr(adapter),
            "check()": str(adapter.check()),
            "preview()": str(adapter.preview([self._release(self.record())])),
        }
        for name in secrets:
            for place, text in shown.items():
                value = settings.get(name)
                assert not value or value not in text, f"{place} shows {name!r}"

    def test_check_and_preview_have_no_effect(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """Looking changes nothing, and looking twice shows the same."""
        release = self._release(self.record())

        health = adapter.check()
        first, second = adapter.preview([release]), adapter.preview([release])
        forms = adapter.fit(release)

        assert isinstance(health, Health), f"check() returned {health!r}, no Health"
        assert health.ok, f"check() says of a working service: {health.detail}"
        assert first == second, "preview() differs from itself: it is not pure"
        assert forms == adapter.fit(release), (
            "fit() differs from itself: it is not pure"
        )
        assert first, "preview() shows nothing of what would go"
        absent(receiver, release.record, "check, preview and fit")

    def test_find_before_publication_is_none(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """Find tells of exactly this release, and of no older one."""
        record = self.record()
        found = adapter.find(self._release(record), MemoryTrail())
        assert found is None, f"find() tells of what was never published: {found!r}"

        receipt = self._deliver(adapter, record)
        newer = self._release(edited(record))
        found = adapter.find(newer, MemoryTrail(held=receipt))

        assert found is None, f"find() takes revision 1 for revision 2: {found!r}"
        holds(receiver, record)

    def test_publish_then_find_gives_the_same_receipt(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """What was published is found, by the adapter that did and by a fresh one."""
        record = self.record()
        release, trail = self._release(record), MemoryTrail()

        receipt = carry_out(adapter, release, trail)
        found = adapter.find(release, trail)

        tells_of(receipt, release)
        holds(receiver, record)
        assert found is not None, "find() does not find what was published"
        again = settled(adapter, release, found, trail)
        assert told(again) == told(receipt), (
            f"find() gives another receipt: {told(again)}, not {told(receipt)}"
        )

    def test_publishing_twice_is_one_effect(
        self, adapter: Adapter, receiver: Receiver, fresh: Callable[[], Adapter]
    ) -> None:
        """A repetition, by whomever, adds nothing.

        Where the service does not make one of it, the engine looks first.
        """
        release, trail = self._release(self.record()), MemoryTrail()
        repeat = carry_out if adapter.facts.deduplicates else recovered

        carry_out(adapter, release, trail)
        for again in (adapter, fresh()):
            tells_of(repeat(again, release, trail), release)

        holds(receiver, release.record)

    def test_a_change_replaces(self, adapter: Adapter, receiver: Receiver) -> None:
        """A newer revision stands in the place of the older one, not beside it."""
        record = self.record()
        first = self._deliver(adapter, record)

        changed = edited(record)
        second = self._deliver(adapter, changed, held=first)

        tells_of(second, self._release(changed))
        holds(receiver, changed)

    def test_withdrawing_removes(self, adapter: Adapter, receiver: Receiver) -> None:
        """What is withdrawn is gone; again succeeds; it may come back."""
        record = self.record()
        receipt = self._deliver(adapter, record)
        gone = taken_back(record)

        for _ in range(2):
            receipt = self._deliver(adapter, gone, held=receipt)
            tells_of(receipt, self._release(gone))
            absent(receiver, gone, "withdrawal")

        back = record.changed(revision=gone.revision + 1)
        self._deliver(adapter, back, held=receipt)
        holds(receiver, back)

    def test_withdrawing_what_was_never_there_succeeds(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """What is not there counts as taken down."""
        gone = taken_back(self.record())
        try:
            receipt = self._deliver(adapter, gone)
        except ChannelError as error:
            pytest.fail(f"withdrawing what is not there failed: {error!r}")
        tells_of(receipt, self._release(gone))
        absent(receiver, gone, "withdrawal")

    def test_verify_says_what_is_live(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """Verify compares with what stands; a receipt of another revision differs."""
        record = self.record()
        first = self._deliver(adapter, record)
        seen = adapter.verify(first)
        assert seen.same, f"verify() differs right after publication: {seen.detail}"

        second = self._deliver(adapter, edited(record), held=first)
        assert not adapter.verify(first).same, "verify() takes revision 2 for 1"
        assert adapter.verify(second).same, "verify() differs after a change"
        tamper = getattr(receiver, "tamper", None)
        if tamper:
            tamper(record.id)
            seen = adapter.verify(second)
            assert not seen.same, "verify() does not see that somebody altered it"

    @pytest.mark.parametrize("withdrawn", [False, True], ids=["publish", "withdraw"])
    def test_lost_answers_end_in_exactly_one(
        self, adapter: Adapter, receiver: Receiver, *, withdrawn: bool
    ) -> None:
        """Where an answer is lost the adapter says so, and looking puts it right."""
        for after in count():
            losses = losing(receiver, after)
            if losses is None:
                return
            release, held = self._asked(adapter, after + 1, withdrawn=withdrawn)
            trail, lost = MemoryTrail(held=held), False
            with losses:
                try:
                    carry_out(adapter, release, trail)
                except (Retry, Unsure):
                    lost = True
                except ChannelError as error:
                    pytest.fail(f"a lost answer is {error!r}, not Unsure or Retry")
            tells_of(recovered(adapter, release, trail), release)
            as_asked(receiver, release)
            if not lost:
                return

    @pytest.mark.parametrize("withdrawn", [False, True], ids=["publish", "withdraw"])
    def test_a_crash_after_any_note_ends_in_exactly_one(
        self,
        adapter: Adapter,
        receiver: Receiver,
        fresh: Callable[[], Adapter],
        *,
        withdrawn: bool,
    ) -> None:
        """Whoever continues with the stored trail finishes what was begun, once."""
        for last in range(1, MOST_NOTES):
            release, held = self._asked(adapter, last, withdrawn=withdrawn)
            notes: dict[str, str] = {}
            crashed = False
            try:
                trail = MemoryTrail(notes, held=held, crash_at=last)
                carry_out(adapter, release, trail)
            except Crash:
                crashed = True
            trail = MemoryTrail(notes, held=held)
            tells_of(recovered(fresh(), release, trail), release)
            as_asked(receiver, release)
            if not crashed:
                return
        pytest.fail(f"one release made {MOST_NOTES} notes; the kit gave up")

    def test_a_batch_has_an_outcome_for_each_in_order(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """A release that fails stops no other, and each learns its own outcome."""
        held = self._deliver(adapter, self.record(2))
        gone, bad = taken_back(self.record(2)), self.bad_record()
        never = taken_back(self.record(5))
        records = (self.record(1), gone, bad, self.record(3), never)
        work = [
            (self._release(one), MemoryTrail(held=held if one is gone else None))
            for one in records
        ]

        size = adapter.facts.batch_size
        outcomes: list[Outcome] = []
        for start in range(0, len(work), size):
            outcomes += carried_out(adapter, work[start : start + size])

        for (release, trail), outcome in zip(work, outcomes, strict=True):
            if isinstance(outcome, ChannelError) and not isinstance(outcome, Done):
                assert release.record is bad, (
                    f"a release that it was to carry out failed: {outcome!r}"
                )
            else:
                tells_of(settled(adapter, release, outcome, trail), release)
                as_asked(receiver, release)

    def test_awkward_text_arrives_unchanged(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """Rare characters, markup and other scripts arrive, or are refused by name."""
        record = self.record().changed(title=AWKWARD_TITLE, body=AWKWARD_BODY)
        release = self._release(record)
        try:
            adapter.fit(release)
        except Reject as error:
            if not error.findings:
                pytest.fail("fit() refuses a record without a finding")
            with pytest.raises(Reject):
                carry_out(adapter, release, MemoryTrail())
            absent(receiver, record, "a refusal")
            return

        receipt = self._deliver(adapter, record)

        tells_of(receipt, release)
        holds(receiver, record)
        assert adapter.verify(receipt).same, "verify() differs for awkward text"

    def _release(self, record: Record) -> Release:
        return release_of(record, self.channel)

    def _deliver(
        self, adapter: Adapter, record: Record, *, held: Receipt | None = None
    ) -> Receipt:
        return carry_out(adapter, self._release(record), MemoryTrail(held=held))

    def _asked(
        self, adapter: Adapter, number: int, *, withdrawn: bool
    ) -> tuple[Release, Receipt | None]:
        """Return a release of the number-th record, and what is held of it before."""
        record = self.record(number)
        if not withdrawn:
            return self._release(record), None
        return self._release(taken_back(record)), self._deliver(adapter, record)
