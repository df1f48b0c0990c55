"""Keys and messages for tests of signatures; the keys are those of RFC 9421, B.1."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from govsync.channels.signatures import (
    Key,
    Verified,
    sign_request,
    sign_response,
    verify_request,
    verify_response,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED_SECRET = base64.b64decode(
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasj"
    "lTMtDQ=="
)
ED25519_PRIVATE = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""
ED25519_PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
HMAC = Key("test-shared-secret", "hmac-sha256", SHARED_SECRET)
PRIVATE = Key("test-key-ed25519", "ed25519", ED25519_PRIVATE)
PUBLIC = Key("test-key-ed25519", "ed25519", ED25519_PUBLIC)
TRUSTED = {HMAC.id: HMAC, PUBLIC.id: PUBLIC}

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NONCE = "5f3a-0001"


@dataclass(frozen=True)
class Request:
    """A request as it travels."""

    method: str = "PUT"
    url: str = "https://gov.example/api/v1/items/1?dry=1"
    headers: Mapping[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "application/json",
            "Idempotency-Key": '"8e03978e"',
        }
    )
    content: bytes = b'{"hello": "world"}'

    def with_headers(self, **changes: str | None) -> Request:
        """Return it with some headers set, or with None taken away."""
        names = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {k: v for k, v in self.headers.items() if k.lower() not in names}
        added = {name: value for name, value in names.items() if value is not None}
        return replace(self, headers=kept | added)

    def signed(
        self, key: Key = HMAC, *, created: datetime = NOW, nonce: str = NONCE
    ) -> Request:
        added = sign_request(**vars(self), key=key, created=created, nonce=nonce)
        return replace(self, headers={**self.headers, **added})

    def verified(
        self, keys: Mapping[str, Key] = TRUSTED, *, now: datetime = NOW
    ) -> Verified:
        return verify_request(**vars(self), keys=keys, now=now)


@dataclass(frozen=True)
class Response:
    """An answer as it travels."""

    status: int = 201
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json"}
    )
    content: bytes = b'{"receipt": 17}'

    def signed(
        self, key: Key = HMAC, *, created: datetime = NOW, nonce: str = NONCE
    ) -> Response:
        added = sign_response(**vars(self), key=key, created=created, nonce=nonce)
        return replace(self, headers={**self.headers, **added})

    def verified(
        self,
        keys: Mapping[str, Key] = TRUSTED,
        *,
        now: datetime = NOW,
        nonce: str = NONCE,
    ) -> Verified:
        return verify_response(**vars(self), keys=keys, now=now, nonce=nonce)
