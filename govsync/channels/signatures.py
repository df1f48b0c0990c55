"""Signed HTTP messages: RFC 9421 signatures over RFC 9530 content digests.

A request's signature covers its method, its address and the digest of its content,
and its idempotency key and content type where it has them. An answer's signature
covers its status and its digest, and repeats the request's nonce, so that it proves
to be the answer to that request. Whether a nonce was seen before is the receiver's
business: :class:`Verified` hands it over.

Pure: no clock, no randomness, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from govsync.channels.digests import check_content_digest, content_digest
from govsync.channels.signature_base import (
    Claims,
    claims_of,
    covered_names,
    request_parts,
    response_parts,
    signature_base,
)
from govsync.channels.signature_keys import (
    REASONS,
    Algorithm,
    Key,
    SignatureError,
    fits,
    sign,
)
from govsync.channels.structured import (
    Item,
    MalformedFieldError,
    parse_dictionary,
    write_dictionary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "REASONS",
    "WINDOW",
    "Algorithm",
    "Key",
    "SignatureError",
    "Verified",
    "check_content_digest",
    "content_digest",
    "sign_request",
    "sign_response",
    "verify_request",
    "verify_response",
]

WINDOW = timedelta(seconds=300)
"""How far a signature's time may lie from the reader's clock, either way."""

LABEL = "sig1"
MOST_SIGNATURES = 4
"""Signatures on one message: each costs the reader a verification."""
REQUEST_DEMANDS = ("@method", "@target-uri", "content-digest")
RESPONSE_DEMANDS = ("@status", "content-digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Who signed, when, and the number that must not come twice."""

    key_id: str
    nonce: str
    created: datetime


def sign_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    key: Key,
    created: datetime,
    nonce: str,
) -> dict[str, str]:
    """Return the headers that sign a request; send them beside its own.

    Args:
        method: As it is sent, such as ``PUT``.
        url: The absolute address, encoded as it is sent.
        headers: The request's own; ``Idempotency-Key`` and ``Content-Type`` are
            covered where they are present.
        content: The body, empty where there is none; digested in any case.
        key: Signs; its id goes along.
        created: The moment of signing, aware.
        nonce: A number used once, up to 256 characters of printable ASCII.

    Raises:
        SignatureError: ``malformed``: a part that no signature can carry.
        ConfigError: The key cannot sign.
    """
    digest = content_digest(content)
    parts = request_parts(method, url, headers) | {"content-digest": digest}
    optional = _present(parts, "idempotency-key", "content-type")
    return _sign(parts, (*REQUEST_DEMANDS, *optional), key, created, nonce)


def sign_response(
    *,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    key: Key,
    created: datetime,
    nonce: str,
) -> dict[str, str]:
    """Return the headers that sign an answer; ``nonce`` is that of the request.

    Raises:
        SignatureError: ``malformed``: a part that no signature can carry.
        ConfigError: The key cannot sign.
    """
    digest = content_digest(content)
    parts = response_parts(status, headers) | {"content-digest": digest}
    optional = _present(parts, "content-type")
    return _sign(parts, (*RESPONSE_DEMANDS, *optional), key, created, nonce)


def verify_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    keys: Mapping[str, Key],
    now: datetime,
    window: timedelta = WINDOW,
) -> Verified:
    """Return who signed a request, or raise where it may not be believed.

    Of several signatures, one that holds is enough; labels mean nothing.

    Args:
        method: As it arrived.
        url: The absolute address that the client used, as the public knows it.
        headers: As they arrived; lines of one name may come repeatedly.
        content: The body as it arrived, before decoding.
        keys: The trusted keys by their ids.
        now: The present moment, aware.
        window: How far ``created`` may lie from ``now``, either way.

    Raises:
        SignatureError: Its ``code`` is a key of :data:`REASONS`.
    """
    parts = request_parts(method, url, headers)
    demands = (*REQUEST_DEMANDS, *_present(parts, "idempotency-key"))
    verified = _verify(parts, _Trust(keys, now, window, demands))
    check_content_digest(parts["content-digest"], content)
    return verified


