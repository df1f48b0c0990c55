"""Judging what is not XML: JSON by its members, lines one by one, pages by reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.errors import FormatError
from govsync.formats import extension, page_reading
from govsync.formats.address import record_id, to_uri
from govsync.formats.json_feed import OURS
from govsync.formats.json_feed_reading import member
from govsync.formats.json_records import parsed, record_of_plain, tombstone_of_plain
from govsync.validation.content import faults_of
from govsync.validation.fault import Fault, Place, fault
from govsync.validation.json_feed import Document
from govsync.validation.markup import of_error
from govsync.validation.wellformed import place_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Result = tuple[int, list[Fault]]


def check(content: bytes, name: str, address: str) -> Result:
    """Judge a document of a format.

    Returns:
        How many records and tombstones it holds, and what is wrong.
    """
    if name == "page_meta":
        return _page(content, address)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        place = place_in(before, len(before))
        return 0, [fault("encoding", "the bytes are not UTF-8", place)]
    return _lines(content) if name == "jsonl" else _document(content, name, address)


def _page(content: bytes, address: str) -> Result:
    try:
        return len([*page_reading.read(content, address)]), []
    except FormatError as error:
        return 0, [of_error(error)]


def _lines(content: bytes) -> Result:
    found: list[Fault] = []
    seen: dict[str, str] = {}
    count = 0
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        count += 1
        try:
            record = extension.record_of(parsed(line), number)
        except FormatError as error:
            found.append(of_error(error, number))
        else:
            found += _twice(seen, record.id, Place(number, record=record.id))
    return count, found


def _document(content: bytes, name: str, address: str) -> Result:
    try:
        document = parsed(content)
    except FormatError as error:
        place = Place(path=error.where)
        return 0, [fault("well-formed", error.message, place, error.mend)]
    judge = _json_feed if name == "json_feed" else _records
    return judge(document, address)


def _records(document: dict[str, Any], address: str) -> Result:
    del address
    found: list[Fault] = []
    graves = _one_or_many(document, "tombstone", found)
    records = _one_or_many(document, "record", found)
    if not {"record", "records", "tombstone"} & set(document):
        missing = "the document has no records"
        found.append(fault("schema", missing, Place(path="records")))
    found += _read_each("tombstones", graves, tombstone_of_plain)
    found += _read_each("records", records, record_of_plain)
    return len(graves) + len(records), found


def _one_or_many(document: dict[str, Any], name: str, found: list[Fault]) -> list[Any]:
    return [document[name]] if name in document else _list(document, f"{name}s", found)


def _json_feed(document: dict[str, Any], address: str) -> Result:
    found = [*_of_members(document)]
    items = _list(document, "items", found)
    graves = _list(document.get(OURS) or {}, "tombstones", found)
    known = document.get("feed_url")
    if not known and len(items) + len(graves) != 1:
        found.append(fault("self", "the feed does not name its own address"))
    elif known and address and to_uri(str(known)) != to_uri(address):
        message = f"it names {known!r:.200}, not {address}"
        found.append(fault("self-address", message, Place(path="feed_url")))
    for number, item in enumerate(items):
        path = f"items[{number}].content_html"
        found += faults_of(str(_member(item, "content_html")), Place(path=path))
    spoilt = {each.place.path.partition(".")[0] for each in found}
    found += _read_each("items", items, member, spoilt)
    found += _read_each(f"{OURS}.tombstones", graves, tombstone_of_plain)
    named = {f"items[{n}]": _id(item) for n, item in enumerate(items)}
    return len(items) + len(graves), [_named(each, named) for each in found]


def _of_members(document: dict[str, Any]) -> Iterator[Fault]:
    try:
        Document.model_validate(document)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield fault("schema", each["msg"], Place(path=_path(each["loc"])))


def _path(location: Iterable[str | int]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).lstrip(".")


def _list(document: Any, name: str, found: list[Fault]) -> list[Any]:
    value = document.get(name, []) if isinstance(document, dict) else []
    if isinstance(value, list):
        return value
    found.append(fault("schema", "is no list", Place(path=name)))
    return []


def _read_each(
    name: str,
    values: list[Any],
    read: Callable[[Any], Any],
    spoilt: Iterable[str] = (),
) -> Iterator[Fault]:
    """Read every record as a receiver does; no two of one id."""
    seen: dict[str, str] = {}
    for number, value in enumerate(values):
        path = f"{name}[{number}]"
        if path in spoilt:
            continue
        try:
            record = read(value)
        except FormatError as error:
            inner = f"{path}.{error.field}".rstrip(".")
            place = Place(path=inner, record=error.record)
            yield fault("record", error.message, place, error.mend)
        else:
            yield from _twice(seen, record.id, Place(path=path, record=record.id))


def _twice(seen: dict[str, str], name: str, place: Place) -> Iterator[Fault]:
    if name in seen:
        yield fault(
            "duplicate-id", f"{name!r:.200} stands at {seen[name]} already", place
        )
    seen.setdefault(name, place.path or f"line {place.line}")


def _member(item: Any, name: str) -> Any:
    return item.get(name, "") if isinstance(item, dict) else ""


def _id(item: Any) -> str:
    said = str(_member(item, "id"))
    return record_id(said) or said


def _named(each: Fault, ids: dict[str, str]) -> Fault:
    record = each.place.record or ids.get(each.place.path.partition(".")[0], "")
    return each.at(each.place._replace(record=record))
