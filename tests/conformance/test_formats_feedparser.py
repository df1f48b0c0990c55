"""What a reader of others (feedparser) makes of our feeds."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest
from support.formats import FEED, awkward, full, written

from govsync.formats.address import to_uri

STANDING = [record for record in awkward() if not record.withdrawn]


def parsed(name: str) -> Any:
    return feedparser.parse(written(name, awkward(), **PUBLIC.get(name, {})))


PUBLIC: dict[str, dict[str, bool]] = {"rss": {"withdrawn": False}}


@pytest.mark.parametrize(("name", "version"), [("atom", "atom10"), ("rss", "rss20")])
def test_the_feed_is_what_it_says(name: str, version: str) -> None:
    feed = parsed(name)

    assert not feed.bozo
    assert feed.version == version
    assert feed.feed.title == FEED.title
    assert feed.feed.link == FEED.site
    assert feed.feed.language == "zh-CN"


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_ids_titles_links_and_dates(name: str) -> None:
    entries = parsed(name).entries

    assert [entry.id for entry in entries] == [record.uri for record in STANDING]
    # feedparser takes the blanks of \u0085 and \u2028 from the ends of a title.
    assert [entry.title.split() for entry in entries] == [
        record.title.split() for record in STANDING
    ]
    assert [alternates(entry) for entry in entries] == [
        [uri] if (uri := to_uri(record.link)) else [] for record in STANDING
    ]
    for entry, record in zip(entries, STANDING, strict=True):
        if record.published:
            assert entry.published_parsed == record.published.utctimetuple()


def alternates(entry: Any) -> list[str]:
    return [link.href for link in entry.get("links", []) if link.rel == "alternate"]


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_authors_contributors_tags_and_enclosures(name: str) -> None:
    (entry,) = (entry for entry in parsed(name).entries if entry.id == full().uri)

    assert entry.author == full().issuer
    assert [body.name for body in entry.contributors] == list(full().co_issuers)
    tags = [tag.term for tag in entry.tags if tag.scheme == "urn:govsync:keyword"]
    assert tags == list(full().keywords)
    (enclosure,) = (link for link in entry.links if link.rel == "enclosure")
    assert (enclosure.type, enclosure.length) == ("application/pdf", "2048")


def test_a_relative_link_of_a_body_leads_to_the_first_page() -> None:
    (entry,) = (entry for entry in parsed("atom").entries if entry.id == full().uri)

    assert 'href="https://www.example.gov.cn/files/1.pdf"' in entry.content[0].value


def test_rss_text_is_read_as_text() -> None:
    """A summary is plain text: a reader shows its markup, and runs none of it."""
    (entry,) = (entry for entry in parsed("rss").entries if entry.id == full().uri)

    assert entry.summary == "全文如下 &amp;nbsp; &lt;略&gt;"
    assert entry.title == full().title
