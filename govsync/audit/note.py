"""Signed notes and checkpoints in the C2SP formats, by Ed25519.

c2sp.org/signed-note: a text, an empty line, and a line a signature. c2sp.org/tlog-
checkpoint: the text is the log's origin, its size and its root. Any reader of these
formats, such as Go's ``golang.org/x/mod/sumdb/note``, opens them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import TYPE_CHECKING, Any, Self

from govsync.errors import AuditError, ConfigError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ED25519 = b"\x01"
"""The algorithm byte of a key and its id."""
_DASH = "— "


class Checkpoint(Value):
    """A log's head: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text.

        Raises:
            AuditError: It is not one.
        """
        lines = text.split("\n")
        try:
            origin, size, root = lines[:3]
            read = cls(
                origin=origin,
                size=int(size),
                root=base64.b64decode(root, validate=True),
            )
        except (ValueError, binascii.Error) as error:
            raise AuditError("not a checkpoint", where=text[:60]) from error
        if not text.startswith(read.text()):
            raise AuditError("not a checkpoint as it is written", where=text[:60])
        return read


class VerifierKey(Value):
    """The public half of a key: hand it to the inspector."""

    name: str
    public: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """The key's id, 4 bytes, as its signatures carry it."""
        text = f"{self.name}\n".encode()
        return hashlib.sha256(text + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as ``str()`` wrote it.

        Raises:
            ConfigError: It is not one.
        """
        try:
            name, sign, encoded = text.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise ConfigError("not a verifier key", where=text[:60]) from error
        read = cls(name=name, public=key[1:])
        if key[:1] != ED25519 or len(key) != 33 or read.id.hex() != sign:
            raise ConfigError("not an Ed25519 verifier key", where=text[:60])
        return read

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether a signature of this key holds over a text."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(
                signature, text.encode()
            )
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A key that signs notes; kept in a file that its owner alone reads."""

    def __init__(self, name: str, private: Any) -> None:
        self.name = name
        self._private = private

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key's file.

        Raises:
            ConfigError: It cannot be read or is not a key.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        try:
            text = path.read_text("utf-8").strip()
            name, encoded = text.removeprefix("govsync-audit-key ").split(" ")
            secret = base64.b64decode(encoded, validate=True)
            return cls(name, Ed25519PrivateKey.from_private_bytes(secret))
        except OSError as error:
            raise ConfigError(str(error.strerror), where=str(path)) from error
        except ValueError as error:
            raise ConfigError(
                "not an audit key", where=str(path), mend="restore it from your backup"
            ) from error

    def save(self, path: Path) -> None:
        """Write the key's file, readable by its owner alone; never over another.

        Raises:
            FileExistsError: There is a file of this name.
        """
        secret = base64.b64encode(self._private.private_bytes_raw()).decode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"govsync-audit-key {self.name} {secret}\n")

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(
            name=self.name, public=self._private.public_key().public_bytes_raw()
        )

    def sign(self, text: str) -> str:
        """Return a signed note; the text ends in a newline."""
        signature = self.verifier.id + self._private.sign(text.encode())
        encoded = base64.b64encode(signature).decode()
        return f"{text}\n{_DASH}{self.name} {encoded}\n"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


def open_note(note: str, keys: Sequence[VerifierKey]) -> str:
    """Return a note's text, if one of the keys signed it.

    Raises:
        AuditError: It is no note, no key of ours signed it, or a signature of ours
            does not hold.
    """
    text, border, signatures = note.rpartition("\n\n")
    text += "\n"
    if not border or not signatures.startswith(_DASH):
        raise AuditError("not a signed note", where=note[:60])
    opened = False
    for line in signatures.splitlines():
        name, key_id, signature = _signature(line)
        for key in keys:
            if (key.name, key.id) == (name, key_id):
                if not key.verifies(text, signature):
                    raise AuditError(f"the signature of {name} does not hold")
                opened = True
    if not opened:
        raise AuditError("none of the keys given signed this note", where=note[:60])
    return text


def _signature(line: str) -> tuple[str, bytes, bytes]:
    try:
        name, encoded = line.removeprefix(_DASH).split(" ")
        content = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise AuditError("not a signature line", where=line[:60]) from error
    if not line.startswith(_DASH):
        raise AuditError("not a signature line", where=line[:60])
    return name, content[:4], content[4:]


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return a signed checkpoint's content.

    Raises:
        AuditError: As :func:`open_note`, or it is no checkpoint.
    """
    return Checkpoint.parse(open_note(note, keys))
