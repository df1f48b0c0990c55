"""What the inbox tells the audit log: codes, officials, digests and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import digest_of
from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from govsync import audit
    from govsync.inbox.matter import Matter
    from govsync.ledger.telling import Teller


def told(
    tells: Teller, action: str, matter: Matter, *, reason: str = "", **detail: str
) -> audit.Entry:
    """Return the entry of an act; never what a sender or the answer says."""
    known = {"code": matter.code, "state": str(matter.state)}
    if matter.draft:
        known["draft"] = str(matter.draft)
    return tells.plain(
        f"inbox.{action}",
        channel=matter.channel,
        record=masked(matter.said.record),
        digest=digest_of(matter.answer.encode()) if matter.answer else "",
        reason=masked(reason)[:500],
        detail=known | {name: text for name, text in detail.items() if text},
    )
