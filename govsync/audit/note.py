"""Signed notes and checkpoints in the C2SP formats.

c2sp.org/signed-note: a text, an empty line, and a line a signature. c2sp.org/tlog-
checkpoint: the text is the log's origin, its size and its root. Any reader of these
formats, such as Go's ``golang.org/x/mod/sumdb/note``, opens them.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StringConstraints

from govsync.audit.keys import DASH
from govsync.errors import AuditError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govsync.audit.keys import SigningKey, VerifierKey

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
"""What a note may not hold: ASCII control characters other than the newline."""
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$")]
"""One line of a checkpoint, not empty."""


class Checkpoint(Value):
    """A log's head: how many entries, and the root over them."""

    origin: Line
    """Which log: a name that no other has."""
    size: Annotated[int, Field(ge=0)]
    root: Annotated[bytes, Field(min_length=32, max_length=32)]
    """SHA-256, 32 bytes."""
    extension: tuple[Line, ...] = ()
    """Lines that follow; signed, and given no meaning here."""

    def text(self) -> str:
        """Return what is signed."""
        root = base64.b64encode(self.root).decode()
        lines = (self.origin, str(self.size), root, *self.extension)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text.

        Raises:
            AuditError: It is not one, or not as :meth:`text` would write it.
        """
        try:
            origin, size, root, *extension, _ = text.split("\n")
            read = cls(
                origin=origin,
                size=int(size),
                root=base64.b64decode(root, validate=True),
                extension=tuple(extension),
            )
        except ValueError as error:
            raise AuditError("not a checkpoint", where=_start(text)) from error
        if read.text() != text:
            raise AuditError("not a checkpoint as it is written", where=_start(text))
        return read


def open_note(note: str, keys: Iterable[VerifierKey]) -> str:
    """Return a note's text, if one of the keys signed it.

    Signatures of keys that are not given are passed over, as the format demands.

    Raises:
        AuditError: It is no note, no key of ours signed it, or a signature of ours
            does not hold.
    """
    text, signed = take_apart(note)
    opened = False
    for key in keys:
        for name, key_id, signature in signed:
            if key.signer == (name, key_id):
                if not key.verifies(text, signature):
                    raise AuditError(
                        f"the signature of {name} does not hold", where=_start(note)
                    )
                opened = True
    if not opened:
        raise AuditError(
            "none of the keys given signed this note",
            where=_start(note),
            mend="give the verifier key of those who keep this log",
        )
    return text


def signers(note: str) -> set[tuple[str, bytes]]:
    """Return name and id of each key that a note says it is signed by.

    Raises:
        AuditError: It is no note.
    """
    return {(name, key_id) for name, key_id, _ in take_apart(note)[1]}


def checkpoint_of(note: str) -> Checkpoint:
    """Return what a checkpoint says, whoever wrote it: to sort by, not to believe.

    Raises:
        AuditError: It is no checkpoint.
    """
    return Checkpoint.parse(take_apart(note)[0])


def take_apart(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Take a note apart: its text, and its signatures."""
    text, border, signatures = note.rpartition("\n\n")
    if not border or not signatures.endswith("\n") or _CONTROL.search(note):
        raise AuditError("not a signed note", where=_start(note))
    return f"{text}\n", [_signature(line) for line in signatures[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Take a signature line apart: name, key id (4 bytes), signature."""
    dash, name, encoded = line[:2], *line[2:].rpartition(" ")[::2]
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise AuditError("not a signature line", where=_start(line)) from error
    if dash != DASH or not name or len(content) < 5:
        raise AuditError("not a signature line", where=_start(line))
    return name, content[:4], content[4:]


def sign_checkpoint(head: Checkpoint, *keys: SigningKey) -> str:
    """Return a log's head as a signed note, with a line of each key."""
    text = head.text()
    return f"{text}\n{''.join(key.signature(text) for key in keys)}"


def open_checkpoint(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return a signed checkpoint's content.

    Raises:
        AuditError: As :func:`open_note`, or it is no checkpoint.
    """
    return Checkpoint.parse(open_note(note, keys))


def split_checkpoints(text: str) -> list[str]:
    """Return the signed notes of a file that checkpoints were appended to."""
    notes: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if not line and lines and lines[-1].startswith(DASH):
            notes.append("\n".join(lines) + "\n")
            lines = []
        elif line or lines:
            lines.append(line)
    if any(lines):
        notes.append("\n".join(lines))
    return notes


def _start(text: str) -> str:
    """Return a text's first line, shortened: a place that a message can name."""
    return repr(text.partition("\n")[0][:60])
