"""Readers that we did not write read what the records say, on pages of five hundred.

Each gives the same ids, titles, dates and links; what one of them alters stands in
:data:`ALTERS`, with its reason, and nowhere else.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import atoma
import feedparser
import pytest
from lxml import etree
from reader import make_reader
from support.corpus import SIZE, page
from support.formats import written
from support.tools import needs, run

from govsync.formats import atom, extension
from govsync.formats.address import to_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from govsync.model import Record

NODE = Path(__file__).parents[1] / "node"
RUBY = Path(__file__).parent / "ruby" / "validate.rb"
SUFFIXES = {"atom": ".atom", "rss": ".rss", "json_feed": ".json"}
PAGE = page()


class Entry(NamedTuple):
    """What all readers can tell of an entry; dates in whole seconds."""

    id: str
    title: str
    date: datetime
    link: str


def _said(record: Record, date: str) -> Entry:
    at = record.published if date == "published" else record.changed_at
    assert at is not None
    return Entry(record.uri, record.title, _whole(at), to_uri(record.link) or "")


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _moment(text: str) -> datetime:
    return _whole(datetime.fromisoformat(text))


def _by_feedparser(path: Path) -> Iterable[Entry]:
    found = feedparser.parse(path.read_bytes())
    assert not found.bozo, found.bozo_exception
    for entry in found.entries:
        at = datetime(*entry.published_parsed[:6], tzinfo=UTC)
        yield Entry(entry.id, entry.title, at, entry.link)


def _by_atoma(path: Path) -> Iterable[Entry]:
    content = path.read_bytes()
    if path.suffix == ".atom":
        for entry in atoma.parse_atom_bytes(content).entries:
            link = next(one.href for one in entry.links if one.rel == "alternate")
            yield Entry(entry.id_, entry.title.value, _whole(entry.updated), link)
    elif path.suffix == ".rss":
        for item in atoma.parse_rss_bytes(content).items:
            yield Entry(item.guid, item.title, _whole(item.pub_date), item.link)
    else:
        for item in atoma.parse_json_feed_bytes(content).items:
            yield Entry(item.id_, item.title, _whole(item.date_published), item.url)


def _by_reader(path: Path) -> Iterable[Entry]:
    reader = make_reader(":memory:", feed_root=str(path.parent))
    reader.add_feed(path.name)
    reader.update_feed(path.name)
    for entry in reader.get_entries(feed=path.name):
        yield Entry(entry.id, entry.title, _whole(entry.published), entry.link)


def _by_node(library: str) -> Callable[[Path], Iterable[Entry]]:
    def read(path: Path) -> Iterable[Entry]:
        needs("node", str(NODE / "node_modules"), package="npm and tests/node")
        done = run("node", str(NODE / "read.mjs"), str(path))
        assert (done.returncode, done.stderr) == (0, "")
        for name, title, date, link in json.loads(done.stdout)[library]:
            at = _rfc822(date) if "," in date else _moment(date)
            yield Entry(name, title, at, link)

    return read


def _by_ruby(path: Path) -> Iterable[Entry]:
    done = run("ruby", str(RUBY), str(path))
    assert (done.returncode, done.stderr) == (0, "")
    for name, title, date, link in json.loads(done.stdout):
        yield Entry(name, title, _moment(date), link)


def _by_sfeed(path: Path) -> Iterable[Entry]:
    needs("sfeed", package="sfeed")
    with path.open("rb") as feed:
        done = subprocess.run(["sfeed"], stdin=feed, capture_output=True, check=True)
    assert done.stderr == b""
    text = done.stdout.decode()
    for row in csv.reader(
        text.split("\n")[:-1], delimiter="\t", quoting=csv.QUOTE_NONE
    ):
        date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(row[0]))
        yield Entry(row[5], row[1], date, row[2])


def _by_newsboat(path: Path) -> Iterable[Entry]:
    urls, cache = Path(f"{path}.urls"), Path(f"{path}.db")
    urls.write_text(f"file://{path}\n", encoding="utf-8")
    asked = ["-u", str(urls), "-c", str(cache), "-x", "reload"]
    done = run("newsboat", *asked, env={"HOME": str(path.parent), "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(cache) as database:
        rows = database.execute("SELECT guid, title, pubDate, url FROM rss_item")
        for name, title, seconds, link in rows:
            yield Entry(name, title, datetime.fromtimestamp(seconds, UTC), link)


def _rfc822(date: str) -> datetime:
    return _whole(datetime.strptime(date, "%a, %d %b %Y %H:%M:%S %z"))


def _as_html(said: Entry, _: Record) -> Entry:
    looks = re.search(r"&\w+;", said.title)
    title = said.title.replace("A&B", "A&amp;B") if looks else said.title
    return said._replace(title=title)


def _without_fragment(said: Entry, _: Record) -> Entry:
    return said._replace(link=said.link.partition("#")[0])


def _unescaped_again(said: Entry, record: Record) -> Entry:
    return _without_fragment(said, record)._replace(title=unescape(said.title))


def _without_zone(said: Entry, record: Record) -> Entry:
    assert record.published
    lost = timedelta(hours=8) if record.published.microsecond else timedelta()
    return said._replace(date=said.date + lost)


def _same(said: Entry, _: Record) -> Entry:
    return said


ALL = ("atom", "rss", "json_feed")
READERS: dict[str, tuple[Callable[[Path], Iterable[Entry]], tuple[str, ...]]] = {
    "feedparser": (_by_feedparser, ("atom", "rss")),
    "atoma": (_by_atoma, ALL),
    "reader": (_by_reader, ALL),
    "rss-parser": (_by_node("rssParser"), ("atom", "rss")),
    "extractus": (_by_node("extractus"), ALL),
    "feedsmith": (_by_node("feedsmith"), ALL),
    "ruby": (_by_ruby, ("atom", "rss")),
    "sfeed": (_by_sfeed, ("atom", "rss")),
    "newsboat": (_by_newsboat, ("atom", "rss")),
}
"""How each reads, and which formats it knows."""
UPDATED = {("atom", name) for name in ("atoma", "extractus", "feedsmith", "ruby")}
"""Where the date is that of the last change: Atom has both."""
ALTERS: dict[tuple[str, str], tuple[Callable[[Entry, Record], Entry], str]] = {
    ("feedparser", "rss"): (_as_html, "takes a title with an entity for HTML"),
    ("reader", "rss"): (_as_html, "is built on feedparser"),
    ("extractus", "atom"): (_unescaped_again, "decodes titles twice, cuts fragments"),
    ("extractus", "rss"): (_without_fragment, "cuts fragments off links"),
    ("extractus", "json_feed"): (_without_fragment, "cuts fragments off links"),
    ("newsboat", "atom"): (_without_zone, "loses the offset after a fraction (2.21)"),
}
"""What a reader alters, and why."""

CASES = [(name, form) for name, (_, forms) in READERS.items() for form in forms]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page in each format."""
    folder = tmp_path_factory.mktemp("pages")
    for form, suffix in SUFFIXES.items():
        (folder / f"page{suffix}").write_bytes(written(form, PAGE))
    return {form: folder / f"page{suffix}" for form, suffix in SUFFIXES.items()}


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_reader_reads_what_the_records_say(
    name: str, form: str, pages: dict[str, Path]
) -> None:
    read, _ = READERS[name]
    alter, _ = ALTERS.get((name, form), (_same, ""))
    date = "updated" if (form, name) in UPDATED else "published"
    expected = sorted(alter(_said(record, date), record) for record in PAGE)

    found = sorted(read(pages[form]))

    assert len(found) == SIZE
    assert found == expected


