"""What went over the line in a call to an adapter, for the audit log.

The engine listens while it calls an adapter. :class:`~govsync.channels.http.HttpClient`
tells of each of its requests by itself; an adapter that speaks otherwise calls
:func:`tell`. Digests only: what was sent is proved by it, and is not kept.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsync.model import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request and what came of it."""

    call: str
    """What was asked of which address, such as ``PUT https://host/items/1``; never the
    query, which may hold a token."""
    peer: str = ""
    """The network address that it went to; empty where there is none."""
    came: str
    """The answer's status, ``unknown`` where none came, or ``not sent``."""
    sent: str
    """SHA-256 of the content that was sent, as 64 hexadecimal digits."""
    answered: str = ""
    """SHA-256 of the content that was answered; empty where none was."""
    record: str = ""
    """The record that it is about; empty where it is about all of the call."""

    def __str__(self) -> str:
        at = f" at {self.peer}" if self.peer else ""
        answered = f", answered {self.answered}" if self.answered else ""
        return f"{self.call}{at}: {self.came}, sent {self.sent}{answered}"


_HEARD: ContextVar[list[Exchange] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[Exchange]]:
    """Give a list that fills with what this thread exchanges within the block."""
    heard: list[Exchange] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)


def tell(
    call: str,
    *,
    came: str,
    sent: bytes,
    answered: bytes | None = None,
    peer: str = "",
    record: str = "",
) -> None:
    """Say what was exchanged, where anybody listens; the contents become digests.

    Args:
        call: What was asked of which address, without the query.
        came: The answer's status, ``unknown`` or ``not sent``.
        sent: The content that was sent.
        answered: The content that was answered; None where none was.
        peer: The network address that it went to.
        record: The record that it is about; empty where it is about all of the call.
    """
    heard = _HEARD.get()
    if heard is not None:
        exchange = Exchange(
            call=call,
            peer=peer,
            came=came,
            sent=digest_of(sent),
            answered="" if answered is None else digest_of(answered),
            record=record,
        )
        heard.append(exchange)


def about(exchanges: Iterable[Exchange], record: str) -> tuple[str, ...]:
    """Return what concerns a record, a line for each exchange, in order."""
    return tuple(str(one) for one in exchanges if one.record in {"", record})
