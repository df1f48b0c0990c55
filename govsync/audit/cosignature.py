"""Cosignatures: a witness's word that a log has only grown (c2sp.org/tlog-cosignature).

A cosignature is one more signature line of a checkpoint, and carries its moment: as of
then, this was the largest head of this log that the witness knew, and it held all that
the witness had cosigned before. The Ed25519 form, ``cosignature/v1``.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from govsync.audit.algorithms import ED25519
from govsync.audit.keys import DASH, VerifierKey
from govsync.audit.note import take_apart
from govsync.errors import AuditError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from govsync.audit.algorithms import Algorithm

COSIGNATURE = ED25519._replace(name="cosignature", type=b"\x04")
"""Signs as Ed25519 does, what :func:`cosigned_text` makes of a text."""
_STAMP_BYTES = 8
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""Seconds of the last moment that can be told; what is after it no clock said."""


class WitnessKey(VerifierKey):
    """The public half of a witness's key."""

    kinds: ClassVar[Mapping[str, Algorithm]] = {COSIGNATURE.name: COSIGNATURE}
    kind: str = COSIGNATURE.name

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this witness cosigned a checkpoint's text."""
        seconds = seconds_of(signature)
        message = cosigned_text(text, seconds)
        return seconds <= _LAST and super().verifies(message, signature[_STAMP_BYTES:])


class Cosigned(Value):
    """That a witness cosigned a checkpoint."""

    witness: str
    at: datetime
    """By the witness's clock; whole seconds, UTC."""
    line: str
    """The signature line, without its newline."""


class Cosigner:
    """A key that cosigns checkpoints; used for no other witness.

    Args:
        name: Who witnesses; an address without its scheme, by custom.
        private: The key.

    Raises:
        ValueError: The name has a space or a plus sign.
    """

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.verifier = WitnessKey(name=name, public=public)

    def cosign(self, text: str, at: datetime) -> str:
        """Return the signature line, with its newline, over a checkpoint's text.

        Args:
            text: Without signature lines; ends in a newline.
            at: Now, aware.
        """
        seconds = int(at.timestamp())
        signature = self._private.sign(cosigned_text(text, seconds).encode())
        stamp = seconds.to_bytes(_STAMP_BYTES, "big")
        encoded = base64.b64encode(self.verifier.id + stamp + signature).decode()
        return f"{DASH}{self.verifier.name} {encoded}\n"

    def __repr__(self) -> str:
        return f"Cosigner({self.verifier.name!r})"


def cosigned_text(text: str, seconds: int) -> str:
    """Return what a cosignature signs: the text after its kind and its moment."""
    return f"cosignature/v1\ntime {seconds}\n{text}"


def seconds_of(signature: bytes) -> int:
    """Return the moment that a cosignature carries, in seconds of Unix time."""
    return int.from_bytes(signature[:_STAMP_BYTES], "big")


def cosignatures(note: str, keys: Sequence[WitnessKey]) -> list[Cosigned]:
    """Return who of some witnesses cosigned a checkpoint; others are passed over.

    Raises:
        AuditError: It is no note, or a cosignature of one of them does not hold.
    """
    text, signed = take_apart(note)
    known = {(key.name, key.id): key for key in keys}
    found = []
    for name, key_id, signature in signed:
        key = known.get((name, key_id))
        if key is None:
            continue
        if not key.verifies(text, signature):
            raise AuditError(f"the cosignature of {name} does not hold", where=name)
        encoded = base64.b64encode(key_id + signature).decode()
        found.append(
            Cosigned(
                witness=name,
                at=datetime.fromtimestamp(seconds_of(signature), UTC),
                line=f"{DASH}{name} {encoded}",
            )
        )
    return found


def with_cosignatures(note: str, lines: Sequence[Cosigned]) -> str:
    """Return a checkpoint with cosignatures added; one of each witness is enough."""
    _, signed = take_apart(note)
    present = {(name, key_id) for name, key_id, _ in signed}
    added = [one.line for one in lines if _signer(one) not in present]
    return note + "".join(f"{line}\n" for line in added)


def _signer(one: Cosigned) -> tuple[str, bytes]:
    encoded = one.line.rpartition(" ")[2]
    return one.witness, base64.b64decode(encoded)[:4]
