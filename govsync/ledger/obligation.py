"""An obligation: what a channel owes of a record, and what it holds. Values only.

States::

    owed ─▶ sending ─▶ live | withdrawn        the channel confirmed
              │  ├───▶ accepted ─▶ …           it queued; settle asks
              │  ├───▶ unsure ─▶ …             find looks before anything is repeated
              │  ├───▶ waiting ─▶ sending      due_at says when
              │  └───▶ held                    a named human step is due
    refused                                    a rule says no; nothing was sent
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from govsync.model import Value
from govsync.model.codes import Code


class ObligationState(Code):
    """The state of an obligation."""

    OWED = "owed", "待推送"
    SENDING = "sending", "推送中"
    UNSURE = "unsure", "结果不明"
    ACCEPTED = "accepted", "已受理"
    LIVE = "live", "已发布"
    WAITING = "waiting", "等待重试"
    HELD = "held", "待人工"
    REFUSED = "refused", "不予发布"
    WITHDRAWN = "withdrawn", "已撤回"


DUE = (ObligationState.OWED, ObligationState.WAITING, ObligationState.UNSURE)
"""What a run takes up, once ``due_at`` has come."""
IN_FLIGHT = (ObligationState.SENDING, ObligationState.UNSURE, ObligationState.ACCEPTED)
"""Where something was sent whose outcome is not known."""


class Want(Value):
    """What a channel should hold of a record."""

    op: str
    """``publish`` or ``withdraw``."""
    revision: int
    digest: str


class Obligation(Value):
    """One row of the ledger."""

    channel: str
    record: str
    want: Want
    state: ObligationState
    due_at: datetime
    priority: int
    deadline: datetime | None = None
    """When the law wants it public; None where it says nothing that can be counted."""
    attempts: int
    """Failed attempts so far, since the last success or change."""
    reason: str
    step: str
    cause: str
    """``rule``, ``channel`` or ``order``: what keeps it from going; else empty."""
    sent_op: str | None
    """What was sent, while nobody knows what became of it; else None."""
    sent_revision: int | None
    held_op: str | None
    held_revision: int | None
    held_digest: str | None
    receipt: dict[str, Any] | None
    pending: dict[str, Any] | None
    waits_for: str = ""
    """The record that has to be live before this one; empty: none."""
    owner: str
    until: datetime | None = None
    """When the lease ends; None where nobody holds one."""
    fence: int

    @property
    def may_hold(self) -> bool:
        """Whether the channel holds a publication, or may hold one for all we know."""
        return "publish" in (self.held_op, self.sent_op)

    @property
    def holds_what_is_wanted(self) -> bool:
        """Whether the channel is known to hold exactly the wanted revision."""
        return (self.held_op, self.held_revision, self.held_digest) == (
            self.want.op,
            self.want.revision,
            self.want.digest,
        )
