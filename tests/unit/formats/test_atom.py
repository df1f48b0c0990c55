"""How Atom says a record, and which faults it refuses."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import pytest
from lxml import etree
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import FORMATS, atom, tombstone_of
from govsync.formats.body_links import absolute
from govsync.model import Record

NS = {
    "a": atom.NAMESPACE,
    "at": atom.TOMBSTONES,
    "g": "urn:govsync:catalog:1",
}


def entry(record: Record) -> etree._Element:
    return etree.fromstring(atom.entry(record))


def said(element: etree._Element, path: str) -> list[str]:
    return [
        str(found) for found in cast("list[str]", element.xpath(path, namespaces=NS))
    ]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a:id/text()", ["urn:govsync:record:000014349/2026-00001"]),
        ("a:title[@type='text']/text()", ["关于 A&B <征收> 的公告 ]]>"]),
        ("a:updated/text()", ["2026-03-05T09:02:03.000456+08:00"]),
        ("a:published/text()", ["2026-03-03T17:30:00+08:00"]),
        ("a:author/a:name/text()", ["示例市人民政府"]),
        ("a:contributor/a:name/text()", ["示例市财政局", "示例市民政局"]),
        ("a:summary/text()", ["全文如下 &nbsp; <略>"]),
        ("a:category[@scheme='urn:govsync:keyword']/@term", ["征地", "补偿 & 安置"]),
        ("a:category[@scheme='urn:govsync:area']/@term", ["征地补偿"]),
        ("a:category[@scheme='urn:govsync:stage']/@term", ["decision"]),
        ("a:category[@scheme='urn:govsync:stage']/@label", ["决策"]),
        (
            "a:link[@rel='alternate']/@href",
            ["https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&b=2"],
        ),
        (
            "a:link[@rel='related']/@href",
            ["urn:govsync:record:%E6%97%A7%E6%96%87/2025-1"],
        ),
        (
            "a:link[@rel='enclosure']/@href",
            ["https://www.example.gov.cn/%E9%99%84%E4%BB%B6/1.pdf?a=1&b=2"],
        ),
        ("a:link[@rel='enclosure']/@type", ["application/pdf"]),
        ("a:link[@rel='enclosure']/@length", ["2048"]),
        ("a:link[@rel='enclosure']/@title", ["附件1.pdf"]),
        ("@xml:lang", ["zh-CN"]),
        ("g:details/@revision", ["7"]),
        ("g:details/@digest", [full().digest]),
    ],
)
def test_a_record_in_atoms_own_elements(path: str, values: list[str]) -> None:
    assert said(entry(full()), path) == values


def test_the_body_is_html_with_absolute_addresses() -> None:
    """Few readers know what page it stood on; what it said stands in our words."""
    element = entry(full())

    (html,) = said(element, "a:content[@type='html']/text()")
    assert html == absolute(full().body, full().link)
    assert html != full().body
    assert said(element, "g:details/g:body/text()") == [full().body]
    assert said(entry(plain(body="<p>x</p>")), "g:details/g:body") == []


def test_without_a_link_there_is_content_even_when_it_is_empty() -> None:
    """RFC 4287 § 4.1.2: no content wants an alternate link."""
    assert len(said(entry(plain()), "a:content")) == 1
    assert said(entry(plain(link="https://a.example/")), "a:content") == []


@pytest.mark.parametrize(
    "link", ["页面/1.html", "/1.html", "ftp://a.example/1", "javascript:x"]
)
def test_a_link_that_is_no_web_address_stands_in_our_words_only(link: str) -> None:
    element = entry(plain(link=link))

    assert said(element, "a:link[@rel='alternate']") == []
    assert said(element, "g:details/g:link/text()") == [link]


def test_a_withdrawn_record_is_a_tombstone() -> None:
    """RFC 6721, and nothing of what was taken back."""
    content = atom.entry(withdrawn())
    element = etree.fromstring(content)

    assert element.tag == f"{{{atom.TOMBSTONES}}}deleted-entry"
    assert element.get("ref") == "urn:govsync:record:withdrawn/1"
    assert said(element, "at:comment/text()") == ["内容有误 <更正>"]
    assert said(element, "g:tombstone/@digest") == [withdrawn().digest]
    assert withdrawn().title.encode() not in content


def test_a_tombstone_is_never_older_than_the_ledger_saw_the_withdrawal() -> None:
    """A receiver keeps an entry that was updated after its tombstone."""
    late = withdrawn(updated="2026-03-09T00:00:00+08:00")

    assert tombstone_of(late).when == late.updated
    assert tombstone_of(withdrawn()).when == withdrawn().status.at


def test_media_types_of_entries() -> None:
    assert atom.entry_media_type(full()) == "application/atom+xml;type=entry"
    assert atom.entry_media_type(withdrawn()) == "application/atomdeleted+xml"


def test_tombstones_stand_before_the_first_entry() -> None:
    content = written("atom", [plain(), withdrawn(), plain(id="b")])

    names = [etree.QName(child).localname for child in etree.fromstring(content)]

    assert names[-3:] == ["deleted-entry", "entry", "entry"]
    assert names.count("deleted-entry") == 1


def test_the_feed_says_the_latest_change_of_its_records() -> None:
    content = written("atom", [plain(), full(), withdrawn()])

    assert said(etree.fromstring(content), "a:updated/text()") == [
        "2026-03-06T08:00:00+08:00"
    ]


def test_the_feeds_own_date_wins() -> None:
    feed = FEED.changed(updated="2026-12-01T00:00:00+08:00")

    content = written("atom", [full()], feed=feed)

    assert said(etree.fromstring(content), "a:updated/text()") == [
        "2026-12-01T00:00:00+08:00"
    ]


def test_the_head_of_a_feed() -> None:
    element = etree.fromstring(written("atom", [full()]))

    assert said(element, "a:id/text()") == ["https://www.example.gov.cn/"]
    assert said(element, "a:author/a:name/text()") == ["示例市人民政府"]
    assert said(element, "a:link[@rel='self']/@href") == [FEED.self_url]
    assert said(element, "a:link[@rel='alternate']/@href") == [FEED.site]
    assert said(element, "a:subtitle/text()") == [FEED.description]


def test_a_feed_without_records_must_be_told_its_date() -> None:
    with pytest.raises(FormatError, match=r"feed\.updated"):
        written("atom", [])

    feed = FEED.changed(updated="2026-12-01T00:00:00+08:00")
    assert read("atom", written("atom", [], feed=feed)) == []


def test_a_record_without_any_date_is_refused() -> None:
    with pytest.raises(FormatError, match="no date at all") as caught:
        atom.entry(plain(published=None))

    assert (caught.value.record, caught.value.field) == ("a", "updated")
    assert "published" in caught.value.mend


def test_an_entry_of_its_own_has_an_author() -> None:
    """In a feed the feed's author stands for it."""
    nameless = plain(issuer="")

    with pytest.raises(FormatError, match="author"):
        atom.entry(nameless)
    assert read("atom", written("atom", [nameless])) == [nameless]


