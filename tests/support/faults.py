"""The faults for which receivers turn a feed down, and how each would come about.

The list is of what feed validators know (the W3C's for RSS and Atom, the RFCs' own
schemas). Each fault has two proofs: planted into a sound document, our validator finds
it; attempted with a record or a feed that leads to it, our writer refuses, or writes a
document in which the validator finds nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from support.formats import FEED, full, plain, withdrawn, written

from govsync.formats.atom import TOMBSTONES
from govsync.model import Attachment, Record, State, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Refused(NamedTuple):
    """What the error of a refusal names."""

    record: str
    field: str
    offset: int | None = None


class Fault(NamedTuple):
    """A fault of a form."""

    form: str
    name: str
    swap: tuple[str, str]
    """What is replaced by what in a sound document, at its first place."""
    rule: str
    """What our validator calls it."""
    records: Callable[[], list[Record]]
    """Make what would bring it about."""
    refused: Refused | None = None
    """None where such a document is written, and is sound."""
    feed: Mapping[str, Any] = MappingProxyType({})
    """What the attempt says of the feed."""
    raw: bool = False
    """Whether the swap is of GB 18030 bytes."""


def sound(form: str) -> bytes:
    """A document without fault, in which the swaps find their place."""
    records = [full(body=_BODY), plain(link=_LINK), plain(id="c"), withdrawn()]
    return written(form, records, **({"withdrawn": False} if form == "rss" else {}))


_GRAVE = '<at:deleted-entry ref="a:b" when="2026-03-03T00:00:00Z"/>'
_GRAVE_ALONE = _GRAVE.replace(" ref", f' xmlns:at="{TOMBSTONES}" ref')
_HISTORY = 'xmlns:fh="http://purl.org/syndication/history/1.0"'
_MADE_BY = "<generator>govsync</generator>\n"
_NAIVE = datetime(2026, 3, 3)  # noqa: DTZ001 - that is the point
_LINK = "https://www.example.gov.cn/2.html"
_BODY = '<p>一 &amp; 二 <a href="https://www.example.gov.cn/1.pdf">附件</a></p>'
_ANCHOR = 'href="https://www.example.gov.cn/1.pdf"'
_TITLE = "关于 A&#x26;B &#x3C;征收&#x3E; 的公告 ]]&#x3E;"
_PAGE = "https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&amp;b=2"
_SELF = 'href="https://www.example.gov.cn/feed"/>'
_GUID = f'<guid isPermaLink="false">{full().uri}</guid>'
_TITLE_END = "</title>\n<link>https://www.example.gov.cn/</link>"
_PUB = "Tue, 03 Mar 2026 17:30:00 +0800"
_UPDATED = "<updated>2026-03-05T09:02:03.000456+08:00</updated>"
_DATED = {"status": Status(state=State.WITHDRAWN)}
_UNDATED = {"published": None, "issued": None, "formed": None, "updated": None}
_NO_SIZE = Attachment(name="附件", href="https://www.example.gov.cn/2.doc")


def _full() -> list[Record]:
    return [full()]


def _none() -> list[Record]:
    return []


def _titled(title: str) -> Callable[[], list[Record]]:
    return lambda: [full(id="r", title=title, summary=title, extra={title: title})]


def _body(html: str) -> Callable[[], list[Record]]:
    return lambda: [full(id="r", body=html), plain(body=html), plain(id="b", body=html)]


def _linked(link: str) -> Callable[[], list[Record]]:
    return lambda: [full(id="r", link=link)]


def _with(**changes: Any) -> Callable[[], list[Record]]:
    return lambda: [full(id="r", **changes)]


def _graves_between() -> list[Record]:
    return [full(), withdrawn(), plain()]


def _twice() -> list[Record]:
    return [plain(), plain(title="又一")]


def _everyday() -> list[Record]:
    days = (
        datetime(2024 + n // 300, n % 12 + 1, n % 28 + 1, tzinfo=UTC)
        for n in range(365)
    )
    return [plain(id=f"d{n}", published=day) for n, day in enumerate(days)]


_OF_RSS = (
    Fault(
        "rss",
        "U+0008",
        ("公告 ]]", "公告\x08 ]]"),
        "well-formed",
        _titled("一\x08"),
        Refused("r", "title", 1),
    ),
    Fault(
        "rss",
        "U+FFFE",
        ("公告 ]]", "公告\ufffe ]]"),
        "well-formed",
        _titled("一\ufffe"),
        Refused("r", "title", 1),
    ),
    Fault("rss", "a raw ]]>", ("]]&#x3E;", "]]>"), "well-formed", _titled("a]]>b")),
    Fault(
        "rss",
        "an undeclared prefix",
        ("<title>", "<x:y/><title>"),
        "well-formed",
        _titled("<x:y/>"),
    ),
    Fault(
        "rss", "a raw &", ("A&#x26;B", "A&B"), "well-formed", _titled("A&B &x; &amp;")
    ),
    Fault(
        "rss", "ISO 8601 pubDate", (_PUB, "2026-03-03T17:30:00+08:00"), "schema", _full
    ),
    Fault("rss", "a wrong weekday", (_PUB, "Wed" + _PUB[3:]), "weekday", _everyday),
    Fault(
        "rss",
        "Chinese names of days",
        (_PUB, "周二, 03 3月 2026 17:30:00 +0800"),
        "schema",
        _everyday,
    ),
    Fault("rss", "no guid", (_GUID, ""), "schema", _full),
    Fault(
        "rss",
        "a guid that is no address",
        ('isPermaLink="false"', ""),
        "schema",
        _with(),
    ),
    Fault(
        "rss",
        "a guid twice",
        (plain().uri, full().uri),
        "duplicate-id",
        _twice,
        Refused("a", "id"),
    ),
    Fault("rss", "a relative link", (_PAGE, "/1.html"), "schema", _linked("/1.html")),
    Fault(
        "rss",
        "Chinese in an address",
        (_PAGE, "https://www.example.gov.cn/公告"),
        "schema",
        _linked("https://例子.测试/公告?q=中"),
    ),
    Fault(
        "rss",
        "no description of the channel",
        (f"<description>{'示例市基层政务公开 &amp;lt;试点&amp;gt;'}</description>", ""),
        "schema",
        _full,
        feed={"description": ""},
    ),
    Fault(
        "rss",
        "no self link",
        (f'<atom:link rel="self" type="application/rss+xml" {_SELF}', ""),
        "self",
        _full,
    ),
    Fault(
        "rss",
        "a wrong self link",
        (_SELF, 'href="/feed"/>'),
        "schema",
        _full,
        Refused("", "feed.self_url"),
        {"self_url": "/feed"},
    ),
    Fault(
        "rss",
        "two links of the channel",
        (_TITLE_END, _TITLE_END + "<link>https://a.example/</link>"),
        "schema",
        _full,
    ),
    Fault(
        "rss",
        "HTML in a title",
        (_TITLE, "关于 A&amp;B &lt;征收&gt; 的公告 ]]&gt;"),
        "plain-text",
        _titled("<b>一</b> &amp; &nbsp;"),
    ),
    Fault(
        "rss",
        "a script in content",
        ("&lt;p&gt;一", "&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;一"),
        "active-content",
        _body("<p>a<script>x()</script></p>"),
    ),
    Fault(
        "rss",
        "an event handler in content",
        ("&lt;p&gt;一", '&lt;p onclick="x()"&gt;一'),
        "active-content",
        _body('<p onclick="x()">a</p><a href="javascript:x()">b</a>'),
    ),
    Fault(
        "rss",
        "a relative address in content",
        (_ANCHOR, 'href="1.pdf"'),
        "relative-address",
        _body('<p><a href="1.pdf">a</a><img src="/b.png"></p>'),
    ),
    Fault(
        "rss",
        "an author without e-mail",
        ("<dc:creator>", "<author>某人</author><dc:creator>"),
        "schema",
        _full,
    ),
    Fault(
        "rss",
        "an enclosure without length",
        (' length="2048"', ""),
        "schema",
        _with(attachments=(_NO_SIZE,)),
    ),
    Fault(
        "rss",
        "a source without url",
        ("<enclosure", "<source>一</source><enclosure"),
        "schema",
        _full,
    ),
    Fault(
        "rss",
        "GB 18030 that is declared UTF-8",
        ("示例市政务公开", "示例市政务公开"),
        "encoding",
        _with(extra={"a": "一\ud800"}),
        Refused("r", "extra.a", 1),
        raw=True,
    ),
    Fault(
        "rss",
        "a blank line before the declaration",
        ("<?xml", "\n<?xml"),
        "declaration",
        _full,
    ),
    Fault(
        "rss",
        "a DOCTYPE",
        ("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss'),
        "doctype",
        _full,
    ),
    Fault(
        "rss",
        "a tombstone of Atom",
        (
            "</channel>",
            f"{_GRAVE_ALONE}</channel>",
        ),
        "schema",
        _graves_between,
    ),
    Fault(
        "rss",
        "an underscore in the language",
        (">zh-CN<", ">zh_CN<"),
        "schema",
        _full,
        Refused("", "feed.language"),
        {"language": "zh_CN"},
    ),
)
_OF_ATOM = (
    Fault("atom", "no id", (f"<id>{full().uri}</id>", ""), "schema", _full),
    Fault(
        "atom",
        "no updated",
        (_UPDATED, ""),
        "schema",
        _with(**_UNDATED, status=Status()),
        Refused("r", "updated"),
    ),
    Fault(
        "atom",
        "no updated of the feed",
        ("<updated>2026-03-06T08:00:00+08:00</updated>", ""),
        "schema",
        _none,
        Refused("", "feed.updated"),
    ),
    Fault(
        "atom",
        "a date without offset",
        (_UPDATED, "<updated>2026-03-05T09:02:03</updated>"),
        "schema",
        _with(published=_NAIVE, updated=_NAIVE),
    ),
    Fault(
        "atom",
        "no author",
        ("<author><name>示例市人民政府</name></author>\n", ""),
        "schema",
        _full,
        feed={"author": ""},
    ),
    Fault(
        "atom",
        "an id that is no IRI",
        (f"<id>{full().uri}</id>", "<id>1 号</id>"),
        "schema",
        _with(),
    ),
    Fault(
        "atom",
        "a feed's id that is no IRI",
        ("<id>https://www.example.gov.cn/</id>", "<id>一</id>"),
        "schema",
        _full,
        Refused("", "feed.id"),
        {"id": "urn:x:1"},
    ),
    Fault(
        "atom",
        "an id twice",
        (plain().uri, full().uri),
        "duplicate-id",
        _twice,
        Refused("a", "id"),
    ),
    Fault(
        "atom",
        "content of type CDATA",
        ('content type="html"', 'content type="CDATA"'),
        "schema",
        _full,
    ),
    Fault(
        "atom",
        "XHTML without div",
        ('content type="html"', 'content type="xhtml"'),
        "schema",
        _full,
    ),
    Fault(
        "atom",
        "neither content nor alternate",
        ('<content type="html"></content>', ""),
        "schema",
        lambda: [plain(), plain(id="b", link="页面/1.html")],
    ),
    Fault(
        "atom",
        "two alternates",
        (
            '<link rel="alternate"',
            '<link rel="alternate" href="https://a.example/"/><link rel="alternate"',
        ),
        "schema",
        _full,
    ),
    Fault(
        "atom",
        "an underscore in the language",
        ('xml:lang="zh-CN"', 'xml:lang="zh_CN"'),
        "schema",
        _full,
        Refused("", "feed.language"),
        {"language": "zh_CN"},
    ),
    Fault(
        "atom",
        "a tombstone after the entries",
        ("</feed>", f"{_GRAVE}</feed>"),
        "schema",
        _graves_between,
    ),
    Fault(
        "atom",
        "a tombstone without its moment",
        (' when="2026-03-06T08:00:00+08:00"', ""),
        "schema",
        _with(**_UNDATED, **_DATED),
        Refused("r", "status.at"),
    ),
    Fault(
        "atom",
        "an archive without links",
        (
            _MADE_BY,
            f"{_MADE_BY}<fh:archive {_HISTORY}/>",
        ),
        "schema",
        _full,
    ),
    Fault(
        "atom",
        "a complete feed with a next page",
        (
            _MADE_BY,
            f'<fh:complete {_HISTORY}/><link rel="next" href="{_LINK}"/>{_MADE_BY}',
        ),
        "schema",
        _full,
    ),
    Fault(
        "atom",
        "a wrong self link",
        (_SELF, 'href="/feed"/>'),
        "schema",
        _full,
        Refused("", "feed.self_url"),
        {"self_url": "/feed"},
    ),
    Fault(
        "atom",
        "a script in content",
        ("&lt;p&gt;一", "&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;一"),
        "active-content",
        _body("<p>a<script>x()</script></p>"),
    ),
    Fault(
        "atom",
        "a relative address in content",
        (_ANCHOR, 'href="1.pdf"'),
        "relative-address",
        _body('<p><a href="1.pdf">a</a><img src="/b.png"></p>'),
    ),
    Fault(
        "atom",
        "Chinese in an address",
        (_PAGE, "https://www.example.gov.cn/公告"),
        "schema",
        _linked("https://例子.测试/公告?q=中"),
    ),
)
FAULTS = (*_OF_RSS, *_OF_ATOM)


def planted(fault: Fault) -> bytes:
    """A sound document with the fault in it."""
    content = sound(fault.form).decode()
    old, new = fault.swap
    before, found, after = content.partition(old)
    assert found, old
    if fault.raw:
        return before.encode() + new.encode("gb18030") + after.encode()
    return f"{before}{new}{after}".encode()


def attempted(fault: Fault, **more: Any) -> bytes:
    """Write what would bring the fault about; raises where that is refused."""
    if fault.form == "rss":
        more["withdrawn"] = False
    return written(fault.form, fault.records(), feed=FEED.changed(**fault.feed), **more)
