"""JSON: a feed and its records in one document, in the words of the model.

::

    {"feed": {…}, "tombstones": [{…}], "records": [{…, "digest": "…"}]}

A record is its plain data with its digest; one line each. A document of one record is
``{"record": {…}}`` or ``{"tombstone": {…}}``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.document import Layout, encoding, guarded, rendered, write_document
from govsync.formats.reading import only
from govsync.formats.text import forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from govsync.formats.document import Rendered
    from govsync.formats.feed import Feed, Tombstone
    from govsync.model import Record

NAME = "json"
MEDIA_TYPE = "application/json"

# What json escapes, and what it does not, of the characters that XML cannot hold. It
# finds harmless "\\b" too: the search of the single fields decides.
_SUSPICIOUS = re.compile("\\\\(?:[bf]|u00[01])|[\ufffe\uffff]")


def write(
    feed: Feed,
    records: Iterable[Record | Rendered],
    out: BinaryIO,
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write a document; see :meth:`govsync.formats.Format.write`.

    Raises:
        FormatError: The feed or a record cannot be carried.
    """
    return write_document(LAYOUT, feed, records, out, on_error)


def entry(record: Record) -> bytes:
    """Return a document of one record or tombstone.

    Raises:
        FormatError: The record cannot be carried.
    """
    return rendered(_ALONE, record)


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read a document; the whole of it is in memory meanwhile.

    Raises:
        FormatError: It is no such document, or a record does not hold.
    """
    document = parsed(source if isinstance(source, bytes) else source.read())
    for name in ("tombstones", "records"):
        if not isinstance(document.get(name, []), list):
            raise FormatError("is no list", where=name)
    if "records" not in document:
        raise FormatError("the document has no records", where="records")
    yield from map(tombstone_of_plain, document.get("tombstones", []))
    yield from map(record_of_plain, document["records"])


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a document of one record or tombstone.

    Raises:
        FormatError: It is none, or the record is not what its digest says.
    """
    document = parsed(content)
    readers: dict[str, Callable[[Any], Record | Tombstone]] = {
        "record": record_of_plain,
        "tombstone": tombstone_of_plain,
    }
    return only(readers[name](document[name]) for name in document if name in readers)


def entry_media_type(record: Record) -> str:
    """The media type of :func:`entry`'s document."""
    del record
    return MEDIA_TYPE


def parsed(content: bytes | str) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        FormatError: It is no JSON, or no object.
    """
    try:
        document = json.loads(content)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"no JSON: {error.msg}", where=f"line {error.lineno}, column {error.colno}"
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"no JSON: {error}", mend="send UTF-8") from error
    if not isinstance(document, dict):
        raise FormatError("the JSON is no object", mend="send an object, {…}")
    return document


def record_of_plain(plain: Any) -> Record:
    """Make the record of its plain data, and check its digest.

    Raises:
        FormatError: The data do not hold, or the digest is missing or of another.
    """
    found = _member(plain, "record")
    if not isinstance(found.get("digest"), str):
        raise FormatError(
            "the record has no digest",
            record=str(found.get("id", "")),
            field="digest",
        )
    return extension.record_of(found, None)


def tombstone_of_plain(plain: Any) -> Tombstone:
    """Make the tombstone of its plain data.

    Raises:
        FormatError: The data do not hold.
    """
    return extension.tombstone_of_fields(_member(plain, "tombstone"), None)


def json_encoded(markup: str) -> bytes | None:
    """Return JSON text as UTF-8, or None where XML could not hold a character.

    JSON could, but a record goes to every format or to none.

    Raises:
        UnicodeEncodeError: A lone surrogate, which has no UTF-8.
    """
    if _SUSPICIOUS.search(markup) and forbidden(json.loads(markup)) is not None:
        return None
    return markup.encode()


def _member(plain: Any, what: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise FormatError(f"a {what} that is no object", where=f"{what}s")
    return dict(plain)


def _head(feed: Feed, updated: datetime | None) -> bytes:
    known = feed.changed(updated=updated)
    plain = known.model_dump(mode="json", exclude_defaults=True)
    said = guarded(_text({"feed": plain}), feed, "feed", json_encoded)
    return said.removesuffix(b"}") + b',"tombstones":[\n'


def _record(record: Record) -> str:
    return _text({**record.plain(), "digest": record.digest})


def _tombstone(grave: Tombstone) -> str:
    return _text(grave.model_dump(mode="json", exclude_defaults=True))


def _text(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


LAYOUT = Layout(
    form=NAME,
    head=_head,
    entry=encoding(_record, json_encoded),
    tombstone=encoding(_tombstone, json_encoded),
    middle=b'\n],"records":[\n',
    tail=b"\n]}\n",
    separator=b",\n",
)
_ALONE = Layout(
    form=NAME,
    head=_head,
    entry=encoding(lambda record: f'{{"record":{_record(record)}}}\n', json_encoded),
    tombstone=encoding(
        lambda grave: f'{{"tombstone":{_tombstone(grave)}}}\n', json_encoded
    ),
    tail=b"",
)
