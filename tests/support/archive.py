"""An archived feed in memory, and records whose changes a ledger would have dated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from support.formats import plain

from govsync.formats import Feed
from govsync.model import Record, State, Status
from govsync.sync.archive import publish

BASE = "https://www.example.gov.cn/open/"
URL = f"{BASE}feed.atom"
FEED = Feed(title="示例市政务公开", site="https://www.example.gov.cn/", self_url=URL)


def moment(step: int) -> datetime:
    """A moment of the ledger's clock."""
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=step)


def record(name: str, step: int = 0, **changes: Any) -> Record:
    """A record as the ledger saw it at this step."""
    said = {"title": f"标题-{name}-{step}", "body": f"<p>正文-{name}-{step}</p>"}
    return plain(id=name, updated=moment(step), **(said | changes))


def withdrawn(of: Record, step: int) -> Record:
    """The same record, taken back at this step."""
    status = Status(state=State.WITHDRAWN, reason="撤回", at=moment(step))
    return of.changed(status=status, updated=moment(step), revision=of.revision + 1)


class Site:
    """What a web server would serve: written as ``publish`` says."""

    def __init__(self, size: int = 3) -> None:
        self.files: dict[str, bytes] = {}
        self.size = size
        self.fetched: list[str] = []

    def publish(self, *changes: Record, **more: Any) -> set[str]:
        """Publish, and return the paths that were written."""
        return self.publish_all(changes, **more)

    def publish_all(self, changes: Iterable[Record], **more: Any) -> set[str]:
        options: dict[str, Any] = {"size": self.size, "feed": FEED} | more
        feed = options.pop("feed")
        written = publish(self.files.get, changes, feed, **options)
        for path, content in written.items():
            assert content is not None, path
            self.files[path] = content
        return set(written)

    def fetch(self, url: str) -> bytes:
        """Fetch by address, as a receiver does."""
        path = url.removeprefix(BASE)
        self.fetched.append(path)
        return self.files[path]

    @property
    def documents(self) -> dict[str, bytes]:
        """The Atom documents."""
        return {
            path: content
            for path, content in self.files.items()
            if path.endswith(".atom")
        }

    @property
    def pages(self) -> dict[str, bytes]:
        """The sealed pages."""
        return {p: c for p, c in self.documents.items() if p != "feed.atom"}
