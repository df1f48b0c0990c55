"""The trail of a release, kept in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsync.ledger import channels

if TYPE_CHECKING:
    from govsync.channels.contract import Receipt
    from govsync.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class LedgerTrail:
    """A trail whose notes are durable when :meth:`note` returns."""

    ledger: Ledger
    of: tuple[str, str, str, int]
    held: Receipt | None = None

    def note(self, name: str, value: str) -> None:
        """Store an intermediate id."""
        with self.ledger.database.write() as connection:
            channels.note(connection, self.of, name, value)

    def get(self, name: str) -> str | None:
        """Return what an earlier attempt noted."""
        with self.ledger.database.read() as connection:
            return channels.notes(connection, self.of).get(name)