def verify_response(
    *,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    keys: Mapping[str, Key],
    nonce: str,
    now: datetime,
    window: timedelta = WINDOW,
) -> Verified:
    """Return who signed an answer to the request that carried ``nonce``.

    Raises:
        SignatureError: Its ``code`` is a key of :data:`REASONS`; an answer to
            another request is ``wrong``.
    """
    parts = response_parts(status, headers)
    verified = _verify(parts, _Trust(keys, now, window, RESPONSE_DEMANDS))
    if verified.nonce != nonce:
        raise SignatureError("wrong", "it answers another request")
    check_content_digest(parts["content-digest"], content)
    return verified


def _present(parts: Mapping[str, str], *names: str) -> list[str]:
    return [name for name in names if name in parts]


def _sign(
    parts: Mapping[str, str],
    covered: Iterable[str],
    key: Key,
    created: datetime,
    nonce: str,
) -> dict[str, str]:
    signed = Item(
        tuple(map(Item, covered)),
        {
            "created": int(created.timestamp()),
            "nonce": nonce,
            "keyid": key.id,
            "alg": key.algorithm,
        },
    )
    base = signature_base(parts, signed)
    # The base ends with the parameters as the header gives them: written once.
    _, _, written = base.rpartition(b'"@signature-params": ')
    return {
        "Content-Digest": parts["content-digest"],
        "Signature-Input": f"{LABEL}={written.decode()}",
        "Signature": write_dictionary({LABEL: Item(sign(key, base))}),
    }


@dataclass(frozen=True, slots=True)
class _Trust:
    """What a reader asks of a signature."""

    keys: Mapping[str, Key]
    now: datetime
    window: timedelta
    demands: Sequence[str]


def _verify(parts: Mapping[str, str], trust: _Trust) -> Verified:
    refusal = SignatureError("missing")
    for signed, signature in _signatures(parts):
        try:
            return _verify_one(parts, signed, signature, trust)
        except SignatureError as error:
            refusal = error
    raise refusal


def _verify_one(
    parts: Mapping[str, str], signed: Item, signature: bytes, trust: _Trust
) -> Verified:
    claims = claims_of(signed)
    key = trust.keys.get(claims.key_id)
    if key is None:
        raise SignatureError("unknown_key", claims.key_id)
    # The key decides the algorithm; a message that names another is a trick.
    if claims.algorithm not in {"", key.algorithm}:
        raise SignatureError("wrong", f"{claims.algorithm} is not the key's algorithm")
    created = _created(claims, trust)
    absent = set(trust.demands) - set(covered_names(signed))
    if absent:
        raise SignatureError("not_covered", ", ".join(sorted(absent)))
    if not fits(key, signature, signature_base(parts, signed)):
        raise SignatureError("wrong")
    return Verified(key_id=claims.key_id, nonce=claims.nonce, created=created)


def _created(claims: Claims, trust: _Trust) -> datetime:
    now = trust.now.timestamp()
    if abs(now - claims.created) > trust.window.total_seconds():
        raise SignatureError("expired", f"{now - claims.created:.0f} s from our clock")
    if claims.expires is not None and claims.expires < now:
        raise SignatureError("expired", "it said itself when")
    return datetime.fromtimestamp(claims.created, UTC)


def _signatures(parts: Mapping[str, str]) -> list[tuple[Item, bytes]]:
    """Return each list of covered components with the signature of its label."""
    inputs = _dictionary("Signature-Input", parts)
    values = _dictionary("Signature", parts)
    if len(inputs) > MOST_SIGNATURES:
        raise SignatureError("malformed", f"more than {MOST_SIGNATURES} signatures")
    pairs = []
    for label in (name for name in inputs if name in values):
        signature = values[label].value
        if not isinstance(signature, bytes):
            raise SignatureError("malformed", f"Signature: {label}")
        pairs.append((inputs[label], signature))
    return pairs


def _dictionary(name: str, parts: Mapping[str, str]) -> dict[str, Item]:
    try:
        return parse_dictionary(parts.get(name.lower(), ""))
    except MalformedFieldError as error:
        raise SignatureError("malformed", f"{name}: {error}") from error
