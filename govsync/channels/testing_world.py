"""What the conformance kit is made of: records, a trail that crashes, an engine.

Needs nothing that govsync itself does not need; :mod:`govsync.channels.testing` has the
tests.
"""

from __future__ import annotations

import inspect
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from govsync.channels.contract import Op, Pending, Receipt, Release
from govsync.channels.errors import ChannelError, Done
from govsync.model import (
    Attachment,
    ItemRef,
    Record,
    Review,
    Stage,
    State,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from govsync.channels.contract import Adapter, Trail

MOST_ASKED = 10
"""How often a queued release is asked for before the kit gives up."""
AWKWARD_TITLE = (
    "关于“𠮷”字、👨‍👩‍👧‍👦与<b>标签</b> & ]]> 'quotes' \"of\" all kinds、"
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627的通知" + "很长" * 40
)
AWKWARD_BODY = (
    "<p>𠮷野家 👩🏽‍🚒 &amp;amp; &lt;script&gt; ]]&gt; “引号” 'one' \"two\"</p>"
    "<p>\u0645\u0631\u062d\u0628\u0627 \u2067\u05e9\u05dc\u05d5\u05dd\u2069</p>"
    "<table><tbody><tr><td>〔2017〕35号</td><td>é = é</td></tr></tbody></table>"
)


class Receiver(Protocol):
    """The service's side, asked by the tests and not through the adapter.

    It may have two more methods. ``lose_answers()`` returns a context manager: inside,
    the service does its work and every answer is lost; given a number, as many answers
    get through first. ``tamper(record)`` alters what stands of a record.
    """

    def held(self, record: str) -> tuple[int, str] | None:
        """Return revision and digest of what stands of a record, or None.

        The digest is that of the record or of its public view, computed from what the
        service stored wherever it stored all of it. Of a withdrawn record: None, or
        what its tombstone says.
        """
        ...

    def effects(self, record: str) -> int:
        """Return how many things of a record stand at the service now.

        1 after a publication, however often it was repeated or replaced; 0 after a
        withdrawal. What can never be taken back counts for ever.
        """
        ...


class Crash(BaseException):
    """The process died; no adapter may catch it."""


class MemoryTrail:
    """A trail in memory.

    Args:
        notes: What an earlier attempt noted; shared, so that it outlives a crash.
        held: The proof of what the channel holds already.
        crash_at: Which note, from 1, is the last thing that happens.
    """

    def __init__(
        self,
        notes: dict[str, str] | None = None,
        *,
        held: Receipt | None = None,
        crash_at: int | None = None,
    ) -> None:
        self.notes = {} if notes is None else notes
        self._held = held
        self._crash_at = crash_at
        self.count = 0

    @property
    def held(self) -> Receipt | None:
        """The proof of what the channel holds of this record now."""
        return self._held

    def note(self, name: str, value: str) -> None:
        """Store an intermediate id, and crash where this note is the last.

        Raises:
            Crash: It was.
        """
        self.notes[name] = value
        self.count += 1
        if self.count == self._crash_at:
            raise Crash

    def get(self, name: str) -> str | None:
        """Return what an earlier attempt noted, or None."""
        return self.notes.get(name)


def sample(number: int = 1, **changes: Any) -> Record:
    """Return a record as the engine hands it over, reviewers and all.

    Args:
        number: Makes the id; another number is another record.
        changes: Fields that are different.
    """
    return Record(
        id=f"023038201/2026-{number:05d}",
        title=f"关于第{number}号路段停水的公告",
        body="<p>因管网检修停水。</p>",
        index_number=f"023038201/2026-{number:05d}",
        document_number=f"密政办发〔2026〕{number}号",
        issuer="密山市人民政府办公室",
        published="2026-03-01T08:00:00+08:00",
        item=ItemRef(area="市政服务", level1="公用事业", level2="停水、停气公告"),
        stage=Stage.SERVICE,
        keywords=("停水", "公告"),
        summary="因管网检修停水。",
        attachments=(
            Attachment(
                name="范围.pdf", href="https://www.city.example/1.pdf", size=461513
            ),
        ),
        review=Review(
            verdict=Verdict.APPROVED,
            final="审签甲",
            signed="2026-03-01T07:00:00+08:00",
        ),
        extra={"内部备注": "不公开的一列"},
        updated="2026-03-01T08:05:00+08:00",
    ).changed(**changes)


def edited(record: Record) -> Record:
    """Return the next revision, which says something else."""
    return record.changed(title=f"{record.title}(更正)", revision=record.revision + 1)


def taken_back(record: Record) -> Record:
    """Return the next revision, withdrawn."""
    status = Status(
        state=State.WITHDRAWN, reason="内容有误", at="2026-03-02T09:00:00+08:00"
    )
    return record.changed(status=status, revision=record.revision + 1)


def release_of(record: Record, channel: str) -> Release:
    """Return the release that the engine would hand over for a record."""
    op = Op.WITHDRAW if record.withdrawn else Op.PUBLISH
    return Release(channel=channel, op=op, record=record)


def carry_out(adapter: Adapter, release: Release, trail: Trail) -> Receipt:
    """Carry out one release to its end, as the engine does.

    Raises:
        ChannelError: What the adapter says where it did not work.
        AssertionError: The outcome is none, or it stays queued.
    """
    outcomes = list(adapter.publish_many([(release, trail)]))
    assert len(outcomes) == 1, (
        f"publish_many was given 1 release and returned {len(outcomes)} outcomes"
    )
    return settled(adapter, release, outcomes[0], trail)


def settled(
    adapter: Adapter,
    release: Release,
    outcome: Receipt | Pending | ChannelError | None,
    trail: Trail,
) -> Receipt:
    """Return the receipt that an outcome comes to; what is queued is asked for.

    Raises:
        ChannelError: The outcome is one.
        AssertionError: The outcome is none, or it stays queued.
    """
    for _ in range(MOST_ASKED):
        if not isinstance(outcome, Pending):
            break
        outcome = adapter.settle(release, outcome, trail)
    if isinstance(outcome, Done):
        return outcome.receipt
    if isinstance(outcome, ChannelError):
        raise outcome
    assert isinstance(outcome, Receipt), (
        f"{release.op} of {release.record.id} came to {outcome!r}, not to a Receipt"
        f" (asked {MOST_ASKED} times where it was queued)"
    )
    return outcome


def recovered(adapter: Adapter, release: Release, trail: Trail) -> Receipt:
    """Look first, and repeat only what is not found, as the engine does when unsure."""
    found = adapter.find(release, trail)
    if found is None:
        return carry_out(adapter, release, trail)
    return settled(adapter, release, found, trail)


def losing(receiver: Receiver, after: int) -> AbstractContextManager[Any] | None:
    """Return a context in which answers are lost, or None where there is no such.

    Args:
        receiver: Where it cannot lose answers, the one context loses none.
        after: How many answers get through first.
    """
    lose = getattr(receiver, "lose_answers", None)
    if lose is None:
        return nullcontext() if after == 0 else None
    if inspect.signature(lose).parameters:
        context = lose(after)
    elif after == 0:
        context = lose()
    else:
        return None
    assert isinstance(context, AbstractContextManager)
    return context
