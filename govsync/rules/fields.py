"""The texts of a record that travel, by the name of their field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Record

Field = tuple[str, str]
"""The name of a field, such as ``attachments[0].name``, and its text."""


def readable(record: Record) -> Iterator[Field]:
    """Yield what people read, without the body: no addresses, no ids, no reviewers."""
    yield "title", record.title
    yield "document_number", record.document_number
    yield "issuer", record.issuer
    yield from _numbered("co_issuers", record.co_issuers)
    yield "summary", record.summary
    yield from _numbered("keywords", record.keywords)
    for i, attachment in enumerate(record.attachments):
        yield f"attachments[{i}].name", attachment.name
    if record.item:
        yield from zip(_LEVELS, record.item.parts, strict=True)
    yield "audience.note", record.audience.note
    yield "status.reason", record.status.reason


def carried(record: Record) -> Iterator[Field]:
    """Yield every text of a record, as formats write it."""
    yield "id", record.id
    yield "body", record.body
    yield from readable(record)
    yield "index_number", record.index_number
    yield "link", record.link
    for i, attachment in enumerate(record.attachments):
        yield f"attachments[{i}].href", attachment.href
        yield f"attachments[{i}].media_type", attachment.media_type
    if record.relation:
        yield "relation.target", record.relation.target
    yield from _reviewers(record)
    for name, text in record.extra.items():
        yield extra_field(name), name
        yield extra_field(name), text


def filed(record: Record) -> Iterator[Field]:
    """Yield the values by which a record is filed; none is ever a placeholder."""
    yield "title", record.title
    yield "index_number", record.index_number
    yield "document_number", record.document_number
    yield "issuer", record.issuer
    yield from _numbered("co_issuers", record.co_issuers)
    if record.item:
        yield from zip(_LEVELS, record.item.parts, strict=True)
    for i, attachment in enumerate(record.attachments):
        yield f"attachments[{i}].name", attachment.name


def names(record: Record) -> Iterator[Field]:
    """Yield the names of bodies and reviewers, and the document's number."""
    yield "document_number", record.document_number
    yield "issuer", record.issuer
    yield from _numbered("co_issuers", record.co_issuers)
    yield from _reviewers(record)


def extra_field(name: str) -> str:
    """Name a column that the model does not know, so that the name may be shown."""
    safe = "".join(c if c.isprintable() else "\ufffd" for c in masked(name))
    return f"extra.{safe}"


def _reviewers(record: Record) -> Iterator[Field]:
    if record.review:
        yield "review.first", record.review.first
        yield "review.second", record.review.second
        yield "review.final", record.review.final


_LEVELS = ("item.area", "item.level1", "item.level2", "item.level3")


def _numbered(name: str, texts: tuple[str, ...]) -> Iterator[Field]:
    for i, text in enumerate(texts):
        yield f"{name}[{i}]", text
