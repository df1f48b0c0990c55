"""The topic's folder as its readers see it, and an adapter that publishes into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from govsync.channels import Context, Op, Release
from govsync.channels.testing import sample
from govsync.formats import Tombstone, json_records
from govsync_adapters.city.directory import Directory

if TYPE_CHECKING:
    from pathlib import Path

    from govsync.model import Record

CITY = {
    "name": "密山市",
    "code": "230382",
    "site": "https://www.city.example.gov.cn",
    "site_name": "密山市人民政府",
    "site_id": "2303820001",
}
BASE = "https://www.city.example.gov.cn/"
VOID = frozenset("area base br col embed hr img input link meta source wbr".split())


class Ticking:
    """A clock that is a second later each time it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def directory(path: Path, **settings: str) -> Directory:
    """Make an adapter that publishes below a path."""
    given = {"path": str(path), **settings}
    return Directory(
        Context(channel="city", settings=given, clock=Ticking(), city=CITY)
    )


def release(record: Record) -> Release:
    """Return the release of a record."""
    op = Op.WITHDRAW if record.withdrawn else Op.PUBLISH
    return Release(channel="city", op=op, record=record)


def numbered(count: int) -> list[Record]:
    """Return so many records."""
    return [sample(number) for number in range(1, count + 1)]


@dataclass(frozen=True)
class Folder:
    """What a web server would serve, and what stands beside it."""

    path: Path

    @property
    def current(self) -> Path:
        """The root of the web server."""
        return self.path / "current"

    def text(self, name: str) -> str:
        """The text of one file."""
        return (self.current / name).read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file that is served, by path."""
        root = self.current.resolve()
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def held(self, record: str) -> tuple[int, str] | None:
        """Revision and digest of what stands of a record."""
        found = [entry for entry in self._entries() if entry.id == record]
        return (found[0].revision, found[0].digest) if found else None

    def effects(self, record: str) -> int:
        """How often a record stands in the topic."""
        return sum(
            entry.id == record and not isinstance(entry, Tombstone)
            for entry in self._entries()
        )

    def tamper(self, record: str) -> None:
        """Alter a record's page."""
        name = next(
            path.with_suffix(".html")
            for path in (self.current / "records").glob("*.json")
            if json_records.read_entry(path.read_bytes()).id == record
        )
        name.write_text(name.read_text().replace("更正", "改动"))

    def _entries(self) -> list[Record | Tombstone]:
        return [
            json_records.read_entry(path.read_bytes())
            for path in (self.current / "records").glob("*.json")
        ]


class Markup(HTMLParser):
    """Reads a page and notes what is not closed, and every element and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def meta(self) -> dict[str, str]:
        """The named meta tags."""
        return {
            given["name"]: given["content"]
            for tag, given in self.elements
            if tag == "meta" and "name" in given
        }

    @property
    def links(self) -> list[str]:
        """The addresses of the page's links to other pages."""
        return [given["href"] for tag, given in self.elements if tag == "a"]
