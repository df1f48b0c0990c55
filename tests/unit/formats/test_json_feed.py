"""What stands in a JSON Feed, and what is taken of a stranger's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import json_feed
from govsync.formats.body_links import absolute
from govsync.model import Record

STRANGER: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1",
    "title": "别处",
    "authors": [{"name": "某局"}],
    "items": [
        {
            "id": 17,
            "content_text": "一 < 二\n三",
            "date_published": "2026-03-01T08:00:00Z",
            "tags": ["征地"],
            "url": "https://b.example/17",
            "attachments": [
                {"url": "https://b.example/%E8%A1%A8.pdf", "mime_type": "a/b"}
            ],
        }
    ],
}


def items(*records: Record) -> list[dict[str, Any]]:
    return list(json.loads(written("json_feed", [*records]))["items"])


def strangers(**members: Any) -> Record:
    (item,) = STRANGER["items"]
    document = {**STRANGER, "items": [{**item, **members}]}
    (found,) = read("json_feed", json.dumps(document).encode())
    assert isinstance(found, Record)
    return found


def test_the_head_says_what_the_feed_says() -> None:
    document = json.loads(written("json_feed", [full()]))

    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["title"] == FEED.title
    assert document["home_page_url"] == FEED.site
    assert document["feed_url"] == FEED.self_url
    assert document["authors"] == [{"name": FEED.author}]
    assert document["language"] == "zh-CN"
    assert document["_govsync"]["id"] == FEED.uri


def test_an_item_says_in_members_of_its_own_what_it_can() -> None:
    (item,) = items(full())

    assert item["id"] == full().uri
    assert item["url"].startswith(
        "https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html"
    )
    assert item["date_published"] == "2026-03-03T17:30:00+08:00"
    assert item["date_modified"] == "2026-03-05T09:02:03.000456+08:00"
    assert [author["name"] for author in item["authors"]] == [
        "示例市人民政府",
        "示例市财政局",
        "示例市民政局",
    ]
    assert item["tags"] == ["征地", "补偿 & 安置"]
    (attachment,) = item["attachments"]
    assert attachment["mime_type"] == "application/pdf"
    assert attachment["size_in_bytes"] == 2048


def test_an_attachment_of_unknown_type_has_a_type_still() -> None:
    record = plain(
        attachments=({"name": "表", "href": "https://a.example/1", "size": 0},)
    )

    (item,) = items(record)

    assert item["attachments"] == [
        {
            "url": "https://a.example/1",
            "mime_type": "application/octet-stream",
            "title": "表",
            "size_in_bytes": 0,
        }
    ]


def test_content_is_there_even_where_the_body_is_empty() -> None:
    assert [item["content_html"] for item in items(plain(body=""))] == [""]


def test_relative_addresses_in_a_body_become_absolute_and_come_back() -> None:
    page = "https://a.example/公告/1.html"
    record = plain(link=page, body='<p><a href="../表.pdf?a=1&amp;b=2">表</a></p>')

    (item,) = items(record)

    assert item["content_html"] == (
        '<p><a href="https://a.example/%E8%A1%A8.pdf?a=1&amp;b=2">表</a></p>'
    )
    assert read("json_feed", written("json_feed", [record])) == [record]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="#a">x</a>',
        '<a href="mailto:a@b.example">x</a>',
        '<p>href="1.html"</p>',
        '<a title=" href=1">x</a>',
    ],
)
def test_what_is_no_relative_address_stays(body: str) -> None:
    assert absolute(body, "https://a.example/1") == body
    assert absolute(body, None) == body


@pytest.mark.parametrize(
    ("reference", "page"),
    [
        ("1.html", "页面/1.html"),
        ("1.html", ""),
        ("/1.html", None),
        ("//[", "https://a.example/1"),
    ],
)
def test_what_leads_nowhere_is_no_link(reference: str, page: str | None) -> None:
    body = f'<a href="{reference}" title="t">x</a>'

    assert absolute(body, page) == '<a title="t">x</a>'


def test_a_tombstone_stands_in_our_words_of_the_feed() -> None:
    document = json.loads(written("json_feed", [withdrawn(), plain()]))

    assert [grave["id"] for grave in document["_govsync"]["tombstones"]] == [
        "withdrawn/1"
    ]
    assert len(document["items"]) == 1


def test_a_strangers_item_is_read() -> None:
    record = strangers()

    assert (record.id, record.title) == ("17", "一 < 二")
    assert record.body == "一 &lt; 二\n三"
    assert (record.issuer, record.keywords) == ("某局", ("征地",))
    assert record.attachments[0].name == "表.pdf"
    assert record.published is not None
    assert record.published.isoformat() == "2026-03-01T16:00:00+08:00"


def test_a_strangers_item_has_its_own_title_and_authors() -> None:
    record = strangers(title="题", authors=[{"name": "甲"}, {"name": "乙"}])

    assert (record.title, record.issuer, record.co_issuers) == ("题", "甲", ("乙",))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "its version is None"),
        ({"version": "https://jsonfeed.org/version/2"}, "no JSON Feed"),
        ({"version": json_feed.VERSION}, "no items"),
        ({"version": json_feed.VERSION, "items": {}}, "no list"),
        ({"version": json_feed.VERSION, "items": [1]}, "no list of objects"),
        ({"version": json_feed.VERSION, "_govsync": 1, "items": []}, "no object"),
        ({"version": json_feed.VERSION, "items": [{"_govsync": 1}]}, "no object"),
    ],
)
def test_what_is_no_json_feed_is_refused(document: Any, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read("json_feed", json.dumps(document).encode())


def test_a_strangers_item_that_does_not_hold_is_named() -> None:
    with pytest.raises(FormatError) as caught:
        strangers(date_published="gestern")

    assert (caught.value.record, caught.value.field) == ("17", "published")
