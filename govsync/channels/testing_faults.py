"""The rules of the conformance kit for what goes wrong on the way. Needs pytest."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from govsync.channels.errors import ChannelError, Done, Retry, Unsure
from govsync.channels.testing_checks import as_asked, carried_out, tells_of
from govsync.channels.testing_fixtures import Fixtures
from govsync.channels.testing_world import (
    Crash,
    MemoryTrail,
    carry_out,
    losing,
    recovered,
    settled,
    taken_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.channels.contract import Adapter, Outcome, Receipt, Release
    from govsync.channels.testing_world import Receiver

MOST_NOTES = 50
"""Notes of one release after which the kit takes it for endless."""


class FaultRules(Fixtures):
    """Lost answers, crashes, and batches of which a part fails."""

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

    def _asked(
        self, adapter: Adapter, number: int, *, withdrawn: bool
    ) -> tuple[Release, Receipt | None]:
        """Return a release of the number-th record, and what is held of it before."""
        record = self.record(number)
        if not withdrawn:
            return self._release(record), None
        return self._release(taken_back(record)), self._deliver(adapter, record)
