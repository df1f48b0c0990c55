"""The log of a run: JSON Lines for programs, one plain line an event for people.

Every text passes the :class:`~govsync.watching.redaction.Redactor`, tracebacks too.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from govsync.events import ROOT, Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.agent.observation import LogForm, LogLevel
    from govsync.watching.redaction import Redactor

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class JsonLines(logging.Formatter):
    """One JSON object a line: ``ts`` (UTC), ``level``, ``event``, and its fields."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        told = {
            self._redactor.clean(name): self._redactor.clean_value(value)
            for name, value in _fields(record).items()
        }
        head: dict[str, object] = {
            "ts": _moment(record),
            "level": record.levelname.lower(),
            "event": self._redactor.clean(_name(record)),
        }
        return json.dumps(head | told | head, ensure_ascii=False)


class Plain(logging.Formatter):
    """``2026-03-02T09:00:00.000Z info delivery.settled channel=city state=live``."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end: a field never makes a second one."""
        told = (
            f"{self._redactor.clean(name)}={_word(self._redactor.clean_value(value))}"
            for name, value in _fields(record).items()
            if value != ""
        )
        name = _word(self._redactor.clean(_name(record)))
        return " ".join([_moment(record), record.levelname.lower(), name, *told])


FORMS: dict[LogForm, type[JsonLines | Plain]] = {"json": JsonLines, "text": Plain}


@contextmanager
def logging_to(
    stream: TextIO, form: LogForm, level: LogLevel, redactor: Redactor
) -> Iterator[None]:
    """Write the events of the block to a stream; none are written after it."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMS[form](redactor))
    with ExitStack() as stack:
        stack.enter_context(_handled(ROOT, handler, LEVELS[level]))
        # What an exporter of traces complains of is no line of its own kind.
        least = max(LEVELS[level], logging.WARNING)
        stack.enter_context(_handled("opentelemetry", handler, least))
        yield


@contextmanager
def _handled(name: str, handler: logging.Handler, level: int) -> Iterator[None]:
    logger = logging.getLogger(name)
    before = (logger.level, logger.propagate)
    logger.addHandler(handler)
    logger.setLevel(level)
    # Where a program has its own handlers, they would write every line again, whole.
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return at.isoformat(timespec="milliseconds") + "Z"


def _name(record: logging.LogRecord) -> str:
    event: Any = record.msg
    return event.name if isinstance(event, Event) else record.getMessage()


def _fields(record: logging.LogRecord) -> dict[str, object]:
    event: Any = record.msg
    fields: dict[str, object] = {"part": record.name}
    if isinstance(event, Event):
        fields = dict(event.fields)
    if record.exc_info and record.exc_info[1]:
        fields["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
    return fields


def _word(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    plain = text.isprintable() and not set(text) & set(" \"'=")
    return text if plain and text else json.dumps(text, ensure_ascii=False)
