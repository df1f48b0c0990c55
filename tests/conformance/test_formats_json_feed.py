"""JSON Feed against the rules of jsonfeed.org/version/1.1, member by member."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from support.formats import FEED, any_record, awkward, full, withdrawn, written

from govsync.formats import json_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from govsync.model import Record

    Rule = Callable[[Any], bool]

_RFC3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_URL = re.compile(r"https?://[!-~]+")


def text(value: Any) -> bool:
    return isinstance(value, str)


def url(value: Any) -> bool:
    return text(value) and bool(_URL.fullmatch(value))


def moment(value: Any) -> bool:
    return text(value) and bool(_RFC3339.fullmatch(value))


def whole(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def many(rule: Rule) -> Rule:
    return lambda value: isinstance(value, list) and all(map(rule, value))


def members(required: str, rules: Mapping[str, Rule]) -> Rule:
    """An object of these members; a name with an underscore is an extension's."""

    def holds(value: Any) -> bool:
        assert isinstance(value, dict), value
        assert set(required.split()) <= set(value), value
        for name, member in value.items():
            if name.startswith("_"):
                assert re.match("_[A-Za-z]", name), name
                assert isinstance(member, dict), name
                assert "." not in name
            else:
                assert rules[name](member), (name, member)
        return True

    return holds


AUTHOR = members("name", {"name": text, "url": url, "avatar": url})
ATTACHMENT = members(
    "url mime_type",
    {
        "url": url,
        "mime_type": lambda value: bool(re.match(r"[^/\s]+/[^/\s]+$|[^/]+/.+;", value)),
        "title": text,
        "size_in_bytes": whole,
        "duration_in_seconds": whole,
    },
)
ITEM = members(
    "id content_html",
    {
        "id": text,
        "url": url,
        "external_url": url,
        "title": text,
        "content_html": text,
        "content_text": text,
        "summary": text,
        "image": url,
        "banner_image": url,
        "date_published": moment,
        "date_modified": moment,
        "authors": many(AUTHOR),
        "tags": many(text),
        "language": text,
        "attachments": many(ATTACHMENT),
    },
)
DOCUMENT = members(
    "version title items",
    {
        "version": lambda value: value == "https://jsonfeed.org/version/1.1",
        "title": text,
        "home_page_url": url,
        "feed_url": url,
        "description": text,
        "user_comment": text,
        "next_url": url,
        "icon": url,
        "favicon": url,
        "authors": many(AUTHOR),
        "language": text,
        "expired": lambda value: isinstance(value, bool),
        "items": many(ITEM),
    },
)


def check(content: bytes) -> None:
    document = json.loads(content)

    assert DOCUMENT(document)
    ids = [item["id"] for item in document["items"]]
    assert len(ids) == len(set(ids))


def test_a_feed_keeps_the_rules() -> None:
    check(written("json_feed", awkward()))


@pytest.mark.parametrize("record", [full(), withdrawn()], ids=str)
def test_an_entry_keeps_the_rules(record: Record) -> None:
    check(json_feed.entry(record))


def test_a_feed_of_nothing_keeps_the_rules() -> None:
    check(written("json_feed", []))
    check(written("json_feed", [], feed=FEED.changed(self_url="", author="")))


@settings(max_examples=50)
@given(record=any_record())
def test_any_record_keeps_the_rules(record: Record) -> None:
    check(json_feed.entry(record))
    check(written("json_feed", [record]))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"id":"urn', b'"_id":"urn'),
        (b"T17:30:00+08:00", b" 17:30:00+08:00"),
        (b'"mime_type"', b'"type"'),
        (b'"size_in_bytes":2048', b'"size_in_bytes":"2048"'),
        (b"https://www.example.gov.cn/%E5", "https://www.example.gov.cn/公".encode()),
    ],
)
def test_the_check_finds_what_is_wrong(good: bytes, bad: bytes) -> None:
    """It is our own: it must be able to fail."""
    content = json_feed.entry(full())
    assert good in content

    with pytest.raises((AssertionError, KeyError)):
        check(content.replace(good, bad))
