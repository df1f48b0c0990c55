"""A channel that takes everything at once, and counts it in a file.

The benchmarks install it beside govsync, so that what they measure is ours alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govsync.channels import (
    Adapter,
    Context,
    Facts,
    Form,
    Health,
    Receipt,
    Setting,
    Verification,
)

if TYPE_CHECKING:
    from govsync.channels import Pending, Release, Trail

ENTRY_POINTS = "[govsync.adapters]\nsink = sink:Sink\n"
METADATA = "Metadata-Version: 2.1\nName: govsync-sink\nVersion: 1.0\n"


class Sink(Adapter):
    """Takes a release by adding a line to its file."""

    facts = Facts(
        name="sink",
        title="sink",
        settings=(Setting(name="path", help="the file", path=True),),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.file = Path(context.settings["path"])

    def check(self) -> Health:
        """Say that all is well."""
        return Health(ok=True)

    def fit(self, release: Release) -> tuple[Form, ...]:
        """Return the title."""
        title = release.record.title.encode()
        return (Form(name="title", media_type="text/plain", content=title),)

    def publish(self, release: Release, trail: Trail) -> Receipt:
        """Take it."""
        del trail
        record = release.record
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{release.op} {record.id} {record.revision}\n")
        return Receipt(
            op=release.op,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            at=self.context.clock(),
        )

    withdraw = publish

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """Say that it is not there."""
        del release, trail
        return None

    def verify(self, receipt: Receipt) -> Verification:
        """Say that it is what the receipt says."""
        del receipt
        return Verification(same=True)


def install(folder: Path) -> None:
    """Let a Python that has ``folder`` on its path find the adapter."""
    made = folder / "govsync_sink-1.0.dist-info"
    made.mkdir()
    (made / "METADATA").write_text(METADATA)
    (made / "entry_points.txt").write_text(ENTRY_POINTS)
