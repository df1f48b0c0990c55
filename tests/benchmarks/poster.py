"""An adapter that signs each record's document and posts it, one a call."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from govsync.channels import (
    Adapter,
    Context,
    Facts,
    Form,
    Health,
    Receipt,
    Retry,
    Setting,
    Verification,
)
from govsync.channels.http import HttpClient
from govsync.channels.signatures import Key, sign_request
from govsync.formats import json_records

if TYPE_CHECKING:
    from govsync.channels import Pending, Release, Trail

PATH = "/records"


class Poster(Adapter):
    """Posts what a record is, signed (RFC 9421) over its digest (RFC 9530)."""

    facts = Facts(
        name="poster",
        title="poster",
        settings=(
            Setting(name="url", help="where to"),
            Setting(name="key", help="shared", secret=True),
        ),
        deduplicates=True,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        given = context.settings
        self._key = Key("city", "hmac-sha256", given["key"].encode())
        self._client = HttpClient(base_url=given["url"], private=True)

    def check(self) -> Health:
        """Say that all is well."""
        return Health(ok=True)

    def fit(self, release: Release) -> tuple[Form, ...]:
        """Return the record's JSON document."""
        record = release.record
        media_type = json_records.entry_media_type(record)
        content = json_records.entry(record)
        return (Form(name=f"POST {PATH}", media_type=media_type, content=content),)

    def publish(self, release: Release, trail: Trail) -> Receipt:
        """Post it."""
        del trail
        (form,) = self.forms(release)
        headers = {"Content-Type": form.media_type, "Idempotency-Key": release.key}
        signature = sign_request(
            method="POST",
            url=self._client.url(PATH),
            headers=headers,
            content=form.content,
            key=self._key,
            created=self.context.clock(),
            nonce=uuid4().hex,
        )
        answer = self._client.request(
            "POST",
            PATH,
            headers=headers | signature,
            content=form.content,
            idempotent=True,
        )
        if answer.status != 200:
            raise Retry(f"it answered {answer.status}")
        record = release.record
        return Receipt(
            op=release.op,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            at=self.context.clock(),
        )

    withdraw = publish

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """Say that it is not there."""
        del release, trail
        return None

    def verify(self, receipt: Receipt) -> Verification:
        """Say that it is what the receipt says."""
        del receipt
        return Verification(same=True)

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()
