"""How an archived feed is followed: RFC 5005 § 4.2, RFC 6721 § 3."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from support.archive import BASE, FEED, URL, Site, moment, record, withdrawn

from govsync.errors import FormatError, UsageError
from govsync.formats import Tombstone
from govsync.model import Record
from govsync.sync.archive_errors import (
    ArchiveError,
    ChainLoopError,
    ForeignHostError,
    SequenceGapError,
    TooManyPagesError,
)
from govsync.sync.archive_following import State, follow

HEAD = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="{}">'.format(
    "http://purl.org/atompub/tombstones/1.0"
)


def published(count: int) -> Site:
    site = Site()
    site.publish_all(record(f"r{n}", n) for n in range(1, count + 1))
    return site


def names(changes: Iterable[Record | Tombstone]) -> list[str]:
    return [change.id for change in changes]


def entry(name: str, minute: int, title: str = "题") -> str:
    return (
        f"<entry><id>tag:a.example,2026:{name}</id><title>{title}</title>"
        f"<updated>2026-03-01T00:{minute:02}:00Z</updated></entry>"
    )


def undated(name: str, title: str) -> str:
    """What Atom forbids and some write."""
    said = f"<id>tag:a.example,2026:{name}</id><title>{title}</title>"
    return f"<entry>{said}</entry>"


def grave(name: str, minute: int) -> str:
    ref = f"tag:a.example,2026:{name}"
    return f'<at:deleted-entry ref="{ref}" when="2026-03-01T00:{minute:02}:00Z"/>'


def feed(*parts: str, previous: str = "") -> bytes:
    link = f'<link rel="prev-archive" href="{previous}"/>' if previous else ""
    return f"{HEAD}{link}{''.join(parts)}</feed>".encode()


class Stranger:
    """A site whose feed is archived, and says no sequence."""

    url = "https://a.example/news/feed"

    def __init__(self, **documents: bytes) -> None:
        self.documents = documents
        self.fetched: list[str] = []
        self.state = State()

    def sync(self) -> list[Record | Tombstone]:
        self.fetched.clear()
        self.state, changes = follow(self.fetch, self.url, self.state)
        return changes

    def fetch(self, url: str) -> bytes:
        name = url.removeprefix("https://a.example/news/")
        self.fetched.append(name)
        return self.documents[name]


def test_a_new_receiver_gets_everything_oldest_first() -> None:
    site = published(12)

    state, changes = follow(site.fetch, URL, State())

    assert changes == [record(f"r{n}", n) for n in range(1, 13)]
    assert site.fetched == ["feed.atom", *(f"archive/0000000{n}.atom" for n in "321")]
    assert (state.sequence, state.page) == (12, f"{BASE}archive/00000003.atom")


def test_a_receiver_fetches_no_further_than_it_has_seen() -> None:
    site = published(12)
    state, _ = follow(site.fetch, URL, State())
    site.fetched.clear()
    site.publish(*(record(f"x{n}", n) for n in range(20, 26)))

    _, changes = follow(site.fetch, URL, state)

    assert names(changes) == [f"x{n}" for n in range(20, 26)]
    assert site.fetched == ["feed.atom", "archive/00000005.atom"]


def test_pages_whose_changes_were_seen_unsealed_are_not_fetched() -> None:
    site = published(5)
    state, _ = follow(site.fetch, URL, State())
    site.publish(record("x", 20))
    site.fetched.clear()

    _, changes = follow(site.fetch, URL, state)

    assert names(changes) == ["x"]
    assert site.fetched == ["feed.atom"]


def test_a_page_whose_changes_were_not_all_seen_is_fetched() -> None:
    """One change more than the subscription document still holds."""
    site = published(5)
    state, _ = follow(site.fetch, URL, State())
    site.publish(*(record(f"x{n}", n) for n in range(20, 25)))
    assert b'first="7"' in site.files["feed.atom"]

    _, changes = follow(site.fetch, URL, state)

    assert names(changes) == [f"x{n}" for n in range(20, 25)]


def test_where_nothing_changed_nothing_is_handed_on() -> None:
    site = published(8)
    state, _ = follow(site.fetch, URL, State())

    assert follow(site.fetch, URL, state) == (state, [])


def test_the_state_survives_json() -> None:
    site = published(8)
    site.publish(withdrawn(record("r1", 1), 20))
    state, _ = follow(site.fetch, URL, State())

    assert State.model_validate_json(state.model_dump_json()) == state


def test_a_receiver_of_a_record_gets_its_tombstone() -> None:
    site = published(8)
    state, _ = follow(site.fetch, URL, State())
    site.publish(withdrawn(record("r1", 1), 20))

    _, (grave,) = follow(site.fetch, URL, state)

    assert isinstance(grave, Tombstone)
    assert (grave.id, grave.when, grave.reason) == ("r1", moment(20), "撤回")


def test_a_new_receiver_never_sees_a_withdrawn_record() -> None:
    site = published(8)
    site.publish(withdrawn(record("r1", 1), 20))

    _, changes = follow(site.fetch, URL, State())

    assert [c for c in changes if c.id == "r1" and isinstance(c, Record)] == []
    assert len(changes) == 8


def test_of_each_id_only_the_newest_change_is_handed_on() -> None:
    site = published(8)
    newest = record("r1", 20, revision=2)
    site.publish(newest)

    _, changes = follow(site.fetch, URL, State())

    assert [change for change in changes if change.id == "r1"] == [newest]
    assert changes[-1] == newest


def test_a_page_that_is_missing_is_told() -> None:
    """The page that should lie between was taken out of the chain."""
    site = published(12)
    newest = site.files["archive/00000003.atom"]
    site.files["archive/00000003.atom"] = newest.replace(
        b'rel="prev-archive" href="https://www.example.gov.cn/open/archive/00000002',
        b'rel="prev-archive" href="https://www.example.gov.cn/open/archive/00000001',
    )

    with pytest.raises(SequenceGapError, match="changes 4 to 6 are missing"):
        follow(site.fetch, URL, State())


def test_a_chain_that_ends_too_early_is_told() -> None:
    site = published(12)
    page = site.files["archive/00000002.atom"]
    site.files["archive/00000002.atom"] = page.replace(b"prev-archive", b"previous")

    with pytest.raises(SequenceGapError, match="changes 1 to 3 are missing"):
        follow(site.fetch, URL, State())


def test_a_feed_that_went_back_is_told() -> None:
    state, _ = follow(published(8).fetch, URL, State())

    with pytest.raises(SequenceGapError, match="from change 8 to 7"):
        follow(published(7).fetch, URL, state)


def test_a_feed_that_no_longer_counts_is_told() -> None:
    site = published(8)
    state, _ = follow(site.fetch, URL, State())
    site.files["feed.atom"] = feed()

    with pytest.raises(SequenceGapError, match="from change 8 to 0"):
        follow(site.fetch, URL, state)


@pytest.mark.parametrize(
    "previous",
    [
        "https://b.example/1",
        "http://a.example/news/1",
        "https://a.example:8443/news/1",
        "//b.example/1",
        "file:///etc/hostname",
    ],
)
def test_a_chain_that_leaves_the_host_is_told(previous: str) -> None:
    site = Stranger(feed=feed(previous=previous))

    with pytest.raises(ForeignHostError, match="another host"):
        site.sync()
    assert site.fetched == ["feed"]


@pytest.mark.parametrize("last", ["1", "2", "feed", "feed#top"])
def test_a_chain_that_loops_is_told(last: str) -> None:
    site = Stranger(
        **{
            "feed": feed(previous="1"),
            "1": feed(previous="2"),
            "2": feed(previous=last),
        }
    )

    with pytest.raises(ChainLoopError, match="leads back to"):
        site.sync()


def test_a_chain_is_not_followed_for_ever() -> None:
    def fetch(url: str) -> bytes:
        fetched.append(url)
        return feed(previous=f"{len(fetched)}")

    fetched: list[str] = []
    with pytest.raises(TooManyPagesError, match="more than 5 archive documents"):
        follow(fetch, Stranger.url, State(), most_pages=5)
    assert len(fetched) == 6


def test_as_many_pages_as_allowed_are_followed() -> None:
    _, changes = follow(published(12).fetch, URL, State(), most_pages=3)

    assert len(changes) == 12


def test_an_archive_document_is_not_followed() -> None:
    site = published(8)

    with pytest.raises(ArchiveError, match=f"follow {URL}"):
        follow(site.fetch, f"{BASE}archive/00000001.atom", State())


def test_a_state_is_of_one_feed() -> None:
    with pytest.raises(UsageError, match="a State for each feed"):
        follow(published(1).fetch, URL, State(url="https://a.example/feed"))


def test_a_strangers_feed_is_followed_by_address() -> None:
    site = Stranger(
        **{
            "feed": feed(entry("c", 3), previous="old/2"),
            "old/2": feed(entry("b", 2), previous="1"),
            "old/1": feed(entry("a", 1)),
        }
    )

    assert names(site.sync()) == [f"tag:a.example,2026:{n}" for n in "abc"]
    assert site.fetched == ["feed", "old/2", "old/1"]
    assert site.sync() == []
    assert site.fetched == ["feed"]

    site.documents["feed"] = feed(entry("e", 5), previous="old/3")
    site.documents["old/3"] = feed(entry("d", 4), entry("c", 3), previous="2")

    assert names(site.sync()) == [f"tag:a.example,2026:{n}" for n in "de"]
    assert site.fetched == ["feed", "old/3"]


def test_a_stranger_that_begins_to_archive_is_walked_to_the_end() -> None:
    site = Stranger(feed=feed(entry("a", 1)))
    assert names(site.sync()) == ["tag:a.example,2026:a"]
    assert site.sync() == []
    site.documents["feed"] = feed(entry("c", 3), previous="1")
    site.documents["1"] = feed(entry("b", 2), entry("a", 1))

    assert names(site.sync()) == [f"tag:a.example,2026:{n}" for n in "bc"]


@pytest.mark.parametrize("base", ["old/", "https://a.example/news/old/"])
def test_a_relative_link_is_meant_from_its_base(base: str) -> None:
    content = feed(entry("b", 2), previous="1").replace(
        b"<link ", f'<link xml:base="{base}" '.encode()
    )
    site = Stranger(**{"feed": content, "old/1": feed(entry("a", 1))})

    assert len(site.sync()) == 2


@pytest.mark.parametrize(
    ("old", "new", "stands"),
    [
        (entry("a", 1), grave("a", 2), False),
        (entry("a", 1), grave("a", 1), False),
        (entry("a", 2), grave("a", 1), True),
        (grave("a", 1), entry("a", 2), True),
        (grave("a", 1), entry("a", 1), False),
        (grave("a", 2), entry("a", 1), False),
    ],
)
def test_a_tombstone_beats_an_entry_that_was_not_updated_after_it(
    old: str, new: str, stands: bool
) -> None:
    """RFC 6721 § 3: in one document, in two, and between two fetches."""
    together = Stranger(feed=feed(old, new))
    apart = Stranger(**{"feed": feed(new, previous="1"), "1": feed(old)})
    for site in (together, apart):
        (change,) = site.sync()
        assert isinstance(change, Record) == stands

    later = Stranger(feed=feed(old))
    changes = later.sync()
    later.documents["feed"] = feed(new)
    changes += later.sync()
    assert isinstance(changes[-1], Record) == stands


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        (entry("a", 1, "旧"), entry("a", 2, "新"), "新"),
        (entry("a", 1, "旧"), entry("a", 1, "新"), "新"),
        (entry("a", 2, "旧"), entry("a", 1, "新"), "旧"),
        (entry("a", 2, "旧"), undated("a", "新"), "新"),
        (undated("a", "旧"), entry("a", 1, "新"), "新"),
    ],
)
def test_of_two_entries_the_one_updated_later_counts(
    old: str, new: str, title: str
) -> None:
    """Of equals, and without a date, the one nearer to the subscription document.

    RFC 5005 § 4.2.
    """
    site = Stranger(**{"feed": feed(new, previous="1"), "1": feed(old)})

    (change,) = site.sync()

    assert isinstance(change, Record)
    assert change.title == title


def test_a_strangers_tombstone_counts_as_a_first_revision() -> None:
    site = Stranger(feed=feed(grave("a", 1)))

    (change,) = site.sync()

    assert isinstance(change, Tombstone)
    assert (change.id, change.revision) == ("tag:a.example,2026:a", 1)
    assert change.when == datetime.fromisoformat("2026-03-01T00:01:00Z")
    assert change.when.utcoffset() == timedelta(hours=8)


def test_an_entry_that_does_not_hold_does_not_stop_the_rest() -> None:
    site = published(2)
    spoilt = site.files["feed.atom"].replace("正文-r1".encode(), "篡改".encode())
    site.files["feed.atom"] = spoilt
    told: list[FormatError] = []

    _, changes = follow(site.fetch, URL, State(), on_error=told.append)

    assert names(changes) == ["r2"]
    assert [error.record for error in told] == ["r1"]
    assert told[0].where.startswith(f"{URL}, line ")
    with pytest.raises(FormatError, match="changed on the way"):
        follow(site.fetch, URL, State())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"<html/>", "not one of"),
        (b"<feed", "not well-formed"),
        (feed(previous="https://[::1"), "no address"),
        (feed('<s xmlns="urn:govsync:catalog:1"/>'), None),
        (feed('<sequence xmlns="urn:govsync:catalog:1"/>'), "a sequence from"),
        (
            feed('<sequence xmlns="urn:govsync:catalog:1" first="2" last="1"/>'),
            "a sequence from '2' to '1'",
        ),
    ],
)
def test_what_is_no_feed_is_told_with_its_address(
    content: bytes, message: str | None
) -> None:
    site = Stranger(feed=content)

    if message is None:
        assert site.sync() == []
        return
    with pytest.raises(FormatError, match=message) as told:
        site.sync()
    assert told.value.where.startswith(Stranger.url)


def test_what_fetching_raises_is_passed_on_and_nothing_is_seen() -> None:
    site = Stranger(feed=feed(previous="1"))

    with pytest.raises(KeyError):
        site.sync()

    assert site.state == State()


def test_another_title_of_the_feed_is_no_change() -> None:
    site = published(8)
    state, _ = follow(site.fetch, URL, State())
    site.publish(feed=FEED.changed(title="新标题"))

    assert follow(site.fetch, URL, state) == (state, [])
