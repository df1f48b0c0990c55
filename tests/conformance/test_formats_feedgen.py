"""The same records by feedgen and by us read to the same, but for feedgen's defects.

Each defect is a row of :data:`DEFECTS`, kept only while feedgen has it. With our
extension in place none of them is left, and a feed reads back as it went.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given, settings
from lxml import etree
from support.formats import (
    FEED,
    any_record,
    awkward,
    full,
    plain,
    read,
    withdrawn,
    written,
)

from govsync.errors import FormatError
from govsync.formats import Feed
from govsync.formats.body_links import absolute
from govsync.formats.feedgen_bridge import fill, register, to_feedgen
from govsync.formats.feedgen_mending import links
from govsync.model import Attachment, Record

FORMS = ("atom", "rss")
CORPUS = [
    *(record for record in awkward() if not record.withdrawn),
    *(
        full(
            id=f"2026-{place:05}",
            title=f"第{place}号公告",
            summary="" if place % 3 else f"摘要{place}",
            keywords=tuple(f"词{number}" for number in range(place % 4)),
            link=f"https://www.example.gov.cn/{place}.html" if place % 5 else "",
            body=f"<p>正文{place} &amp; 附件</p>" if place % 7 else "",
        )
        for place in range(184)
    ),
    plain(
        id="the-same-file-twice",
        attachments=(
            Attachment(name="一", href="https://a.example/1.pdf", size=1),
            Attachment(name="二", href="https://a.example/1.pdf"),
        ),
    ),
]


class Mute:
    """Stands where our extension would, and says nothing: feedgen by itself."""

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_atom(self, entry: Any) -> Any:
        return entry

    def extend_rss(self, item: Any) -> Any:
        return item

    def record(self, record: Record) -> None:
        """Take what ``fill`` reads back of a record, and nothing else."""
        self.links = links(record)


def by_feedgen(records: list[Record]) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension("govsync", Mute, Mute)
    register(generator)
    generator.id(FEED.uri)
    generator.title(FEED.title)
    generator.link(href=FEED.site)
    generator.description(FEED.description)
    generator.language(FEED.language)
    for record in records:
        fill(generator.add_entry(order="append"), record)
    return generator


def printed(form: str, generator: FeedGenerator) -> bytes:
    content: bytes = generator.atom_str() if form == "atom" else generator.rss_str()
    return content


Facts = dict[str, Any]


def facts(form: str, content: bytes) -> list[Facts]:
    """What each entry says, whatever the order of its elements."""
    root = etree.fromstring(content)
    if form == "atom":
        return [*map(atom_facts, root.iter(f"{A}entry"))]
    return [*map(rss_facts, root.iter("item"))]


A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"


def atom_facts(entry: Any) -> Facts:
    texts = ("id", "title", "updated", "published", "summary", "content")
    content = entry.find(f"{A}content")
    return {
        **{name: entry.findtext(A + name, "") for name in texts},
        "content_type": None if content is None else content.get("type"),
        "author": [one.text or "" for one in entry.iterfind(f"{A}author/{A}name")],
        "contributors": [
            one.text or "" for one in entry.iterfind(f"{A}contributor/{A}name")
        ],
        "links": sorted(sorted(one.items()) for one in entry.iterfind(f"{A}link")),
        "categories": sorted(
            sorted(one.items()) for one in entry.iterfind(f"{A}category")
        ),
    }


def rss_facts(item: Any) -> Facts:
    guid = item.find("guid")
    return {
        "id": (guid.text, guid.get("isPermaLink")),
        "title": item.findtext("title", ""),
        "link": item.findtext("link", ""),
        "published": item.findtext("pubDate", ""),
        "summary": item.findtext("description", ""),
        "content": item.findtext(
            "{http://purl.org/rss/1.0/modules/content/}encoded", ""
        ),
        "author": [one.text or "" for one in item.iterfind(f"{DC}creator")],
        "contributors": [one.text or "" for one in item.iterfind(f"{DC}contributor")],
        "enclosures": [sorted(one.items()) for one in item.iterfind("enclosure")],
        "categories": sorted(
            (one.get("domain"), one.text or "") for one in item.iterfind("category")
        ),
    }


@dataclass(frozen=True)
class Defect:
    """What feedgen 1.0.0 says otherwise, and of which records."""

    name: str
    form: str
    field: str
    source: str
    """Where feedgen's code or tracker shows it."""
    concerns: Callable[[Record], object]
    shown_by: Record


