"""Where a trace of a run has its spans; without a tracer they cost next to nothing.

:mod:`govsync.watching.tracing` brings OpenTelemetry's tracer where it is asked for.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Attribute = str | int | float | bool


class Span(Protocol):
    """A part of a run, while it lasts."""

    def set(self, **attributes: Attribute) -> None:
        """Add what became known of it."""


class Tracer(Protocol):
    """Begins spans; one that is begun inside another is its child."""

    def span(
        self, name: str, attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[Span]:
        """Give a span that lasts as long as the block; an error in it marks it."""
        ...


class _Nothing:
    def set(self, **attributes: Attribute) -> None:
        """Forget it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing began."""


_NOTHING = _Nothing()
_TRACER: ContextVar[Tracer | None] = ContextVar("tracer", default=None)


def span(name: str, **attributes: Attribute) -> AbstractContextManager[Span]:
    """Give a span of the tracer of this context, or one that does nothing."""
    tracer = _TRACER.get()
    return _NOTHING if tracer is None else tracer.span(name, attributes)


def traced() -> bool:
    """Whether this context has a tracer."""
    return _TRACER.get() is not None


@contextmanager
def tracing(tracer: Tracer | None) -> Iterator[None]:
    """Let the block's spans be a tracer's; None: let nothing be traced."""
    token = _TRACER.set(tracer)
    try:
        yield
    finally:
        _TRACER.reset(token)
