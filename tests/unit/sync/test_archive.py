"""How an archived feed is published: RFC 5005 § 4, RFC 6721."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pytest
from lxml import etree
from support.archive import BASE, FEED, URL, Site, moment, record, withdrawn
from support.formats import plain

from govsync.errors import FormatError, UsageError
from govsync.formats import atom
from govsync.formats.address import record_id
from govsync.sync.archive import publish
from govsync.sync.archive_errors import ArchiveError

NS = {
    "a": atom.NAMESPACE,
    "at": atom.TOMBSTONES,
    "fh": "http://purl.org/syndication/history/1.0",
    "g": "urn:govsync:catalog:1",
}
PAGE = "archive/{:08}.atom".format


def said(content: bytes, path: str) -> list[str]:
    found = etree.fromstring(content).xpath(path, namespaces=NS)
    return [str(each) for each in cast("list[str]", found)]


def ids(content: bytes) -> list[str | None]:
    path = "at:deleted-entry/@ref | a:entry/a:id/text()"
    return [record_id(uri) for uri in said(content, path)]


def link(content: bytes, rel: str) -> list[str]:
    return said(content, f"a:link[@rel='{rel}']/@href")


def span(content: bytes) -> list[str]:
    return said(content, "g:sequence/@first | g:sequence/@last")


def published(count: int, size: int = 3) -> Site:
    site = Site(size)
    site.publish_all(record(f"r{n}", n) for n in range(1, count + 1))
    return site


def test_a_tiny_archive_to_the_byte() -> None:
    site = Site(1)
    gone = record("b", 2)
    site.publish(record("a", 1), withdrawn(gone, 3))
    digest = withdrawn(gone, 3).digest
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="urn:govsync:catalog:1"'
        ' xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="zh-CN">\n'
        "<id>https://www.example.gov.cn/</id>\n"
        '<title type="text">示例市政务公开</title>\n'
        "<updated>{updated}</updated>\n"
        "<author><name>示例市政务公开</name></author>\n"
        '<link rel="alternate" href="https://www.example.gov.cn/"/>\n'
        '<link rel="self" type="application/atom+xml"'
        ' href="https://www.example.gov.cn/open/{path}"/>\n'
        "<generator>govsync</generator>\n"
        '<link rel="current" href="https://www.example.gov.cn/open/feed.atom"/>\n'
    )

    assert site.files["archive/00000001.atom"].decode() == (
        head.format(updated="2026-03-01T08:01:00+08:00", path="archive/00000001.atom")
        + '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>\n'
        '<g:sequence first="1" last="1"/>\n'
        + atom.member(record("a", 1)).decode()
        + "</feed>\n"
    )
    assert site.files["feed.atom"].decode() == (
        head.format(updated="2026-03-01T08:03:00+08:00", path="feed.atom")
        + '<link rel="prev-archive"'
        ' href="https://www.example.gov.cn/open/archive/00000001.atom"/>\n'
        '<g:sequence first="2" last="2"/>\n'
        '<at:deleted-entry ref="urn:govsync:record:b" when="2026-03-01T08:03:00+08:00">'
        f'<at:comment>撤回</at:comment><g:tombstone revision="2" digest="{digest}"/>'
        "</at:deleted-entry>\n"
        "</feed>\n"
    )
    assert set(site.files) == {PAGE(1), "archive/index.json", "feed.atom"}


@pytest.mark.parametrize(
    ("changes", "pages", "unsealed"),
    [(1, 0, 1), (5, 0, 5), (6, 1, 3), (8, 1, 5), (9, 2, 3), (30, 9, 3)],
)
def test_the_oldest_changes_are_sealed_size_at_a_time(
    changes: int, pages: int, unsealed: int
) -> None:
    """The subscription document is never empty, and holds the latest changes."""
    site = published(changes)

    assert len(site.pages) == pages
    latest = [f"r{n}" for n in range(changes, changes - unsealed, -1)]
    assert ids(site.files["feed.atom"]) == latest


def test_documents_are_chained_back_and_not_forth() -> None:
    site = published(12)
    feed, newest, first = (site.files[p] for p in ("feed.atom", PAGE(3), PAGE(1)))

    assert link(feed, "self") == link(feed, "current") == [URL]
    assert link(feed, "prev-archive") == [BASE + PAGE(3)]
    assert link(newest, "self") == [BASE + PAGE(3)]
    assert link(newest, "current") == [URL]
    assert link(newest, "prev-archive") == [BASE + PAGE(2)]
    assert link(first, "prev-archive") == []
    for content in site.documents.values():
        assert link(content, "next-archive") == []


def test_only_archive_documents_say_that_they_are() -> None:
    site = published(6)

    assert len(said(site.files[PAGE(1)], "fh:archive")) == 1
    assert said(site.files["feed.atom"], "fh:archive") == []


def test_every_document_says_which_changes_it_holds() -> None:
    site = published(8)

    assert span(site.files[PAGE(1)]) == ["1", "3"]
    assert span(site.files["feed.atom"]) == ["4", "8"]


def test_an_id_stands_once_in_a_document_in_its_newest_revision() -> None:
    site = Site()
    site.publish(record("a", 1), record("b", 2), record("a", 3, revision=2))

    assert ids(site.files["feed.atom"]) == ["a", "b"]
    assert span(site.files["feed.atom"]) == ["1", "3"]
    assert "标题-a-3" in site.files["feed.atom"].decode()
    assert "标题-a-1" not in site.files["feed.atom"].decode()


def test_a_correction_stands_in_the_subscription_document() -> None:
    """RFC 5005 § 4: the archive document keeps what it said."""
    site = published(6)
    sealed = site.files[PAGE(1)]

    written = site.publish(record("r1", 10, revision=2))

    assert written == {"feed.atom", "archive/index.json"}
    assert site.files[PAGE(1)] == sealed
    assert ids(site.files["feed.atom"])[0] == "r1"


def test_a_sealed_page_is_written_once() -> None:
    site = published(6)

    assert site.publish(record("x", 20), record("y", 21)) == {
        "feed.atom",
        "archive/index.json",
    }
    assert PAGE(2) in site.publish(record("z", 22))


def test_a_takedown_rewrites_the_pages_that_hold_the_record_and_no_others() -> None:
    site = Site()
    site.publish(record("a", 1), *(record(f"x{n}", n) for n in range(2, 7)))
    site.publish(record("a", 7), *(record(f"y{n}", n) for n in range(8, 20)))
    before = dict(site.files)
    holding = {path for path, c in site.pages.items() if "标题-a-" in c.decode()}
    assert len(holding) == 2

    written = site.publish(withdrawn(record("a", 7), 30))

    assert written == {"feed.atom", "archive/index.json", *holding}
    for path in holding:
        assert len(ids(site.files[path])) == len(ids(before[path])) - 1
        assert span(site.files[path]) == span(before[path])
    for content in site.files.values():
        assert "标题-a-" not in content.decode()
        assert "正文-a-" not in content.decode()
    assert ids(site.files["feed.atom"])[0] == "a"


def test_a_takedown_leaves_every_other_byte_of_a_page() -> None:
    site = published(6)
    before = site.files[PAGE(1)]

    site.publish(withdrawn(record("r2", 2), 30))

    cut = atom.member(record("r2", 2))
    assert before.count(cut) == 1
    assert site.files[PAGE(1)] == before.replace(cut, b"")


def test_a_page_may_lose_all_its_entries() -> None:
    site = published(6)

    site.publish_all(withdrawn(record(f"r{n}", n), 30 + n) for n in (1, 2, 3))

    assert ids(site.files[PAGE(1)]) == []
    assert span(site.files[PAGE(1)]) == ["1", "3"]


def test_a_record_may_be_reinstated_and_taken_back_again() -> None:
    site = published(6)
    site.publish(withdrawn(record("r1", 1), 10))
    site.publish(record("r1", 11), *(record(f"x{n}", n) for n in range(12, 20)))
    assert any("标题-r1-11" in c.decode() for c in site.pages.values())

    site.publish(withdrawn(record("r1", 11), 30))

    assert not any("标题-r1-" in c.decode() for c in site.files.values())


def test_a_tombstone_that_is_sealed_is_not_taken_down() -> None:
    site = Site(1)
    site.publish(withdrawn(record("a", 0), 1), record("b", 2))
    site.publish(record("a", 3), record("c", 4))
    sealed = site.files[PAGE(1)]
    assert ids(sealed) == ids(site.files[PAGE(3)]) == ["a"]

    site.publish(withdrawn(record("a", 3), 5))

    assert site.files[PAGE(1)] == sealed
    assert ids(site.files[PAGE(3)]) == []


def test_tombstones_stand_before_the_first_entry() -> None:
    site = Site()
    site.publish(record("a", 1), withdrawn(record("b", 0), 2), record("c", 3))

    assert ids(site.files["feed.atom"]) == ["b", "c", "a"]


def test_what_was_published_already_changes_nothing() -> None:
    site = published(7)

    assert site.publish(record("r1", 1), record("r7", 7)) == set()
    assert site.publish() == set()


def test_nothing_is_published_of_nothing() -> None:
    assert publish({}.get, [], FEED) == {}


def test_a_new_revision_of_the_same_content_is_a_change() -> None:
    site = published(2)

    site.publish(record("r1", 1, revision=2))

    assert ids(site.files["feed.atom"]) == ["r1", "r2"]


def test_the_same_history_gives_the_same_bytes_however_it_was_cut() -> None:
    history = [record(f"r{n % 5}", n, revision=n + 1) for n in range(40)]
    history[20] = withdrawn(history[15], 20)
    at_once, one_by_one = Site(), Site()

    at_once.publish_all(history)
    for change in history:
        one_by_one.publish(change)

    assert at_once.files == one_by_one.files


def test_another_size_holds_for_the_pages_that_are_sealed_from_now_on() -> None:
    site = published(7)
    sealed = site.files[PAGE(1)]

    site.publish(record("x", 30), record("y", 31), size=2)

    assert site.files[PAGE(1)] == sealed
    assert span(site.files[PAGE(2)]) == ["4", "5"]


def test_a_new_title_of_the_feed_changes_the_subscription_document_only() -> None:
    site = published(7)

    assert site.publish(feed=FEED.changed(title="新标题")) == {"feed.atom"}


def test_updated_is_the_latest_moment_of_all_changes() -> None:
    site = Site(1)
    site.publish(record("a", 9))
    site.publish(record("b", 2))

    (updated,) = said(site.files["feed.atom"], "a:updated/text()")

    assert datetime.fromisoformat(updated) == moment(9)


def test_the_feeds_own_date_wins() -> None:
    site = Site()
    site.publish(record("a", 1), feed=FEED.changed(updated=moment(99)))

    (updated,) = said(site.files["feed.atom"], "a:updated/text()")

    assert datetime.fromisoformat(updated) == moment(99)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (record("bad", 2, title="a\x00"), "title"),
        (plain(id="bad", published=None), "updated"),
        (record("r1", 0, title="较早"), "updated"),
    ],
    ids=["character", "undated", "backdated"],
)
def test_a_record_that_cannot_be_carried_does_not_stop_the_rest(
    bad: object, field: str
) -> None:
    site = published(1)
    told: list[FormatError] = []

    site.publish(bad, record("c", 3), on_error=told.append)  # type: ignore[arg-type]

    assert [error.field for error in told] == [field]
    assert ids(site.files["feed.atom"]) == ["c", "r1"]
    assert span(site.files["feed.atom"]) == ["1", "2"]


def test_without_on_error_the_error_is_raised() -> None:
    with pytest.raises(FormatError, match="record bad, title, offset 1"):
        Site().publish(record("bad", 1, title="a\x00"))


@pytest.mark.parametrize("name", ["r1", "new"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_lone_surrogate_is_named(name: str, gone: bool) -> None:
    spoilt = record(name, 2, body="<p>\ud800</p>")

    with pytest.raises(FormatError, match="U\\+D800"):
        published(1).publish(withdrawn(spoilt, 3) if gone else spoilt)


def test_a_tombstone_is_never_older_than_what_it_takes_back() -> None:
    """RFC 6721 § 3: a receiver would keep an entry that was updated later."""
    site = Site()
    site.publish(record("a", 50))

    site.publish(withdrawn(record("a", 50), 40))

    (when,) = said(site.files["feed.atom"], "at:deleted-entry/@when")
    assert datetime.fromisoformat(when) == moment(50)


def test_a_reinstated_record_must_be_later_than_its_tombstone() -> None:
    site = Site()
    site.publish(record("a", 1), withdrawn(record("a", 1), 5))

    with pytest.raises(FormatError, match="give the moment of the change"):
        site.publish(record("a", 5))
    site.publish(record("a", 6))

    assert said(site.files["feed.atom"], "at:deleted-entry/@ref") == []


def test_a_feed_without_its_address_is_refused() -> None:
    with pytest.raises(FormatError, match="feed.self_url"):
        Site().publish(record("a"), feed=FEED.changed(self_url=""))


def test_a_fault_of_the_feed_is_no_fault_of_a_record() -> None:
    told: list[FormatError] = []

    with pytest.raises(FormatError, match="is no title"):
        Site().publish_all(
            [record(f"r{n}", n) for n in range(9)],
            feed=FEED.changed(title=""),
            on_error=told.append,
        )
    assert told == []


def test_a_page_holds_something() -> None:
    with pytest.raises(UsageError, match="one change or more"):
        Site(0).publish(record("a"))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("archive/index.json", b"{"),
        ("archive/index.json", b"[]"),
        ("archive/index.json", b"{}"),
        ("archive/index.json", b'{"version":2}'),
        ("feed.atom", b""),
        ("feed.atom", b"<feed/>"),
    ],
)
def test_what_is_held_must_be_what_was_published(path: str, content: bytes) -> None:
    site = published(7)
    site.files[path] = content

    with pytest.raises(ArchiveError, match="restore feed.atom and archive/"):
        site.publish(record("x", 30))


@pytest.mark.parametrize("missing", ["archive/index.json", "feed.atom"])
def test_half_an_archive_is_no_archive(missing: str) -> None:
    site = published(7)
    del site.files[missing]

    with pytest.raises(ArchiveError, match="the index names"):
        site.publish(record("x", 30))


@pytest.mark.parametrize("content", [None, b"<feed/>"])
def test_a_takedown_that_cannot_be_done_is_told(content: bytes | None) -> None:
    site = published(7)
    held = {**site.files, PAGE(1): content}

    with pytest.raises(ArchiveError, match=r"archive/00000001\.atom"):
        publish(held.get, [withdrawn(record("r1", 1), 30)], FEED, size=3)
