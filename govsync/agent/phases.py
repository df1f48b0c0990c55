"""The parts of a run: each is a span, and an event at its end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from govsync.events import Events
from govsync.spans import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from govsync.ledger import Obligation, Settlement
    from govsync.spans import Attribute

_RUN = Events("run")
_DELIVERY = Events("delivery")


@contextmanager
def phase(
    name: str,
    *,
    monotonic: Callable[[], float] = time.perf_counter,
    **fields: Attribute,
) -> Iterator[None]:
    """Tell how long the block, or each call of a decorated function, took.

    Args:
        name: Such as ``push``.
        monotonic: The clock it is measured by, in seconds.
        fields: What tells it from others of its name: the channel.
    """
    began = monotonic()
    with span(f"govsync.{name}", **fields):
        try:
            yield
        except BaseException as error:
            _RUN.warning(
                f"{name}.failed",
                **fields,
                duration_ms=_since(began, monotonic),
                error=type(error).__name__,
            )
            raise
    _RUN.info(f"{name}.ended", **fields, duration_ms=_since(began, monotonic))


def _since(began: float, monotonic: Callable[[], float]) -> float:
    return round((monotonic() - began) * 1000, 1)


def tell_outcomes(done: Sequence[tuple[Obligation, Settlement]]) -> None:
    """Tell of each outcome what the audit log tells of it, and when it is tried again.

    A confirmed withdrawal is ``live`` too, as in :class:`Settlement`.
    """
    if not _DELIVERY.wanted():
        return
    for one, settlement in done:
        _DELIVERY.info(
            "delivery.settled",
            channel=one.channel,
            record=one.record,
            revision=one.sent_revision or one.want.revision,
            op=one.sent_op or one.want.op,
            state=str(settlement.state),
            reason=settlement.reason,
            attempt=one.attempts + 1,
            due_at=settlement.due_at.isoformat(),
        )
