"""What goes into the ledger and comes out of it, beside records and obligations."""

from __future__ import annotations

from datetime import datetime

from govsync.ledger.owing import Ruling
from govsync.model import Finding, Record, Value

CALL = "call"
"""The name of a quota of calls, whatever they do."""


class Intake(Value):
    """What an accepted batch came to."""

    new: int = 0
    revised: int = 0
    same: int = 0

    def plus(self, name: str) -> Intake:
        """Return this with one more of ``new``, ``revised`` or ``same``."""
        return self.changed(**{name: getattr(self, name) + 1})


class Screened(Value):
    """A record with what screening said of it."""

    record: Record
    """The newest revision."""
    findings: tuple[Finding, ...]
    rulings: dict[str, Ruling]
    """For every configured channel."""
    priority: int
    """Lower goes first."""
    deadline: datetime | None = None
    """When the law wants it public; among equals the nearest goes first."""
    take_down: datetime | None = None
    """From when on it is to be taken down; None where it is to stay."""
    waits_for: str = ""
    """The record that has to be live before this one; empty: none."""


class Quota(Value):
    """How often a service lets itself be called in the present window."""

    name: str
    """What is counted: ``publish``, ``withdraw``, or ``call`` for both."""
    start: datetime
    end: datetime
    count: int
    reserve: int = 0
    """So many of them are kept for withdrawals and corrections."""

    def covers(self, op: str) -> bool:
        """Whether a call with this op counts."""
        return self.name in {op, CALL}
