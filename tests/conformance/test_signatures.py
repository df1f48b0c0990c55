"""RFC 9421's own vectors, and signatures exchanged with an independent library."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)
from support.signed import (
    ED25519_PRIVATE,
    ED25519_PUBLIC,
    HMAC,
    NONCE,
    PRIVATE,
    PUBLIC,
    SHARED_SECRET,
    Request,
    Response,
)

from govsync.channels.signature_base import request_parts, signature_base
from govsync.channels.signature_keys import fits, sign
from govsync.channels.signatures import Key, content_digest
from govsync.channels.structured import parse_dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

RFC_REQUEST = {
    "Host": "example.com",
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVL"
        "vRwEmTHWXvJwew==:"
    ),
    "Content-Length": "18",
}
"""The test request of appendix B.2."""

VECTORS = {
    "B.2.5, hmac-sha256": (
        HMAC,
        (
            'sig-b25=("date" "@authority" "content-type")'
            ';created=1618884473;keyid="test-shared-secret"'
        ),
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        (
            '"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
            '"@authority": example.com\n'
            '"content-type": application/json\n'
            '"@signature-params": ("date" "@authority" "content-type")'
            ';created=1618884473;keyid="test-shared-secret"'
        ),
    ),
    "B.2.6, ed25519": (
        PRIVATE,
        (
            'sig-b26=("date" "@method" "@path" "@authority" "content-type" '
            '"content-length");created=1618884473;keyid="test-key-ed25519"'
        ),
        (
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WP"
            "pBKRCw=="
        ),
        (
            '"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
            '"@method": POST\n'
            '"@path": /foo\n'
            '"@authority": example.com\n'
            '"content-type": application/json\n'
            '"content-length": 18\n'
            '"@signature-params": ("date" "@method" "@path" "@authority" '
            '"content-type" "content-length")'
            ';created=1618884473;keyid="test-key-ed25519"'
        ),
    ),
}


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_rfc_9421(vector: str) -> None:
    key, header, signature, base = VECTORS[vector]
    url = "https://example.com/foo?param=Value&Pet=dog"
    ((_, signed),) = parse_dictionary(header).items()

    made = signature_base(request_parts("POST", url, RFC_REQUEST), signed)

    assert made.decode() == base
    assert base64.b64encode(sign(key, made)).decode() == signature
    assert fits(key, base64.b64decode(signature), made)


def test_the_public_key_of_the_rfc_fits_its_signature() -> None:
    _, _, signature, base = VECTORS["B.2.6, ed25519"]

    assert fits(PUBLIC, base64.b64decode(signature), base.encode())


@dataclass
class Message:
    """A message as the other library takes it."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class Answer:
    status_code: int
    headers: dict[str, str]
    request: Message = field(default_factory=lambda: Message("PUT", "http://a/", {}))


RESOLVER = MappingKeyResolver(
    public_keys={HMAC.id: SHARED_SECRET, PUBLIC.id: ED25519_PUBLIC},
    private_keys={HMAC.id: SHARED_SECRET, PUBLIC.id: ED25519_PRIVATE},
)
THEIRS: Mapping[str, Any] = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ed25519": algorithms.ED25519,
}
KEYS = pytest.mark.parametrize("key", [HMAC, PRIVATE], ids=lambda key: key.algorithm)
REQUESTS = {
    "with content": Request(),
    "without": Request("GET", "https://gov.example/api/v1/ping", {}, b""),
    "with a query": Request("GET", "http://127.0.0.1:8080/a%20b?after=%E5%85%AC", {}),
    "of an empty path": Request("POST", "https://gov.example", {}, b"x"),
}
EACH = pytest.mark.parametrize("name", REQUESTS)


def verifier(key: Key) -> HTTPMessageVerifier:
    return HTTPMessageVerifier(
        signature_algorithm=THEIRS[key.algorithm], key_resolver=RESOLVER
    )


def signer(key: Key) -> HTTPMessageSigner:
    return HTTPMessageSigner(
        signature_algorithm=THEIRS[key.algorithm], key_resolver=RESOLVER
    )


@KEYS
@EACH
def test_our_requests_convince_the_other_library(name: str, key: Key) -> None:
    # The other library has no clock to pass in: it is given what is made just now.
    ours = REQUESTS[name].signed(key, created=datetime.now(UTC))
    message = Message(ours.method, ours.url, dict(ours.headers))

    (result,) = verifier(key).verify(
        message,
        body=ours.content,
        max_age=timedelta(minutes=5),
        require_components=("@method", "@target-uri", "content-digest"),
    )

    assert result.nonce == NONCE
    assert result.body == ours.content


@KEYS
@EACH
def test_the_other_librarys_requests_convince_us(name: str, key: Key) -> None:
    request = REQUESTS[name]
    message = Message(request.method, request.url, dict(request.headers))
    created = datetime.now(UTC)
    covered = ["@method", "@target-uri", "content-digest"]
    if "Idempotency-Key" in request.headers:
        covered.append("idempotency-key")

    signer(key).sign(
        message,
        key_id=key.id,
        created=created,
        nonce="theirs",
        covered_component_ids=covered,
        body=request.content,
    )
    signed = Request(request.method, request.url, message.headers, request.content)

    verified = signed.verified(now=created)

    assert (verified.key_id, verified.nonce) == (key.id, "theirs")


@KEYS
def test_our_answers_convince_the_other_library(key: Key) -> None:
    ours = Response().signed(key, created=datetime.now(UTC))
    answer = Answer(ours.status, dict(ours.headers))

    (result,) = verifier(key).verify(answer, body=ours.content)

    assert result.nonce == NONCE
    assert result.covered_components['"@status"'] == "201"


@KEYS
def test_the_other_librarys_answers_convince_us(key: Key) -> None:
    answer = Answer(200, {})
    created = datetime.now(UTC)

    signer(key).sign(
        answer,
        key_id=key.id,
        created=created,
        nonce=NONCE,
        covered_component_ids=("@status", "content-digest"),
        body=b"{}",
    )
    verified = Response(200, answer.headers, b"{}").verified(now=created)

    assert verified.key_id == key.id


def test_both_refuse_what_was_altered() -> None:
    ours = Request().signed(created=datetime.now(UTC))
    message = Message("DELETE", ours.url, dict(ours.headers))

    with pytest.raises(InvalidSignature):
        verifier(HMAC).verify(message)


def test_digests_are_those_of_the_other_library() -> None:
    message = Message("PUT", "https://gov.example/", {})

    signer(HMAC).sign(message, key_id=HMAC.id, body="公开".encode())

    assert content_digest("公开".encode()) == message.headers["Content-Digest"]