TWO_FILES = (
    Attachment(name="一", href="https://a.example/1.pdf", size=1),
    Attachment(name="二", href="https://a.example/2.pdf", size=2),
)
DEFECTS = (
    Defect(
        "an entry's link keeps nothing but its address",
        *("atom", "links", "lkiesow/python-feedgen#135"),
        lambda record: record.link or record.relation or record.attachments,
        full(),
    ),
    Defect(
        "a name without a letter is skipped",
        *("atom", "contributors", "feedgen/entry.py, atom_entry"),
        lambda record: "" in record.co_issuers,
        plain(co_issuers=("", "乙")),
    ),
    *(
        Defect(
            f"addresses in {form} content stay relative",
            *(form, "content", "feedgen/entry.py, content"),
            lambda record: absolute(record.body, record.link) != record.body,
            full(),
        )
        for form in ("atom", "rss")
    ),
    Defect(
        "plain text of a description is escaped once",
        *("rss", "summary", "feedgen/entry.py, rss_entry"),
        lambda record: escape(record.summary, quote=False) != record.summary,
        plain(summary="<略>"),
    ),
    Defect(
        "without a summary the content is the description",
        *("rss", "summary", "feedgen/entry.py, rss_entry"),
        lambda record: not record.summary,
        plain(body="<p>一</p>"),
    ),
    Defect(
        "without a summary there is no content",
        *("rss", "content", "feedgen/entry.py, rss_entry"),
        lambda record: not record.summary,
        plain(body="<p>一</p>"),
    ),
    Defect(
        "of several enclosures the last one stands",
        *("rss", "enclosures", "feedgen/entry.py, link"),
        lambda record: record.attachments,
        plain(attachments=TWO_FILES),
    ),
    Defect(
        "an enclosure of unknown length has the length 0",
        *("rss", "enclosures", "feedgen/entry.py, link"),
        lambda record: record.attachments,
        plain(attachments=(Attachment(name="一", href="https://a.example/1.pdf"),)),
    ),
    Defect(
        "a year before 1000 has three digits",
        *("rss", "published", "feedgen/util.py, formatRFC2822"),
        lambda record: record.published and record.published.year < 1000,
        plain(published="0999-01-01T00:00:00+08:00"),
    ),
)


def excepted(form: str, record: Record, found: Facts) -> Facts:
    """The facts of a record that no defect of feedgen concerns."""
    spoilt = {
        defect.field
        for defect in DEFECTS
        if defect.form == form and defect.concerns(record)
    }
    return {name: fact for name, fact in found.items() if name not in spoilt}


def same_but_for_defects(form: str, records: list[Record]) -> None:
    ours = facts(form, written(form, records))
    theirs = facts(form, printed(form, by_feedgen(records)))
    for record, our, their in zip(records, ours, theirs, strict=True):
        assert excepted(form, record, our) == excepted(form, record, their)


@pytest.mark.parametrize("form", FORMS)
def test_a_corpus_reads_to_the_same(form: str) -> None:
    assert len(CORPUS) == 200
    same_but_for_defects(form, CORPUS)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25)
@given(record=any_record())
def test_any_record_reads_to_the_same(form: str, record: Record) -> None:
    same_but_for_defects(form, [record])


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: str(defect.name))
def test_the_defect_is_still_there(defect: Defect) -> None:
    """When one fails, feedgen has mended it, and its row can go."""
    record = defect.shown_by
    (ours,) = facts(defect.form, written(defect.form, [record]))
    (theirs,) = facts(defect.form, printed(defect.form, by_feedgen([record])))

    assert ours[defect.field] != theirs[defect.field]


@pytest.mark.parametrize("form", FORMS)
def test_with_our_extension_no_defect_is_left(form: str) -> None:
    bridged = printed(form, to_feedgen(FEED, CORPUS))

    assert facts(form, bridged) == facts(form, written(form, CORPUS))


@pytest.mark.parametrize("form", FORMS)
def test_a_corpus_comes_back_through_the_bridge(form: str) -> None:
    assert read(form, printed(form, to_feedgen(FEED, CORPUS))) == CORPUS


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50)
@given(record=any_record())
def test_any_record_comes_back_through_the_bridge(form: str, record: Record) -> None:
    bridged = printed(form, to_feedgen(FEED, [record]))

    assert read(form, bridged) == [record]
    assert facts(form, bridged) == facts(form, written(form, [record]))


