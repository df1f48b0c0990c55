"""What a log asks of a witness, as it goes over the wire (c2sp.org/tlog-witness).

``POST <prefix>/add-checkpoint``: the size that the witness cosigned last, the proof
that the log only grew since, and the signed checkpoint. 200 answers with cosignature
lines, 409 with the size that the witness does know; see :data:`SIZE_TYPE`.
"""

from __future__ import annotations

import base64
from typing import Annotated, Self

from pydantic import Field

from govsync.errors import AuditError
from govsync.model import Value

SIZE_TYPE = "text/x.tlog.size"
"""The media type of an answer that tells a size."""
LONGEST_PROOF = 63
_LONGEST_NUMBER = 19
"""Digits of the largest size that any log of 64 bits has."""
Hash = Annotated[bytes, Field(min_length=32, max_length=32)]


class Submission(Value):
    """A checkpoint that is submitted to a witness."""

    old: Annotated[int, Field(ge=0)]
    """How many entries the witness knows, as far as the log knows."""
    proof: Annotated[tuple[Hash, ...], Field(max_length=LONGEST_PROOF)] = ()
    """RFC 6962, section 2.1.2; empty where ``old`` is 0 or the checkpoint's size."""
    note: str
    """The signed checkpoint."""

    def written(self) -> bytes:
        """Return the body of the request."""
        hashes = (base64.b64encode(node).decode() for node in self.proof)
        lines = "".join(f"{line}\n" for line in (f"old {self.old}", *hashes, ""))
        return (lines + self.note).encode()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the body of a request.

        Raises:
            AuditError: It is not one, or not as :meth:`written` would write it.
        """
        try:
            head, _, note = body.decode().partition("\n\n")
            first, *hashes = head.split("\n")
            proof = tuple(base64.b64decode(line, validate=True) for line in hashes)
            read = cls(old=size_of(first.removeprefix("old ")), proof=proof, note=note)
        except ValueError as error:
            raise AuditError("not a submission to a witness") from error
        if read.written() != body:
            raise AuditError("not a submission as it is written")
        return read


def size_of(text: str) -> int:
    """Return a size as a witness tells it, in decimal digits.

    Raises:
        ValueError: It is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError(f"not a size: {text[:30]!r}")
    return int(text)
