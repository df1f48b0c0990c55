"""A service that lists what it holds, and lets anybody change it behind our back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from support.service import Account, Desk, Service

from govsync.channels import (
    ChannelError,
    Holding,
    Op,
    Receipt,
    Release,
    Standing,
    Verification,
)


@dataclass
class Shelf(Service):
    """What is shown, and how often it was looked at."""

    shown: dict[str, list[Holding]] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)
    verdicts: deque[ChannelError] = field(default_factory=deque)
    """What the next looks come to; when it is empty, what is shown is compared."""

    def take(self, release: Release) -> Receipt:
        """Show a revision in place of ours, or nothing in its place."""
        record = release.record
        others = self.shown.get(record.id, [])[1:]
        ours = [holding(record.id, record.revision, record.digest)]
        self.shown[record.id] = (ours if release.op is Op.PUBLISH else []) + others
        return super().take(release)


class Shelved(Account):
    """Its adapter."""

    service: Shelf

    def inventory(self, since: str = "") -> Iterator[Holding]:
        for name in sorted(self.service.shown, reverse=True):
            yield from self.service.shown[name]

    def verify(self, receipt: Receipt) -> Verification:
        if self.service.verdicts:
            raise self.service.verdicts.popleft()
        self.service.looks.append(receipt.record)
        shown = self.service.shown.get(receipt.record, [])
        same = any(one.digest == receipt.digest for one in shown)
        return Verification(same=same, detail="another title")


def holding(record: str, revision: int, digest: str) -> Holding:
    """Return one live thing."""
    return Holding(record=record, revision=revision, digest=digest, state=Standing.LIVE)


def shelf_desk(path: Path) -> tuple[Desk, Shelf]:
    """Return a desk whose channel is a shelf."""
    desk, shelf = Desk(path), Shelf()
    desk.service = shelf
    desk.make = type("Shelved", (Shelved,), {"service": shelf})
    return desk, shelf
