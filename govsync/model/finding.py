"""Finding: what a rule, a source or a channel says about a record."""

from __future__ import annotations

from govsync.model.base import Value
from govsync.model.codes import Code


class Severity(Code):
    """What follows: nothing goes, nothing goes until a person acts, or just a note."""

    BLOCK = "block", "阻断"
    HOLD = "hold", "待办"
    WARN = "warn", "提示"


class Finding(Value):
    """One thing found, with its place and what mends it."""

    rule: str
    """The rule's name, such as ``privacy.id-number``."""
    severity: Severity
    message: str
    """What is wrong. Never repeats personal data: a finding is kept and shown."""
    record: str = ""
    field: str = ""
    """The record's field: ``title``, ``body``, ``attachments[0].name``."""
    place: str = ""
    """Where in the field: ``table row 2, column 身份证号``, ``offset 14``."""
    mend: str = ""
    channel: str = ""
    """The channel that it concerns; empty for all."""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.record, self.field, self.place)))
        to = f" → {self.channel}" if self.channel else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{self.severity} {self.rule}{to}: {where}: {self.message}{mend}"
