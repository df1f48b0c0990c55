"""What the platform answers when it does not simply say yes (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govsync.errors import GovsyncError
from govsync.model import Value, canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its HTTP status, its title, whether a repeat may help."""

    status: int
    title: str
    retryable: bool = False


KINDS: Mapping[str, Kind] = {
    "P40001": Kind(400, "The document cannot be read"),
    "P40002": Kind(400, "The request cannot be read"),
    "P40003": Kind(400, "The submission to the witness cannot be read"),
    "P40101": Kind(401, "The signature does not hold"),
    "P40102": Kind(401, "The nonce was used before"),
    "P40103": Kind(401, "The signature is for another address"),
    "P40301": Kind(403, "None of the log's keys signed the checkpoint"),
    "P40401": Kind(404, "There is no such call"),
    "P40402": Kind(404, "The city has no such item here"),
    "P40403": Kind(404, "The city has no such feedback here"),
    "P40404": Kind(404, "The log is not known here"),
    "P40501": Kind(405, "The method is not for this address"),
    "P40901": Kind(409, "A newer revision is held"),
    "P40902": Kind(409, "The revision is held with other content"),
    "P40903": Kind(409, "The feedback has another answer"),
    "P41301": Kind(413, "The body is too large"),
    "P41501": Kind(415, "The media type is not taken"),
    "P42201": Kind(422, "The record does not hold"),
    "P42202": Kind(422, "The idempotency key was used for another request"),
    "P42203": Kind(422, "A batch holds 1 to 100 entries"),
    "P42204": Kind(422, "The proof that the log only grew does not hold"),
    "P42205": Kind(422, "The answer does not hold"),
    "P42901": Kind(429, "The city calls too often", retryable=True),
    "P50001": Kind(500, "The platform failed", retryable=True),
    "P50301": Kind(503, "The platform is under maintenance", retryable=True),
    "P50302": Kind(503, "The platform's database is busy", retryable=True),
}
"""Every problem the platform answers with; the city's table reads the same codes."""


class Fault(Value):
    """One thing wrong with a document."""

    pointer: str
    """A JSON pointer (RFC 6901) to the field of the record; empty for the whole."""
    detail: str


class ProblemError(GovsyncError):
    """A call that is answered with a problem.

    Args:
        code: A key of :data:`KINDS`.
        detail: What is wrong with this call.
        errors: The same by field.
        members: Further members of the problem, such as ``currentRev``.
        headers: Further headers of the answer, such as ``Retry-After``.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[Fault] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or KINDS[code].title, where=code)
        self.code = code
        self.kind = KINDS[code]
        self.errors = tuple(errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})

    def document(self, instance: str = "") -> dict[str, Any]:
        """Return the problem as plain data; ``instance`` is the call's path."""
        return {
            "type": f"urn:govsync:problem:{self.code}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.message,
            "code": self.code,
            "retryable": self.kind.retryable,
            "instance": instance,
            "errors": [fault.model_dump() for fault in self.errors],
            **self.members,
        }

    def content(self, instance: str = "") -> bytes:
        """Return the problem document."""
        return canonical_json(self.document(instance))


def pointer_of(field: str) -> str:
    """Return the JSON pointer of a field: ``attachments[0].name`` → its path.

    >>> pointer_of("attachments[0].name")
    '/attachments/0/name'
    """
    if not field:
        return ""
    parts = field.replace("[", ".").replace("]", "").split(".")
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
