"""A call of a city and the platform's reply, free of any web framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govsync.model import canonical_json
from govsync.platform.problems import MEDIA_TYPE, ProblemError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.platform.office import Office


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call as it arrived."""

    method: str
    host: str
    """As the client named it: ``Host``, with its port."""
    target: str
    """Path and query, encoded as they came."""
    path: str
    headers: Mapping[str, str]
    """By lower-case name; a repeated one may come repeatedly."""
    content: bytes
    names: Mapping[str, str] = field(default_factory=dict)
    """What the path named: ``id``."""
    query: Mapping[str, str] = field(default_factory=dict)
    at: datetime

    def number(self, name: str, default: int, most: int = 2**53) -> int:
        """Return a whole number of the query.

        Raises:
            ProblemError: P40002, it is none, or is out of range.
        """
        text = self.query.get(name, str(default))
        if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= most:
            return int(text)
        raise ProblemError("P40002", f"{name} must be a number from 0 to {most}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Whose call it is, as its signature proved."""

    city: str
    key_id: str
    nonce: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What is answered, before it is signed."""

    status: int
    content: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, str]:
        """What a receiver is told of the content: its type, where there is any."""
        return {"Content-Type": self.media_type} if self.content else {}

    @classmethod
    def of(cls, status: int, document: Mapping[str, Any]) -> Reply:
        """Answer with a JSON document."""
        return cls(status=status, content=canonical_json(dict(document)))

    @classmethod
    def problem(cls, error: ProblemError, instance: str) -> Reply:
        """Answer with a problem (RFC 9457)."""
        return cls(
            status=error.kind.status,
            content=error.content(instance),
            media_type=MEDIA_TYPE,
            headers=error.headers,
        )


Action = Callable[["Office", "Connection", Caller, Call], Reply]
"""What a call does, inside its transaction; may raise a ProblemError before writing."""
