"""ResourceSync lists: exact bytes, sealing, parts, and what changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from govsync.errors import InputError
from govsync.sync import resources
from govsync.sync.resource import Resource, links
from govsync.sync.resources import ARCHIVE, CHANGES, RESOURCES

BASE = "https://www.example.gov.cn/topic/"
AT = datetime(2026, 3, 1, tzinfo=UTC)
_NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "rs": "http://www.openarchives.org/rs/terms/",
}


class Site:
    """What is published, in memory."""

    def __init__(self, **options: int) -> None:
        self.files: dict[str, bytes] = {}
        self.options = options
        self.hour = 0

    def publish(self, **changes: str | None) -> set[str]:
        """Publish texts by the names of their files, an hour later each time."""
        at = AT + timedelta(hours=self.hour)
        told = {
            f"{name}.json": None if text is None else resource(text, at)
            for name, text in changes.items()
        }
        self.hour += 1
        return self.tell(told, at)

    def tell(self, told: dict[str, Resource | None], at: datetime) -> set[str]:
        """Publish what is told, at a moment."""
        files = resources.publish(
            self.files.get, told, base=BASE, at=at, **self.options
        )
        for path, content in files.items():
            if content is None:
                del self.files[path]
            else:
                self.files[path] = content
        return set(files)

    def changes(self, path: str = CHANGES) -> list[tuple[str, str, str]]:
        """What a change list tells, and the length where it has one."""
        return [
            (
                entry.findtext("s:loc", "", _NAMES).removeprefix(BASE),
                entry.find("rs:md", _NAMES).get("change", ""),
                entry.find("rs:md", _NAMES).get("length", ""),
            )
            for entry in etree.fromstring(self.files[path]).iterfind("s:url", _NAMES)
        ]

    def said(self, path: str, name: str) -> str:
        """An attribute of a document."""
        found = etree.fromstring(self.files[path]).find("rs:md", _NAMES)
        return str(found.get(name, ""))


def resource(text: str, at: datetime) -> Resource:
    """A file of some length."""
    return Resource(f"{len(text):064x}", len(text), "application/json", at)


def test_the_documents_to_the_letter() -> None:
    site = Site()

    assert site.publish(a="x") == {
        ".well-known/resourcesync",
        "capabilitylist.xml",
        "resourcelist.xml",
        "changelist.xml",
        "changelist-archive.xml",
    }
    assert site.files["resourcelist.xml"].decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:rs="http://www.openarchives.org/rs/terms/">\n'
        f'<rs:ln rel="up" href="{BASE}capabilitylist.xml"/>\n'
        '<rs:md capability="resourcelist" at="2026-03-01T00:00:00Z"/>\n'
        f"<url><loc>{BASE}a.json</loc><lastmod>2026-03-01T00:00:00Z</lastmod>"
        f'<rs:md hash="sha-256:{1:064x}" length="1" type="application/json"/></url>\n'
        "</urlset>\n"
    )
    described = site.files[".well-known/resourcesync"].decode()
    assert f"<loc>{BASE}capabilitylist.xml</loc>" in described
    assert 'capability="description"' in described


def test_the_first_publication_makes_no_changes() -> None:
    site = Site()
    site.publish(a="x", b="y")

    assert site.changes() == []
    assert site.said(CHANGES, "from") == "2026-03-01T00:00:00Z"
    assert site.said(CHANGES, "until") == ""


def test_changes_are_told_in_their_order() -> None:
    site = Site()
    site.publish(a="x")

    assert site.publish(b="bb", a="xx") == {RESOURCES, CHANGES}
    site.publish(c="c")
    site.publish(b=None, nothing=None)

    assert site.changes() == [
        ("a.json", "updated", "2"),
        ("c.json", "created", "1"),
        ("b.json", "deleted", ""),
    ]


def test_what_is_held_already_changes_nothing() -> None:
    site = Site()
    site.publish(a="x", b="y")

    assert site.publish(a="x") == set()
    assert site.publish(gone=None) == set()
    assert site.publish() == set()


def test_the_oldest_changes_are_sealed_for_good() -> None:
    site = Site(size=2)
    site.publish(a="0")
    for number in range(1, 8):
        site.publish(a="x" * (number + 1))
    first = site.files["changelists/00000001.xml"]

    assert [length for *_, length in site.changes("changelists/00000001.xml")] == [
        "2",
        "3",
    ]
    assert len(site.changes()) in {2, 3}
    site.publish(a="new")
    site.publish(a="newer")
    assert site.files["changelists/00000001.xml"] is first
    spans = [
        (site.said(path, "from"), site.said(path, "until"))
        for path in sorted(site.files)
        if path.startswith("changelists/")
    ]
    assert [until for _, until in spans[:-1]] == [since for since, _ in spans[1:]]
    assert site.said(CHANGES, "from") == spans[-1][1]
    assert [path for path, *_ in site.changes(ARCHIVE)] == [
        f"changelists/{number:08}.xml" for number in range(1, len(spans) + 1)
    ]


def test_a_list_too_long_has_parts_and_grows_and_shrinks() -> None:
    site = Site(list_size=2)
    site.publish(a="x", b="y", c="z")
    index = etree.fromstring(site.files[RESOURCES])

    assert index.tag.endswith("}sitemapindex")
    assert [loc.text for loc in index.iterfind(".//s:loc", _NAMES)] == [
        f"{BASE}resourcelists/0001.xml",
        f"{BASE}resourcelists/0002.xml",
    ]
    assert sorted(resources.read_list(site.files.get, links(BASE)) or ()) == [
        "a.json",
        "b.json",
        "c.json",
    ]
    site.publish(c=None)
    assert b"<urlset " in site.files[RESOURCES]
    assert not [path for path in site.files if path.startswith("resourcelists/")]


def test_a_clock_that_was_set_back_keeps_the_order() -> None:
    site = Site()
    site.publish(a="x")
    site.publish(a="xx")
    site.tell({"b.json": resource("y", AT)}, AT - timedelta(days=1))

    told = [
        entry.get("datetime")
        for entry in etree.fromstring(site.files[CHANGES]).iterfind(
            "s:url/rs:md", _NAMES
        )
    ]
    assert told == sorted(told)
    assert len(told) == 2


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no absolute web address"):
        resources.publish({}.get, {}, base="topic/", at=AT)


def test_lists_of_another_address_are_refused() -> None:
    site = Site()
    site.publish(a="x")

    with pytest.raises(InputError, match="is not below"):
        resources.publish(site.files.get, {}, base="https://b.example/", at=AT)


def test_a_list_of_others_is_refused() -> None:
    held = {RESOURCES: b"<urlset>\n<url><loc>x</loc></url>\n</urlset>"}

    with pytest.raises(InputError, match="not an entry of ours"):
        resources.publish(held.get, {}, base=BASE, at=AT)
