"""Decide what becomes of an incoming revision. Pure: no clock, no store, no wire.

A revision is named by (city, id, revision, digest); the same name twice is the same
thing once, so a repeat needs no key and no memory of the call that brought it.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from govsync.formats import Tombstone
from govsync.model import Moment, Record
from govsync.model.base import Value
from govsync.model.codes import Code
from govsync.model.record import Digest


class Held(Code):
    """What the platform holds of an item."""

    ACCEPTED = "accepted", "已接收,待审"
    REJECTED = "rejected", "已退回"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class Event(Code):
    """What the receipt log tells of."""

    RECEIVED = "received", "收到"
    ACCEPTED = "accepted", "接收待审"
    REJECTED = "rejected", "退回"
    PUBLISHED = "published", "发布"
    WITHDRAWN = "withdrawn", "撤回"


class ItemState(Value):
    """The revision that the platform took last of an item."""

    revision: int
    digest: str
    state: Held


class Incoming(Value):
    """A revision as it was read from the wire."""

    id: str
    revision: Annotated[int, Field(ge=1)]
    digest: Digest
    record: Record | None = None
    """None for a withdrawal: what is taken back is not kept."""
    reason: str = ""
    """Why it is taken back."""
    at: Moment | None = None
    """When the city took it back."""

    @classmethod
    def of(cls, entry: Record | Tombstone) -> Self:
        """Take what a format read: a record, or the tombstone of one."""
        if isinstance(entry, Tombstone):
            return cls(
                id=entry.id,
                revision=entry.revision,
                digest=entry.digest,
                reason=entry.reason,
                at=entry.when,
            )
        if entry.withdrawn:
            return cls(
                id=entry.id,
                revision=entry.revision,
                digest=entry.digest,
                reason=entry.status.reason,
                at=entry.status.at,
            )
        return cls(
            id=entry.id, revision=entry.revision, digest=entry.digest, record=entry
        )


class Verdict(Value):
    """What becomes of an incoming revision.

    Without ``events`` nothing changes: a repeat, or a refusal that ``code`` names.
    """

    status: int
    """As HTTP says it."""
    state: Held | None = None
    """What the platform holds from now on; None where it refused."""
    events: tuple[Event, ...] = ()
    """What the receipt log gains, in order."""
    code: str = ""
    """The problem's code, such as ``P40901``; empty where there is none."""


def decide(
    current: ItemState | None, incoming: Incoming, *, queue: bool = False
) -> Verdict:
    """Say what becomes of a revision, given what is held.

    Args:
        current: What the platform holds of the item; None for nothing.
        incoming: What came.
        queue: Whether a person publishes later. A withdrawal never queues.
    """
    if current is not None and incoming.revision < current.revision:
        return Verdict(status=409, code="P40901")
    if current is not None and incoming.revision == current.revision:
        return _same_revision(current, incoming)
    if incoming.record is not None and queue:
        return Verdict(
            status=202, state=Held.ACCEPTED, events=(Event.RECEIVED, Event.ACCEPTED)
        )
    last, state = (
        (Event.PUBLISHED, Held.PUBLISHED)
        if incoming.record is not None
        else (Event.WITHDRAWN, Held.WITHDRAWN)
    )
    return Verdict(
        status=200 if current else 201, state=state, events=(Event.RECEIVED, last)
    )


def _same_revision(current: ItemState, incoming: Incoming) -> Verdict:
    taken_back = current.state is Held.WITHDRAWN
    if current.digest != incoming.digest or taken_back != (incoming.record is None):
        return Verdict(status=409, code="P40902")
    waiting = current.state is Held.ACCEPTED
    return Verdict(status=202 if waiting else 200, state=current.state)