STRICT = {
    "atom": (extension.NAMESPACE,),
    "rss": (extension.NAMESPACE, atom.NAMESPACE),
}
"""Namespaces that the strict reading leaves aside: ours, and atom:link in RSS."""


def _aside(content: bytes, namespaces: tuple[str, ...]) -> bytes:
    root = etree.fromstring(content)
    for namespace in namespaces:
        if not str(root.tag).startswith(f"{{{namespace}}}"):
            etree.strip_elements(root, f"{{{namespace}}}*", with_tail=False)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


@pytest.mark.parametrize("form", STRICT)
def test_a_strict_validator_has_nothing_to_say(
    form: str, pages: dict[str, Path], tmp_path: Path
) -> None:
    """Ruby's library refuses whatever element it does not expect, or misses."""
    path = tmp_path / f"strict.{form}"
    path.write_bytes(_aside(pages[form].read_bytes(), STRICT[form]))

    done = run("ruby", "-w", str(RUBY), str(path), "strict")

    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == SIZE


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("rss", b"<link>", b"<lnik>"),
        ("rss", b"<description>", b"<descriptoin>"),
        ("rss", b"<pubDate>", b"<pubDate>x"),
        ("atom", b"<updated>", b"<updated>x"),
        ("atom", b"<id>", b"<di>"),
        ("atom", b"<title", b"<tilte"),
    ],
)
def test_the_strict_validator_is_strict(
    form: str, old: bytes, new: bytes, pages: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / f"broken.{form}"
    content = _aside(pages[form].read_bytes(), STRICT[form])
    broken = content.replace(old, new, 1)
    if not new.endswith(b"x"):
        ends = (tag.strip(b"<>") for tag in (old, new))
        broken = broken.replace(*(b"</" + name + b">" for name in ends), 1)
    path.write_bytes(broken)

    done = run("ruby", "-w", str(RUBY), str(path), "strict")

    assert done.returncode == 1
