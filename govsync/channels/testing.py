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

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from govsync.channels import registry
from govsync.channels.contract import Adapter, Health
from govsync.channels.errors import ChannelError, Reject
from govsync.channels.testing_checks import absent, facts_hold, holds, tells_of, told
from govsync.channels.testing_faults import FaultRules
from govsync.channels.testing_inventory import InventoryRules
from govsync.channels.testing_world import (
    AWKWARD_BODY,
    AWKWARD_TITLE,
    Crash,
    MemoryTrail,
    Receiver,
    carry_out,
    edited,
    recovered,
    sample,
    settled,
    taken_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AdapterContract", "Crash", "MemoryTrail", "Receiver", "sample"]


class AdapterContract(FaultRules, InventoryRules):
    """The tests; a subclass supplies the fixtures ``adapter`` and ``receiver``."""

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
