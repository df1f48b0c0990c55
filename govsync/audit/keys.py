"""The keys of signed notes, named, as c2sp.org/signed-note writes them."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import StringConstraints, model_validator

from govsync.audit.algorithms import ALGORITHMS, ED25519, Algorithm, of_type
from govsync.errors import ConfigError
from govsync.model import Value

if TYPE_CHECKING:
    from pathlib import Path

DASH = "— "
"""What a signature line begins with."""
_LABELS = {"ed25519": "govsync-audit-key", "sm2": "govsync-audit-key-sm2"}
_ALGORITHM_NAMES = {label: name for name, label in _LABELS.items()}

KeyName = Annotated[str, StringConstraints(pattern=r"^[^\s+]+$")]
"""Who signs; a space or a plus would end it where it stands."""


class VerifierKey(Value):
    """The public half of a key: hand it to the inspector."""

    kinds: ClassVar[Mapping[str, Algorithm]] = ALGORITHMS
    """What its signatures can be."""
    name: KeyName
    public: bytes
    """32 bytes of Ed25519; 65 of SM2, a point uncompressed."""
    kind: str = "ed25519"

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Self:
        if self.kind not in self.kinds or not self.algorithm.accepts(self.public):
            raise ValueError(f"not a public key of {self.kind}")
        return self

    @property
    def algorithm(self) -> Algorithm:
        """How it verifies."""
        return self.kinds[self.kind]

    @property
    def id(self) -> bytes:
        """The key's id, 4 bytes, as its signatures carry it."""
        text = f"{self.name}\n".encode()
        return hashlib.sha256(text + self.algorithm.type + self.public).digest()[:4]

    @property
    def signer(self) -> tuple[str, bytes]:
        """Name and id: what a signature line names it by."""
        return self.name, self.id

    def __str__(self) -> str:
        key = base64.b64encode(self.algorithm.type + self.public).decode()
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
            algorithm = of_type(key, cls.kinds.values())
            public = key.removeprefix(algorithm.type)
            read = cls(name=name, public=public, kind=algorithm.name)
        except ValueError as error:
            raise ConfigError("not a verifier key", where=text[:60]) from error
        if str(read) != text.strip():
            raise ConfigError("not a verifier key: its id differs", where=text[:60])
        return read

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether a signature of this key holds over a text."""
        return self.algorithm.verify(self.public, text.encode(), signature)


class SigningKey:
    """A key that signs notes; kept in a file that its owner alone reads."""

    def __init__(
        self, name: str, private: bytes, algorithm: Algorithm = ED25519
    ) -> None:
        self.name = name
        self._private = private
        self.algorithm = algorithm
        try:
            self.verifier = VerifierKey(
                name=name, public=algorithm.public(private), kind=algorithm.name
            )
        except ValueError as error:
            raise ConfigError(
                f"not a key's name: {name!r}", mend="use no spaces and no plus sign"
            ) from error

    @classmethod
    def generate(cls, name: str, algorithm: Algorithm = ED25519) -> Self:
        """Make a new key.

        Raises:
            ConfigError: The name has a space or a plus sign.
        """
        return cls(name, algorithm.generate(), algorithm)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key's file.

        Raises:
            ConfigError: It cannot be read or is not a key.
        """
        try:
            label, name, encoded = path.read_text("utf-8").split()
            secret = base64.b64decode(encoded, validate=True)
            algorithm = ALGORITHMS[_ALGORITHM_NAMES[label]]
            algorithm.public(secret)
        except OSError as error:
            raise ConfigError(str(error.strerror), where=str(path)) from error
        except (KeyError, ValueError) as error:
            raise ConfigError(
                "not an audit key",
                where=str(path),
                mend="restore it from your backup",
            ) from error
        return cls(name, secret, algorithm)

    def save(self, path: Path) -> None:
        """Write the key's file, readable by its owner alone; never over another.

        Raises:
            FileExistsError: There is a file of this name.
        """
        label = _LABELS[self.algorithm.name]
        secret = base64.b64encode(self._private).decode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{label} {self.name} {secret}\n")
            file.flush()
            # A key that is lost after its first signature leaves a log behind that
            # nobody can go on signing.
            os.fsync(handle)

    def signature(self, text: str) -> str:
        """Return a signature line over a text that ends in a newline."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends in a newline")
        signed = self.algorithm.sign(self._private, text.encode())
        encoded = base64.b64encode(self.verifier.id + signed).decode()
        return f"{DASH}{self.name} {encoded}\n"

    def sign(self, text: str) -> str:
        """Return a signed note.

        Args:
            text: What is signed; ends in a newline.
        """
        return f"{text}\n{self.signature(text)}"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"
