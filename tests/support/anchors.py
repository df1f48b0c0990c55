"""Heads as an anchor is given them, and a log that was written anew."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from support.logs import AT, ORIGIN, Log, entry
from support.platform import StoppedClock
from support.witness import head_of

from govsync import audit
from govsync.agent import anchoring
from govsync.agent.config import Config
from govsync.agent.run import checkpoint
from govsync.agent.workspace import Workspace
from govsync.anchors import Head
from govsync.audit import SigningKey
from govsync.audit.growth import frontier_at, proof_since
from govsync.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from govsync.agent.anchoring import Anchored


def given(log: Log, note: str, held: int = 0) -> Head:
    """A head, to an anchor that is believed to hold ``held`` entries."""
    signed = head_of(log, note)

    def growth(old: int) -> tuple[bytes, ...]:
        with log.database.read() as connection:
            return proof_since(connection, frontier_at(connection, old), signed.size)[0]

    return Head(signed=signed, note=note, held=held, growth=growth)


def write_anew(log: Log, numbers: Sequence[int]) -> str:
    """Replace all of a log, as whoever holds machine and key can; return its head."""
    with log.database.write() as connection:
        for table in (schema.audit, schema.audit_head, schema.checkpoint):
            connection.execute(delete(table))
        audit.append(connection, [entry(number) for number in numbers])
        note = audit.checkpoint(connection, log.key, ORIGIN, AT)
    assert note is not None
    return note


class Station:
    """A city's workspace whose log grows by the test's word, and its anchors."""

    def __init__(
        self,
        folder: Path,
        *anchors: dict[str, Any],
        key: SigningKey | None = None,
        origin: str = ORIGIN,
    ) -> None:
        self.folder = folder
        self.origin = origin
        self.anchors = anchors
        self.clock = StoppedClock()
        folder.mkdir(parents=True, exist_ok=True)
        self.key = key or SigningKey.generate(ORIGIN)
        self.key.save(folder / "audit.key")
        self.workspace = self.opened()

    def opened(self) -> Workspace:
        """The workspace as a new process opens it."""
        config = Config.model_validate(
            {
                "city": {
                    "name": "密山市",
                    "code": "230382",
                    "site": "https://www.city.example.gov.cn",
                },
                "audit": {
                    "origin": self.origin,
                    "key_file": "audit.key",
                    "anchors": self.anchors,
                },
                "channels": {"city": {"adapter": "city.directory"}},
                "root": self.folder,
            }
        )
        return Workspace(config, clock=self.clock, actor="cron@test")

    def restart(self) -> None:
        self.workspace.__exit__()
        self.workspace = self.opened()

    def grow(self, entries: int = 1) -> str | None:
        """Write entries and sign the head, as a run does before it anchors."""
        for number in range(entries):
            self.workspace.ledger.tell("test.grown", number=str(number))
        return checkpoint(self.workspace)

    def anchor(self) -> dict[str, Anchored]:
        """A run's last phase; returns what each anchor holds then."""
        done = anchoring.anchor(self.workspace, random=lambda: 0.0)
        self.cosigned = done.cosigned
        self.broken = done.broken
        return self.standing()

    def standing(self) -> dict[str, Anchored]:
        asked = self.workspace.config.audit.anchors
        with self.workspace.database.read() as connection:
            return anchoring.anchored(connection, asked, self.clock())

    def told(self) -> list[tuple[str, str]]:
        """What the log says of anchors: what happened, to which."""
        with self.workspace.database.read() as connection:
            return [
                (entry.action, entry.detail["anchor"])
                for _, entry in audit.entries(connection)
                if entry.action.startswith("anchor.")
            ]

    def size(self) -> int:
        with self.workspace.database.read() as connection:
            return audit.head(connection).size

    def close(self) -> None:
        self.workspace.__exit__()


@contextmanager
def station(
    folder: Path, *anchors: dict[str, Any], key: SigningKey | None = None
) -> Iterator[Station]:
    """Open a station until the block ends."""
    opened = Station(folder, *anchors, key=key)
    try:
        yield opened
    finally:
        opened.close()
