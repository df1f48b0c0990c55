"""Worker processes for large sources: records go out in batches and come back in order.

What a worker does to a record (:class:`Work`) is to ask whether it may go, and to
render it. What comes back is what one process would have made, so the bytes are the
same whatever the number of workers.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

from govsync.errors import FormatError, GovsyncError
from govsync.formats import FORMATS
from govsync.formats.document import Layout, Rendered, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from govsync.model import Finding, Record

    Gate = Callable[[Record], tuple[Finding, ...]]
    """Says why a record may not go; nothing where it may. Goes between processes."""

    Outcome = Rendered | tuple["Finding", ...] | None
    """A record's entry; or why it may not go; or None: to be rendered by the writer."""

_BATCH = 128
_AHEAD = 3
"""Batches a worker that are on their way, so that none waits for the reader."""


@dataclass(frozen=True)
class Work:
    """What is to be done to each record."""

    form: str
    """The name of the format."""
    gate: Gate | None = None

    def admit(self, record: Record) -> tuple[Finding, ...]:
        """Return why a record may not go; nothing where it may."""
        return self.gate(record) if self.gate else ()

    def do(self, record: Record) -> Outcome:
        """Admit a record and render it."""
        if refused := self.admit(record):
            return refused
        layout: Layout | None = getattr(FORMATS[self.form], "LAYOUT", None)
        try:
            return render(layout, record) if layout else None
        except (
            FormatError
        ):  # raised again where the document is written, and told there
            return None


def done(
    records: Iterable[Record], work: Work, workers: int = 1
) -> Iterator[tuple[Record, Outcome]]:
    """Yield each record with what became of it, in the order given.

    Args:
        records: Read as they are needed.
        work: What is to be done.
        workers: How many processes; with fewer than two it is done here. They are
            started anew (spawn), so a script that asks for them must be importable:
            ``if __name__ == "__main__":``.

    Raises:
        GovsyncError: A worker died, as where memory runs out.
    """
    if workers < 2:
        for record in records:
            yield record, work.admit(record) or None
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(work,)
    )
    try:
        yield from _in_order(pool, iter(records), workers * _AHEAD)
    except BrokenProcessPool as error:
        raise GovsyncError(
            "a worker process died", mend="see its last words above; ask for fewer"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, records: Iterator[Record], ahead: int
) -> Iterator[tuple[Record, Outcome]]:
    waiting: deque[tuple[list[Record], Future[list[Outcome]]]] = deque()
    while True:
        while len(waiting) < ahead and (batch := [*islice(records, _BATCH)]):
            waiting.append((batch, pool.submit(_do, batch)))
        if not waiting:
            return
        batch, outcomes = waiting.popleft()
        yield from zip(batch, outcomes.result(), strict=True)


_work: Work
"""What this worker process was started for."""


def _begin(work: Work) -> None:
    global _work  # noqa: PLW0603 - the pool gives a worker no other place
    _work = work


def _do(batch: list[Record]) -> list[Outcome]:
    return [_work.do(record) for record in batch]
