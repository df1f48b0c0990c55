"""The keys that sign messages, the algorithms of RFC 9421 (3.3) and what can fail."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from govsync.errors import ConfigError, GovsyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

Algorithm = Literal["hmac-sha256", "ed25519"]
"""The names of RFC 9421, 6.2."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "the message is not signed, or its signature lacks a part",
        "malformed": "the signature or the digest cannot be read",
        "unknown_key": "the signature names a key that is not known here",
        "expired": "the signature's time is outside the window",
        "not_covered": "the signature does not cover all that it must",
        "digest": "the content is not the one that was signed",
        "wrong": "the signature does not fit the message",
    }
)
"""Why a message is not believed: the codes of :class:`SignatureError`."""

SHORTEST_SECRET = 16
"""Bytes of a shared secret; RFC 2104 advises the hash's 32."""


class SignatureError(GovsyncError):
    """A message that is not what its signer signed, or that nobody signed.

    Args:
        code: A key of :data:`REASONS`, for a program.
        detail: What exactly, for a person.
    """

    exit_code = 65

    def __init__(self, code: str, detail: str = "") -> None:
        reason = REASONS[code]
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the one algorithm that it serves.

    Raises:
        ConfigError: An unknown algorithm, an id that no header can carry, or a
            shared secret of fewer than 16 bytes.
    """

    id: str
    algorithm: Algorithm
    secret: bytes = field(repr=False)
    """HMAC: the shared secret. Ed25519: the 32 bytes of the private key, its PEM, or
    the PEM of the public key, which verifies and cannot sign."""

    def __post_init__(self) -> None:
        if not self.id or not (self.id.isascii() and self.id.isprintable()):
            raise ConfigError("the id must be printable ASCII", where=_place(self))
        if self.algorithm not in ALGORITHMS:
            raise ConfigError(
                f"unknown algorithm {self.algorithm!r}",
                where=_place(self),
                mend=f"use one of {', '.join(ALGORITHMS)}",
            )
        if self.algorithm == "hmac-sha256" and len(self.secret) < SHORTEST_SECRET:
            raise ConfigError(
                f"the shared secret has {len(self.secret)} bytes",
                where=_place(self),
                mend=f"use at least {SHORTEST_SECRET} random bytes",
            )


def sign(key: Key, message: bytes) -> bytes:
    """Return the key's signature over some bytes.

    Raises:
        ConfigError: The key cannot sign.
    """
    return ALGORITHMS[key.algorithm].sign(key, message)


def fits(key: Key, signature: bytes, message: bytes) -> bool:
    """Tell whether the key made this signature over these bytes.

    Raises:
        ConfigError: The key cannot be read.
    """
    return ALGORITHMS[key.algorithm].fits(key, signature, message)


def _sign_hmac(key: Key, message: bytes) -> bytes:
    return hmac.digest(key.secret, message, hashlib.sha256)


def _fits_hmac(key: Key, signature: bytes, message: bytes) -> bool:
    return hmac.compare_digest(_sign_hmac(key, message), signature)


def _sign_ed25519(key: Key, message: bytes) -> bytes:
    return private_key(key).sign(message)


def _fits_ed25519(key: Key, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        _public(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def private_key(key: Key) -> Ed25519PrivateKey:
    """Return an Ed25519 key, ready to sign.

    Raises:
        ConfigError: It cannot be read, or is the public half alone.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if len(key.secret) == 32:
            return Ed25519PrivateKey.from_private_bytes(key.secret)
        loaded = load_pem_private_key(key.secret, password=None)
    except (TypeError, ValueError) as error:
        raise _unreadable(key, "private") from error
    if not isinstance(loaded, Ed25519PrivateKey):
        raise _unreadable(key, "private")
    return loaded


def _public(key: Key) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if b"PUBLIC KEY" not in key.secret:
        return private_key(key).public_key()
    try:
        loaded = load_pem_public_key(key.secret)
    except ValueError as error:
        raise _unreadable(key, "public") from error
    if not isinstance(loaded, Ed25519PublicKey):
        raise _unreadable(key, "public")
    return loaded


def _unreadable(key: Key, half: str) -> ConfigError:
    return ConfigError(
        f"this is no Ed25519 {half} key",
        where=_place(key),
        mend="give PEM, as `openssl genpkey -algorithm ed25519` writes it",
    )


def _place(key: Key) -> str:
    return f"key {key.id!r}"


class _Way(NamedTuple):
    sign: Callable[[Key, bytes], bytes]
    fits: Callable[[Key, bytes, bytes], bool]


ALGORITHMS: Mapping[str, _Way] = MappingProxyType(
    {
        "hmac-sha256": _Way(_sign_hmac, _fits_hmac),
        "ed25519": _Way(_sign_ed25519, _fits_ed25519),
    }
)
"""How to sign and to verify, by the algorithm's name."""
