"""What a document says of itself (Feed), and of a record taken back (Tombstone)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from govsync.errors import FormatError
from govsync.formats.address import to_uri
from govsync.model.base import Moment, Value
from govsync.model.catalog import Line
from govsync.model.record import Digest, RecordId

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.model import Record

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a language tag (BCP 47): ``zh-CN``, not ``zh_CN``."""
_IRI = re.compile(
    r"(?!urn:)[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+"
    r"|urn:[A-Za-z0-9][A-Za-z0-9-]{1,31}:[^\s<>\"{}|\\^`]+"
)
"""An absolute IRI; a URN's namespace has two characters or more (RFC 8141 § 2)."""


class Feed(Value):
    """What a document says of itself."""

    title: Line
    site: Line
    """The home page, an absolute address."""
    self_url: Line = ""
    """Where the document itself can be fetched; empty for one that is pushed."""
    id: Line = ""
    """An IRI that never changes; empty for the address of the site."""
    author: Line = ""
    """Who publishes, for records without an issuer; empty for the title."""
    description: Line = ""
    language: Line = "zh-CN"
    updated: Moment | None = None
    """When the document last changed; None for the latest change of its records."""

    @property
    def uri(self) -> str:
        """The document's own id."""
        return self.id or to_uri(self.site) or self.site


class Tombstone(Value):
    """What is left of a record that was withdrawn (RFC 6721)."""

    id: RecordId
    """The record's id."""
    revision: Annotated[int, Field(ge=1)]
    digest: Digest
    """The record's digest, withdrawal included."""
    when: Moment
    reason: str = ""


def tombstone_of(record: Record) -> Tombstone:
    """Return what is left of a withdrawn record.

    Its moment is the later one of the withdrawal and of the ledger's: a receiver
    keeps an entry that was updated after its tombstone (RFC 6721 § 3).

    Raises:
        FormatError: The record stands, or has no date at all.
    """
    if not record.withdrawn:
        raise FormatError(
            "the record was not withdrawn", record=record.id, field="status.state"
        )
    known = [at for at in (record.status.at, record.updated) if at is not None]
    when = max(known) if known else record.changed_at
    if when is None:
        raise undated(record, "status.at")
    return Tombstone(
        id=record.id,
        revision=record.revision,
        digest=record.digest,
        when=when,
        reason=record.status.reason,
    )


def undated(record: Record, field: str) -> FormatError:
    """Return the error of a record without any date: a made-up one is never given."""
    return FormatError(
        "the record has no date at all",
        record=record.id,
        field=field,
        mend="give published (发布日期), issued (印发日期) or formed (成文日期)",
    )


def check(feed: Feed) -> None:
    """Refuse a feed whose document no validator would take.

    Raises:
        FormatError: Names the field, ``feed.site`` and the like.
    """
    for field, holds, message, mend in _CHECKS:
        if not holds(feed):
            given = getattr(feed, field)
            raise FormatError(f"{given!r} {message}", field=f"feed.{field}", mend=mend)


_CHECKS: tuple[tuple[str, Callable[[Feed], object], str, str], ...] = (
    ("title", lambda feed: feed.title, "is no title", "give the feed a name"),
    (
        "site",
        lambda feed: to_uri(feed.site),
        "is no absolute web address",
        "give the home page, such as https://www.example.gov.cn/",
    ),
    (
        "self_url",
        lambda feed: not feed.self_url or to_uri(feed.self_url),
        "is no absolute web address",
        "give the address that the feed is fetched from, or leave it empty",
    ),
    (
        "id",
        lambda feed: not feed.id or _IRI.fullmatch(feed.id),
        "is no absolute IRI",
        "give one such as tag:example.gov.cn,2026:feed, or leave it empty",
    ),
    (
        "language",
        lambda feed: _LANGUAGE.fullmatch(feed.language),
        "is no language tag",
        "write it with a hyphen, such as zh-CN",
    ),
)
