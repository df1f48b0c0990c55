"""What goes to the platform: documents of one record, feeds of many. Pure."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from govsync.channels import Form, Op, Reject
from govsync.errors import FormatError
from govsync.formats import FORMATS, Feed
from govsync.model import Finding, Severity, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govsync.channels import Release
    from govsync.model import Record

MAX_BODY = 16 * 1024 * 1024
"""What the platform takes in one call, in bytes (docs/platform.md)."""

# RSS leaves withdrawn records out of a feed for readers; the platform is none.
_EXTRA: Mapping[str, Mapping[str, Any]] = {"rss": {"withdrawn": True}}


def item_path(record_id: str) -> str:
    """Return the path of an item: the id is one segment, its slashes encoded."""
    return f"/api/v1/items/{quote(record_id, safe='')}"


def single(release: Release, wire: str, base_url: str) -> Form:
    """Return the document of one release.

    Raises:
        Reject: The form cannot carry the record, or the platform would not take it.
    """
    record = release.record
    _check(release)
    form = FORMATS[wire]
    try:
        content = form.entry(record)
    except FormatError as error:
        raise rejected(record.id, "format", error.message, error.field) from error
    if len(content) > MAX_BODY:
        raise rejected(record.id, "size", f"{len(content)} bytes of {MAX_BODY}", "body")
    return Form(
        name=f"PUT {base_url}{item_path(record.id)}",
        media_type=form.entry_media_type(record),
        content=content,
    )


def batch(
    releases: Sequence[Release], wire: str, base_url: str, city: Mapping[str, str]
) -> Form:
    """Return the feed of several releases, each of which :func:`single` can carry.

    Raises:
        FormatError: What the city says of itself makes no feed.
    """
    form = FORMATS[wire]
    out = BytesIO()
    records = [release.record for release in releases]
    form.write(feed_of(city, base_url), records, out, **_EXTRA.get(wire, {}))
    return Form(
        name=f"POST {base_url}/api/v1/batches",
        media_type=form.MEDIA_TYPE,
        content=out.getvalue(),
    )


def feed_of(city: Mapping[str, str], base_url: str) -> Feed:
    """Return what a batch says of the city; its times are those of its records."""
    name = city.get("name", "")
    return Feed(
        title=city.get("site_name") or name or "govsync",
        site=city.get("site") or base_url,
        author=name,
    )


def idempotency_key(releases: Sequence[Release], form: Form) -> str:
    """Return a key that is equal for, and only for, the same effect in the same bytes.

    The bytes are part of it: another form of the same effect is another request, which
    the platform would refuse under the same key.
    """
    keys = (release.key for release in releases)
    return digest_of("\n".join((*keys, digest_of(form.content))).encode())


def rejected(record: str, rule: str, message: str, field: str = "") -> Reject:
    """Return the refusal of a record, with the one finding that says why."""
    finding = Finding(
        rule=f"province.{rule}",
        severity=Severity.BLOCK,
        message=message,
        record=record,
        field=field,
    )
    return Reject(message, findings=[finding])


def _check(release: Release) -> None:
    record: Record = release.record
    if record.withdrawn != (release.op is Op.WITHDRAW):
        said = "is withdrawn" if record.withdrawn else "stands"
        message = f"the record {said}, and the release is to {release.op}"
        raise rejected(record.id, "state", message, "status.state")
    if {".", ".."} & set(record.id.split("/")):
        message = "an id with a part . or .. has no address"
        raise rejected(record.id, "id", message, "id")
