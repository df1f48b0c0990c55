"""The signature algorithms of notes: Ed25519, and SM2 with SM3 as an extra.

Each is a row of one table: the bytes that stand for it in verifier keys (a type of
c2sp.org/signed-note), and four functions over plain bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SM2_USER = b"1234567812345678"
"""The signer's distinguishing id where none was agreed (GB/T 32918.2, GM/T 0009)."""
_SM2_WITH_SM3 = bytes.fromhex("06082a811ccf55018375")
"""The object identifier 1.2.156.10197.1.501, in DER."""


class Algorithm(NamedTuple):
    """How keys of one kind are made, and how they sign. Keys are raw bytes."""

    name: str
    type: bytes
    """What a verifier key begins with."""
    generate: Callable[[], bytes]
    """Makes a new private key."""
    public: Callable[[bytes], bytes]
    """The public half of a private key; a ValueError where it is not one."""
    sign: Callable[[bytes, bytes], bytes]
    """The signature of a private key over a text."""
    verify: Callable[[bytes, bytes, bytes], bool]
    """Whether, under a public key, a text has this signature."""
    accepts: Callable[[bytes], bool]
    """Whether some bytes are a public key."""


def of_type(encoded: bytes, among: Iterable[Algorithm]) -> Algorithm:
    """Return the algorithm that an encoded verifier key begins with.

    Raises:
        ValueError: It is none of those.
    """
    for algorithm in among:
        if encoded.startswith(algorithm.type):
            return algorithm
    raise ValueError("no algorithm of ours")


def _ed25519_generate() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw()


def _ed25519_public(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw()


def _ed25519_sign(private: bytes, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).sign(text)


def _ed25519_verify(public: bytes, text: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _ed25519_accepts(public: bytes) -> bool:
    return len(public) == 32


def _sm2(*key: bytes | None) -> Any:
    """Return SM2 of gmalg, which has no types, over a private key, a user, a point."""
    try:
        from gmalg import SM2
    except ImportError as error:
        raise ConfigError(
            "SM2 signatures need the package gmalg", mend="pip install 'govsync[sm]'"
        ) from error
    return SM2(*key)


def _sm2_generate() -> bytes:
    private: bytes
    private, _ = _sm2().generate_keypair()
    return private.rjust(32, b"\0")


def _sm2_public(private: bytes) -> bytes:
    if len(private) != 32 or not any(private):
        raise ValueError("not a private key of SM2")
    public: bytes = _sm2().generate_pk(private)
    return public


def _sm2_sign(private: bytes, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = _sm2(private, SM2_USER).sign(text)
    # SM2Signature of GM/T 0009, as OpenSSL writes and reads it.
    return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))


def _sm2_verify(public: bytes, text: bytes, signature: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )

    try:
        r, s = decode_dss_signature(signature)
        if r < 1 or s < 1 or encode_dss_signature(r, s) != signature:
            return False
        halves = [number.to_bytes(32) for number in (r, s)]
    except (OverflowError, ValueError):
        return False
    return bool(_sm2(None, SM2_USER, public).verify(text, *halves))


def _sm2_accepts(public: bytes) -> bool:
    """Whether these are the 65 bytes of a point of the curve, uncompressed."""
    if len(public) != 65 or public[0] != 4:
        return False
    return bool(_sm2().verify_pk(public))


ED25519 = Algorithm(
    name="ed25519",
    type=b"\x01",
    generate=_ed25519_generate,
    public=_ed25519_public,
    sign=_ed25519_sign,
    verify=_ed25519_verify,
    accepts=_ed25519_accepts,
)
SM2 = Algorithm(
    name="sm2",
    # Signed notes define no type for it: 0xff, and a name that nobody else has.
    type=b"\xff" + _SM2_WITH_SM3,
    generate=_sm2_generate,
    public=_sm2_public,
    sign=_sm2_sign,
    verify=_sm2_verify,
    accepts=_sm2_accepts,
)
ALGORITHMS = {algorithm.name: algorithm for algorithm in (ED25519, SM2)}
