"""An archived feed before a grammar, a reader and a walker that are not our code."""

from __future__ import annotations

from importlib.resources import files
from typing import cast
from urllib.parse import unquote, urljoin

import feedparser
import pytest
from lxml import etree
from support.archive import FEED, URL, Site, record, withdrawn
from support.formats import awkward

PROFILE = etree.RelaxNG(
    etree.fromstring(
        files("govsync.formats").joinpath("schemas/atom-1.rng").read_bytes()
    )
)
A, AT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"


@pytest.fixture
def site() -> Site:
    """Awkward records, then changes, a takedown and a reinstatement."""
    site = Site(size=4)
    site.publish(*awkward(), *(record(f"r{n}", n) for n in range(20)))
    site.publish(withdrawn(record("r1", 1), 30), withdrawn(record("r2", 2), 31))
    site.publish(record("r3", 32, revision=2), record("r1", 33, revision=3))
    return site


def holds(content: bytes) -> bool:
    return bool(PROFILE.validate(etree.fromstring(content)))


def test_every_document_keeps_the_profile(site: Site) -> None:
    assert len(site.documents) > 5
    for path, content in site.documents.items():
        assert holds(content), (path, PROFILE.error_log)


@pytest.mark.parametrize(
    ("sound", "faulty"),
    [
        (b'<link rel="current" href="' + URL.encode() + b'"/>\n', b""),
        (b'rel="current" href="https://www', b'rel="current" href="feed.atom?'),
        (b'rel="prev-archive"', b'rel="next-archive"'),
        (b"<fh:archive ", b"<fh:complete "),
        (b'<g:sequence first="5"', b'<g:sequence first="0"'),
        (b'<g:sequence first="5"', b"<g:sequence "),
    ],
)
def test_the_profile_finds_faults_of_archives(
    site: Site, sound: bytes, faulty: bytes
) -> None:
    content = site.files["archive/00000002.atom"]
    assert holds(content)
    assert content.count(sound) == 1

    assert not holds(content.replace(sound, faulty))


def test_feedparser_reads_every_document(site: Site) -> None:
    for path, content in site.documents.items():
        found = feedparser.parse(content)
        assert not found.bozo, path
        assert found.version == "atom10"
        assert found.feed.title == FEED.title
        links = {link.rel: link.href for link in found.feed.links}
        assert links["self"] == urljoin(URL, path)
        assert links["current"] == URL
        written = [
            e.findtext(f"{A}id") for e in etree.fromstring(content).iter(A + "entry")
        ]
        assert [entry.id for entry in found.entries] == written


def walked(site: Site) -> dict[str, str]:
    """The titles by id, as anybody who has read RFC 5005 and RFC 6721 finds them."""
    newest: dict[str, tuple[str, bool, str]] = {}
    url = URL
    while url:
        feed = etree.fromstring(site.fetch(url))
        for grave in feed.iter(f"{AT}deleted-entry"):
            ref, when = cast("str", grave.get("ref")), cast("str", grave.get("when"))
            newest[ref] = max(newest.get(ref, ("", False, "")), (when, True, ""))
        for entry in feed.iter(f"{A}entry"):
            name, at, title = (
                entry.findtext(f"{A}{tag}", "") for tag in ("id", "updated", "title")
            )
            if (at, False) > newest.get(name, ("", False, ""))[:2]:
                newest[name] = (at, False, title)
        links = {link.get("rel"): link.get("href") for link in feed.iter(f"{A}link")}
        url = links.get("prev-archive") or ""
    return {name: title for name, (_, gone, title) in newest.items() if not gone}


def test_an_independent_walker_rebuilds_ids_and_titles(site: Site) -> None:
    expected = {each.uri: each.title for each in awkward() if not each.withdrawn}
    expected |= {
        record(f"r{n}").uri: record(
            f"r{n}", 32 if n == 3 else 33 if n == 1 else n
        ).title
        for n in range(20)
        if n != 2
    }

    assert walked(site) == expected
    assert all(unquote(name).startswith("urn:govsync:record:") for name in expected)
