"""The keys of signed notes: Ed25519, named, as c2sp.org/signed-note writes them."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, StringConstraints

from govsync.errors import ConfigError
from govsync.model import Value

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
"""The algorithm byte of a key and its id."""
DASH = "— "
"""What a signature line begins with."""
_LABEL = "govsync-audit-key"

KeyName = Annotated[str, StringConstraints(pattern=r"^[^\s+]+$")]
"""Who signs; a space or a plus would end it where it stands."""


class VerifierKey(Value):
    """The public half of a key: hand it to the inspector."""

    algorithm: ClassVar[bytes] = ED25519
    """What its signatures are; one byte, part of its id."""
    name: KeyName
    public: Annotated[bytes, Field(min_length=32, max_length=32)]
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """The key's id, 4 bytes, as its signatures carry it."""
        text = f"{self.name}\n".encode()
        return hashlib.sha256(text + self.algorithm + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(self.algorithm + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as ``str()`` wrote it.

        Raises:
            ConfigError: It is not one.
        """
        try:
            name, _, encoded = text.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
            read = cls(name=name, public=key.removeprefix(cls.algorithm))
        except ValueError as error:
            raise ConfigError("not a verifier key", where=text[:60]) from error
        if str(read) != text.strip():
            raise ConfigError("a verifier key of another kind", where=text[:60])
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

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.name = name
        self._private = private
        try:
            public = private.public_key().public_bytes_raw()
            self.verifier = VerifierKey(name=name, public=public)
        except ValueError as error:
            raise ConfigError(
                f"not a key's name: {name!r}", mend="use no spaces and no plus sign"
            ) from error

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key.

        Raises:
            ConfigError: The name has a space or a plus sign.
        """
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
            label, name, encoded = path.read_text("utf-8").split()
            secret = base64.b64decode(encoded, validate=True)
            private = Ed25519PrivateKey.from_private_bytes(secret)
        except OSError as error:
            raise ConfigError(str(error.strerror), where=str(path)) from error
        except ValueError as error:
            raise _not_a_key(path) from error
        if label != _LABEL:
            raise _not_a_key(path)
        return cls(name, private)

    def save(self, path: Path) -> None:
        """Write the key's file, readable by its owner alone; never over another.

        Raises:
            FileExistsError: There is a file of this name.
        """
        secret = base64.b64encode(self._private.private_bytes_raw()).decode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{_LABEL} {self.name} {secret}\n")
            file.flush()
            # A key that is lost after its first signature leaves a log behind that
            # nobody can go on signing.
            os.fsync(handle)

    def sign(self, text: str) -> str:
        """Return a signed note.

        Args:
            text: What is signed; ends in a newline.
        """
        if not text.endswith("\n"):
            raise ValueError("a note's text ends in a newline")
        signature = self.verifier.id + self._private.sign(text.encode())
        encoded = base64.b64encode(signature).decode()
        return f"{text}\n{DASH}{self.name} {encoded}\n"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


def _not_a_key(path: Path) -> ConfigError:
    return ConfigError(
        "not an audit key", where=str(path), mend="restore it from your backup"
    )