@pytest.mark.parametrize("form", FORMS)
def test_readers_see_the_same_head_and_entries(form: str) -> None:
    ours = feedparser.parse(written(form, CORPUS))
    theirs = feedparser.parse(printed(form, to_feedgen(FEED, CORPUS)))

    for field in ("title", "link", "language", "updated"):
        assert ours.feed[field] == theirs.feed[field]
    assert [entry.id for entry in theirs.entries] == [r.uri for r in CORPUS]
    assert [e.published_parsed for e in ours.entries if "published" in e] == [
        e.published_parsed for e in theirs.entries if "published" in e
    ]


def test_withdrawn_records_are_left_out() -> None:
    bridged = to_feedgen(FEED, [plain(), withdrawn()])

    assert read("atom", printed("atom", bridged)) == [plain()]


def test_a_feed_is_printed_twice_alike() -> None:
    bridged = to_feedgen(FEED, CORPUS[:20])

    for form in FORMS:
        assert printed(form, bridged) == printed(form, bridged)


@pytest.mark.parametrize(
    ("feed", "records", "field"),
    [
        (FEED, [plain(), plain()], "id"),
        (FEED, [plain(published=None)], "updated"),
        (FEED, [], "feed.updated"),
        (FEED.changed(language="zh_CN"), [plain()], "feed.language"),
        (Feed(title="", site="https://a.example/"), [plain()], "feed.title"),
    ],
)
def test_what_our_writer_refuses_is_refused(
    feed: Feed, records: list[Record], field: str
) -> None:
    with pytest.raises(FormatError) as caught:
        to_feedgen(feed, records)

    assert caught.value.field == field


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_bad_character_is_named_and_the_rest_goes_on(character: str) -> None:
    spoilt = plain(id="bad", title=f"标题{character}。")
    refused: list[FormatError] = []

    bridged = to_feedgen(FEED, [plain(), spoilt, full()], on_error=refused.append)

    assert read("rss", printed("rss", bridged)) == [plain(), full()]
    (error,) = refused
    assert (error.record, error.field, error.offset) == ("bad", "title", 2)


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_filled_by_setters_comes_back(form: str) -> None:
    record = plain(body="<p>一</p>", attachments=TWO_FILES, link="https://a.example/")
    generator = to_feedgen(FEED, [plain(id="first")])
    entry = generator.add_entry(order="append")
    entry.govsync.record(record)
    entry.id(record.uri)
    entry.title(record.title)
    entry.author(name=record.issuer)
    entry.dc.dc_creator(record.issuer)
    entry.link(href=record.link)
    entry.content(record.body, type="html")
    entry.published(record.published)
    entry.updated(record.changed_at)

    assert entry.govsync.record() == record
    assert read(form, printed(form, generator))[1] == record
    assert (
        facts(form, printed(form, generator))[1]
        == (facts(form, written(form, [record]))[0])
    )


def by_hand(record: Record) -> tuple[FeedGenerator, Any]:
    generator = to_feedgen(FEED, [plain(id="first")])
    entry = generator.add_entry(order="append")
    fill(entry, record)
    return generator, entry


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("title", lambda entry: entry.title("另一个标题")),
        ("id", lambda entry: entry.id("urn:example:other")),
        ("summary", lambda entry: entry.summary("另一段")),
        ("published", lambda entry: entry.published("2001-01-01T00:00:00Z")),
        ("keywords", lambda entry: entry.category([], replace=True)),
    ],
)
def test_an_entry_that_says_another_thing_than_its_record_is_refused(
    form: str, field: str, spoil: Callable[[Any], object]
) -> None:
    generator, entry = by_hand(full())
    assert read(form, printed(form, generator))[1] == full()
    spoil(entry)

    with pytest.raises(FormatError) as caught:
        printed(form, generator)

    assert (caught.value.record, caught.value.field) == (full().id, field)


@pytest.mark.parametrize("form", FORMS)
def test_entries_without_a_record_stay_as_they_are(form: str) -> None:
    generator, _ = by_hand(full())
    entry = generator.add_entry(order="append")
    entry.id("https://a.example/own")
    entry.title("自己的条目")
    entry.link(href="https://a.example/own")
    entry.updated("2026-01-01T00:00:00Z")

    assert entry.govsync.record() is None
    found = read(form, printed(form, generator))
    assert [record.title for record in found if isinstance(record, Record)][2:] == [
        "自己的条目"
    ]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (withdrawn(), "status.state"),
        (plain(published=None), "updated"),
        (plain(summary="\x08"), "summary"),
    ],
    ids=str,
)
def test_an_entry_is_not_filled_with_what_it_cannot_carry(
    record: Record, field: str
) -> None:
    with pytest.raises(FormatError) as caught:
        by_hand(record)

    assert caught.value.field == field
