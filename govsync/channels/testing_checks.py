"""What the conformance kit checks, each in plain words where it does not hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govsync.channels.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.channels.contract import (
        Adapter,
        Facts,
        Outcome,
        Receipt,
        Release,
        Setting,
        Trail,
    )
    from govsync.channels.testing_world import Receiver
    from govsync.model import Record


def facts_hold(facts: Facts) -> None:
    """Facts are complete and agree with themselves."""
    assert facts.name, "facts.name is empty"
    assert facts.title, "facts.title is empty"
    assert facts.batch_size >= 1, f"facts.batch_size is {facts.batch_size}"
    names = [setting.name for setting in facts.settings]
    assert len(set(names)) == len(names), f"a setting comes twice: {names}"
    for setting in facts.settings:
        _setting_holds(setting)
    for limit in facts.limits:
        assert limit.count > 0, f"the limit {limit.name!r} allows nothing"
        assert limit.source, f"the limit {limit.name!r} names no source"


def _setting_holds(setting: Setting) -> None:
    name, default = setting.name, setting.default
    assert setting.help, f"the setting {name!r} has no help"
    assert not default or re.fullmatch(setting.pattern or "(?s:.*)", default), (
        f"the default of {name!r} does not match its own pattern"
    )
    assert not (setting.secret and default), (
        f"the secret {name!r} has a default, which everybody knows"
    )


def carried_out(
    adapter: Adapter, work: Sequence[tuple[Release, Trail]]
) -> Sequence[Outcome]:
    """A batch has an outcome for each release, whatever became of the others."""
    try:
        outcomes = adapter.publish_many(work)
    except Reject as error:
        message = f"one refused release stopped its whole batch: {error}"
        raise AssertionError(message) from error
    assert len(outcomes) == len(work), (
        f"publish_many returned {len(outcomes)} outcomes for {len(work)} releases"
    )
    return outcomes


def tells_of(receipt: Receipt, release: Release) -> None:
    """A receipt tells of the release that it answers."""
    record = release.record
    said = (receipt.op, receipt.record, receipt.revision, receipt.digest)
    wanted = (release.op, record.id, record.revision, record.digest)
    assert said == wanted, f"the receipt tells of {said}, and {wanted} was sent"


def as_asked(receiver: Receiver, release: Release) -> None:
    """The service holds what the release asked for."""
    if release.record.withdrawn:
        absent(receiver, release.record, "withdrawal")
    else:
        holds(receiver, release.record)


def holds(receiver: Receiver, record: Record) -> None:
    """The service holds this revision of a record, once."""
    effects = receiver.effects(record.id)
    assert effects == 1, f"{effects} things of {record.id} stand there, not one"
    held = receiver.held(record.id)
    assert held in _marks(record), (
        f"the service holds {held} of {record.id}, which is not what was sent:"
        f" one of {_marks(record)}"
    )


def absent(receiver: Receiver, record: Record, after: str) -> None:
    """Nothing stands of a record; of a withdrawn one its tombstone may be held."""
    effects = receiver.effects(record.id)
    assert effects == 0, f"{effects} things of {record.id} stand there after {after}"
    held = receiver.held(record.id)
    tombstones = _marks(record) if record.withdrawn else ()
    assert held is None or held in tombstones, (
        f"the service still holds {held} of {record.id} after {after}"
    )


def told(receipt: Receipt) -> tuple[str, ...]:
    """Return what two receipts of one effect have in common: not time, not proof."""
    return (
        receipt.op,
        receipt.record,
        str(receipt.revision),
        receipt.digest,
        receipt.remote_id,
        receipt.address,
    )


def _marks(record: Record) -> tuple[tuple[int, str], ...]:
    """Return what a service may hold of a record: all of it, or its public view."""
    whole, public = record.digest, record.public().digest
    return (record.revision, whole), (record.revision, public)
