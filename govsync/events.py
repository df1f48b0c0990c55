"""What happens, told through :mod:`logging` below ``govsync``: an event and its fields.

Nothing is written unless somebody adds a handler, as ``govsync run --log-format`` does
(:mod:`govsync.watching.logs`), or as any program that imports govsync may. An event is
told by its name and by plain values, never by a record's content.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = "govsync"
"""The logger above all of ours."""

logging.getLogger(ROOT).addHandler(logging.NullHandler())

_BOUND: ContextVar[Mapping[str, object]] = ContextVar(
    "bound", default=MappingProxyType({})
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as the message of a :class:`logging.LogRecord`."""

    name: str
    """Such as ``delivery.settled``."""
    fields: Mapping[str, object]

    def __str__(self) -> str:
        told = (f"{name}={value}" for name, value in self.fields.items())
        return " ".join([self.name, *told])


class Events:
    """The events of one part of govsync.

    Args:
        part: The logger's name below ``govsync``, such as ``run``.
    """

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{part}")

    def wanted(self, level: int = logging.INFO) -> bool:
        """Whether anybody reads events of a level: ask before making many."""
        return self._logger.isEnabledFor(level)

    def debug(self, name: str, **fields: object) -> None:
        """Tell what helps to find out why."""
        self._tell(logging.DEBUG, name, fields)

    def info(self, name: str, **fields: object) -> None:
        """Tell what happened."""
        self._tell(logging.INFO, name, fields)

    def warning(self, name: str, **fields: object) -> None:
        """Tell what somebody should look at."""
        self._tell(logging.WARNING, name, fields)

    def error(
        self, name: str, *, cause: BaseException | None = None, **fields: object
    ) -> None:
        """Tell what failed, with the traceback of its cause."""
        self._tell(logging.ERROR, name, fields, cause)

    def _tell(
        self,
        level: int,
        name: str,
        fields: Mapping[str, object],
        cause: BaseException | None = None,
    ) -> None:
        if self._logger.isEnabledFor(level):
            event = Event(name, {**_BOUND.get(), **fields})
            self._logger.log(level, event, exc_info=cause)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Let every event of the block carry these fields too."""
    token = _BOUND.set({**_BOUND.get(), **fields})
    try:
        yield
    finally:
        _BOUND.reset(token)
