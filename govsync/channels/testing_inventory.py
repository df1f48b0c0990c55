"""The rules of the conformance kit for adapters that list what their service holds.

An adapter without :meth:`~govsync.channels.contract.Adapter.inventory` passes them by.
Needs pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.channels.contract import Adapter, Holding, Standing
from govsync.channels.testing_fixtures import Fixtures
from govsync.channels.testing_world import edited, taken_back

if TYPE_CHECKING:
    from govsync.channels.testing_world import Receiver
    from govsync.model import Record


class InventoryRules(Fixtures):
    """What is listed is what stands: all of it, and nothing that is gone."""

    def test_inventory_lists_what_stands(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """Each live record stands in the list once, at its newest revision."""
        if not _lists(adapter):
            return
        assert not list(adapter.inventory()), "inventory() of nothing is not empty"
        first = self._deliver(adapter, self.record(1))
        self._deliver(adapter, self.record(2))
        changed = edited(self.record(1))
        self._deliver(adapter, changed, held=first)

        _listed(adapter, changed)
        _listed(adapter, self.record(2))
        assert receiver.effects(changed.id) == 1, "inventory() changed something"

    def test_inventory_does_not_list_what_is_gone(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """What was withdrawn is not listed, or as withdrawn."""
        if not _lists(adapter):
            return
        record = self.record()
        held = self._deliver(adapter, record)
        self._deliver(adapter, taken_back(record), held=held)

        live = [h for h in _of(adapter, record) if h.state is Standing.LIVE]
        assert not live, f"inventory() lists what is withdrawn: {live}"
        assert receiver.effects(record.id) == 0, "inventory() changed something"

    def test_inventory_shows_what_was_altered(
        self, adapter: Adapter, receiver: Receiver
    ) -> None:
        """What somebody altered is listed with another digest than it was sent."""
        tamper = getattr(receiver, "tamper", None)
        if not tamper or not _lists(adapter):
            return
        record = edited(self.record())
        self._deliver(adapter, record)
        tamper(record.id)

        same = [h for h in _of(adapter, record) if h.digest in _digests(record)]
        assert not same, "inventory() does not see that somebody altered it"


def _lists(adapter: Adapter) -> bool:
    return type(adapter).inventory is not Adapter.inventory


def _of(adapter: Adapter, record: Record) -> list[Holding]:
    return [one for one in adapter.inventory() if one.record == record.id]


def _listed(adapter: Adapter, record: Record) -> None:
    found = _of(adapter, record)
    assert len(found) == 1, (
        f"inventory() lists {record.id} {len(found)} times, and it stands there once"
    )
    said = (found[0].revision, found[0].state)
    assert said == (record.revision, Standing.LIVE), (
        f"inventory() says {said} of revision {record.revision} that is live"
    )
    assert found[0].digest in _digests(record), (
        f"inventory() gives {record.id} the digest {found[0].digest}, no receipt's"
    )


def _digests(record: Record) -> tuple[str, str]:
    return record.digest, record.public().digest
