"""What the tests of the conformance kit are given. Needs pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from govsync.channels.testing_world import MemoryTrail, carry_out, release_of, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.channels.contract import Adapter, Receipt, Release
    from govsync.channels.testing_world import Receiver
    from govsync.model import Record


class Fixtures:
    """What a subclass supplies, and what the tests make of it."""

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

    def _release(self, record: Record) -> Release:
        return release_of(record, self.channel)

    def _deliver(
        self, adapter: Adapter, record: Record, *, held: Receipt | None = None
    ) -> Receipt:
        return carry_out(adapter, self._release(record), MemoryTrail(held=held))