def test_a_changed_entry_is_refused() -> None:
    content = atom.entry(full()).replace("一、范围".encode(), "二、范围".encode())

    with pytest.raises(FormatError, match="digest") as caught:
        atom.read_entry(content)

    assert caught.value.record == full().id
    assert "line 2" in caught.value.where


def test_a_strangers_feed_is_read() -> None:
    content = """<feed xmlns="http://www.w3.org/2005/Atom">
      <id>tag:example.org,2026:f</id><title>f</title><updated>2026-01-01T00:00:00Z</updated>
      <author><name>某局</name></author>
      <entry><id>tag:example.org,2026:1</id><title type="html">A &amp;amp; B</title>
        <updated>2026-01-02T00:00:00Z</updated><published>2026-01-01T00:00:00Z</published>
        <link href="https://a.example/1"/><category term="水"/>
        <link rel="enclosure" href="https://a.example/1.pdf" length="5"/>
        <summary>短</summary>
        <content type="html">&lt;p onclick="x()"&gt;长&lt;/p&gt;</content></entry>
      <entry><id>tag:example.org,2026:2</id><title>二</title>
        <updated>2026-01-02T00:00:00Z</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<b>c</b></div></content>
      </entry></feed>"""

    first, second = read("atom", content.encode())

    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.id, first.title) == ("tag:example.org,2026:1", "A & B")
    assert (first.body, first.summary) == ("<p>长</p>", "短")
    assert (first.issuer, first.keywords) == ("某局", ("水",))
    assert first.link == "https://a.example/1"
    assert (first.attachments[0].name, first.attachments[0].size) == ("1.pdf", 5)
    assert first.published is not None
    assert first.published.isoformat() == "2026-01-01T08:00:00+08:00"
    assert second.body == "a<b>c</b>"
    assert second.published == second.updated


def test_a_strangers_entry_without_an_id_is_refused() -> None:
    content = b'<entry xmlns="http://www.w3.org/2005/Atom"><title>t</title></entry>'

    with pytest.raises(FormatError) as caught:
        atom.read_entry(content)

    assert (caught.value.field, caught.value.where) == ("id", "line 1, id")


def test_a_feed_is_no_entry() -> None:
    with pytest.raises(FormatError, match="feed"):
        atom.read_entry(written("atom", [full()]))


def test_reading_takes_a_stream() -> None:
    stream = BytesIO(written("atom", [full()]))

    assert list(FORMATS["atom"].read(stream)) == [full()]
