"""How RSS says a record (RSS Advisory Board profile)."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import pytest
from lxml import etree
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import rss, tombstone_of
from govsync.formats.body_links import absolute
from govsync.model import Record

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": rss.CONTENT,
    "dc": rss.DUBLIN_CORE,
    "g": "urn:govsync:catalog:1",
}


def said(content: bytes, path: str) -> list[str]:
    root = etree.fromstring(content)
    return [str(found) for found in cast("list[str]", root.xpath(path, namespaces=NS))]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("title/text()", ["关于 A&B <征收> 的公告 ]]>"]),
        ("guid[@isPermaLink='false']/text()", [full().uri]),
        (
            "link/text()",
            ["https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&b=2"],
        ),
        ("pubDate/text()", ["Tue, 03 Mar 2026 17:30:00 +0800"]),
        ("dc:creator/text()", ["示例市人民政府"]),
        ("dc:contributor/text()", ["示例市财政局", "示例市民政局"]),
        ("category[@domain='urn:govsync:keyword']/text()", ["征地", "补偿 & 安置"]),
        ("category[@domain='urn:govsync:stage']/text()", ["决策"]),
        ("description/text()", ["全文如下 &amp;nbsp; &lt;略&gt;"]),
        ("content:encoded/text()", [absolute(full().body, full().link)]),
        ("enclosure/@length", ["2048"]),
        ("enclosure/@type", ["application/pdf"]),
        ("g:details/g:attachment/@name", ["附件1.pdf", "附件2"]),
        ("author", []),
    ],
)
def test_a_record_in_the_elements_of_rss(path: str, values: list[str]) -> None:
    assert said(rss.entry(full()), f"channel/item/{path}") == values


def test_titles_use_hexadecimal_references() -> None:
    """Readers take "&lt;" in a title for markup."""
    assert b"A&#x26;B &#x3C;" in rss.entry(full())


def test_the_channel_has_one_link_and_its_own_address() -> None:
    content = written("rss", [full()])

    assert said(content, "channel/link/text()") == [FEED.site]
    assert said(content, "channel/atom:link[@rel='self']/@href") == [FEED.self_url]
    assert said(content, "channel/language/text()") == ["zh-CN"]
    assert said(content, "channel/description/text()") == [
        "示例市基层政务公开 &lt;试点&gt;"
    ]
    assert said(content, "channel/lastBuildDate/text()") == [
        "Thu, 05 Mar 2026 09:02:03 +0800"
    ]


def test_an_attachment_of_unknown_size_is_no_enclosure() -> None:
    unsized = full(attachments=[{"name": "a", "href": "https://a.example/a"}])

    assert said(rss.entry(unsized), "channel/item/enclosure") == []


def test_a_public_feed_leaves_withdrawn_records_out() -> None:
    out = BytesIO()

    count = rss.write(FEED, [withdrawn(), plain()], out)

    assert count == 1
    assert read("rss", out.getvalue()) == [plain()]


def test_between_machines_a_withdrawal_is_an_item() -> None:
    out = BytesIO()

    count = rss.write(FEED, [withdrawn(), plain()], out, withdrawn=True)

    assert count == 2
    assert read("rss", out.getvalue()) == [tombstone_of(withdrawn()), plain()]
    assert withdrawn().title.encode() not in out.getvalue()


def test_a_record_without_dates_stands_without_a_date() -> None:
    undated = plain(published=None)

    assert said(rss.entry(undated), "channel/item/pubDate") == []
    assert rss.read_entry(rss.entry(undated)) == undated


def test_fractions_of_a_second_come_back() -> None:
    exact = plain(published="2026-03-03T08:00:00.000001+08:00")

    assert rss.read_entry(rss.entry(exact)) == exact


def test_a_strangers_feed_is_read() -> None:
    content = """<rss version="2.0"><channel><title>t</title><link>https://a.example</link>
      <item><title>一</title><link>https://a.example/1</link>
        <description>&lt;p&gt;长&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description>
        <pubDate>Tue, 03 Mar 2026 09:30:00 GMT</pubDate><category>水</category>
        <enclosure url="https://a.example/1.pdf" length="5" type="application/pdf"/>
      </item></channel></rss>"""

    (record,) = read("rss", content.encode())

    assert isinstance(record, Record)
    assert (record.id, record.link) == ("https://a.example/1", "https://a.example/1")
    assert (record.body, record.keywords) == ("<p>长</p>", ("水",))
    assert record.published == full().published
    assert record.attachments[0].name == "1.pdf"


def test_a_date_of_another_shape_is_named() -> None:
    item = b"<title>t</title><guid>1</guid><pubDate>2026-03-03</pubDate>"
    content = b"<rss><channel><item>" + item + b"</item></channel></rss>"

    with pytest.raises(FormatError, match="RFC 822") as caught:
        read("rss", content)

    assert caught.value.where == "line 1, pubDate"


def test_a_changed_item_is_refused() -> None:
    content = rss.entry(full()).replace("征地</category>".encode(), b"x</category>")

    with pytest.raises(FormatError, match="digest"):
        rss.read_entry(content)
