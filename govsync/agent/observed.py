"""An adapter whose calls are told and traced, where anybody reads that."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from govsync.channels.contract import (
    Adapter,
    Answer,
    AnswerReceipt,
    Feedback,
    Form,
    Health,
    Holding,
    Outcome,
    Pending,
    Receipt,
    Release,
    Trail,
    Verification,
)
from govsync.channels.errors import ChannelError
from govsync.events import Events
from govsync.spans import span, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from govsync.spans import Attribute, Span

_CALLS = Events("calls")


def observed(adapter: Adapter) -> Adapter:
    """Return an adapter whose calls are seen, or itself where nobody looks."""
    if traced() or _CALLS.wanted(logging.DEBUG):
        return Observed(adapter)
    return adapter


class Observed(Adapter):
    """Hands every call on; tells how long it took and what it came to.

    Args:
        inner: The adapter.
        monotonic: The clock that calls are measured by, in seconds.
    """

    def __init__(
        self, inner: Adapter, monotonic: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(inner.context)
        self._inner = inner
        self._monotonic = monotonic

    def check(self) -> Health:
        """As :meth:`Adapter.check`."""
        with self._call("check"):
            return self._inner.check()

    def fit(self, release: Release) -> tuple[Form, ...]:
        """As :meth:`Adapter.fit`: pure, so nothing is told of it."""
        return self._inner.fit(release)

    def forms(self, release: Release) -> tuple[Form, ...]:
        """As :meth:`Adapter.forms`: pure, so nothing is told of it."""
        return self._inner.forms(release)

    def preview(self, releases: Sequence[Release]) -> tuple[Form, ...]:
        """As :meth:`Adapter.preview`: pure, so nothing is told of it."""
        return self._inner.preview(releases)

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        """As :meth:`Adapter.publish`."""
        with self._call("publish", **_of(release)):
            return self._inner.publish(release, trail)

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        """As :meth:`Adapter.withdraw`."""
        with self._call("withdraw", **_of(release)):
            return self._inner.withdraw(release, trail)

    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        """As :meth:`Adapter.publish_many`."""
        with self._call("publish_many", releases=len(work)) as call:
            outcomes = self._inner.publish_many(work)
            failed = sum(isinstance(one, ChannelError) for one in outcomes)
            call.set(failed=failed)
            return outcomes

    def settle(
        self, release: Release, pending: Pending, trail: Trail
    ) -> Receipt | Pending:
        """As :meth:`Adapter.settle`."""
        with self._call("settle", **_of(release)):
            return self._inner.settle(release, pending, trail)

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """As :meth:`Adapter.find`."""
        with self._call("find", **_of(release)) as call:
            found = self._inner.find(release, trail)
            call.set(found=found is not None)
            return found

    def verify(self, receipt: Receipt) -> Verification:
        """As :meth:`Adapter.verify`."""
        with self._call("verify", record=receipt.record) as call:
            found = self._inner.verify(receipt)
            call.set(same=found.same)
            return found

    def inventory(self, since: str = "") -> Iterable[Holding]:
        """As :meth:`Adapter.inventory`: read as it is used, so nothing is told."""
        return self._inner.inventory(since)

    def collect(self, since: str) -> Iterable[Feedback]:
        """As :meth:`Adapter.collect`, whole."""
        with self._call("collect") as call:
            found = list(self._inner.collect(since))
            call.set(entries=len(found))
            return found

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """As :meth:`Adapter.answer`; the code tells it from others, never the text."""
        with self._call("answer", code=answer.code):
            return self._inner.answer(feedback, answer, trail)

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """As :meth:`Adapter.answered`."""
        with self._call("answered", code=answer.code) as call:
            found = self._inner.answered(feedback, answer, trail)
            call.set(found=found is not None)
            return found

    def close(self) -> None:
        """As :meth:`Adapter.close`."""
        self._inner.close()

    @contextmanager
    def _call(self, name: str, **of: Attribute) -> Iterator[Span]:
        fields: dict[str, Attribute] = {"channel": self.context.channel, **of}
        began = self._monotonic()
        verdict = "returned"
        try:
            with span(f"govsync.adapter.{name}", **fields) as call:
                yield call
        except Exception as error:
            verdict = type(error).__name__
            raise
        finally:
            took = round((self._monotonic() - began) * 1000, 1)
            _CALLS.debug(f"call.{name}", **fields, verdict=verdict, duration_ms=took)


def _of(release: Release) -> dict[str, Attribute]:
    return {"record": release.record.id, "revision": release.record.revision}
