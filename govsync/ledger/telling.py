"""What the ledger tells the audit log: names, digests and reasons, never content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govsync import audit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from govsync.ledger.obligation import Obligation
    from govsync.ledger.ordering import Halt
    from govsync.ledger.settling import Settlement
    from govsync.model import Finding, Record


@dataclass(frozen=True)
class Teller:
    """Makes entries in the name of who acts."""

    actor: str
    clock: Callable[[], datetime]

    def plain(self, action: str, **values: Any) -> audit.Entry:
        """An entry of whatever is given."""
        return audit.Entry(at=self.clock(), actor=self.actor, action=action, **values)

    def record(self, action: str, record: Record, *, reason: str = "") -> audit.Entry:
        """That something happened to a revision of a record."""
        return self.plain(
            action,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            reason=reason,
        )

    def found(self, record: Record, finding: Finding) -> audit.Entry:
        """What screening found; the rule's name alone."""
        return self.plain(
            f"finding.{finding.severity}",
            record=record.id,
            revision=record.revision,
            channel=finding.channel,
            reason=finding.rule,
        )

    def owed(
        self, record: Record, channel: str, values: Mapping[str, Any]
    ) -> audit.Entry:
        """That a channel owes something else than before."""
        return self.plain(
            f"obligation.{values['state']}",
            record=record.id,
            revision=record.revision,
            channel=channel,
            reason=values["reason"],
            detail={"step": values["step"]} if values.get("step") else {},
        )

    def sending(self, one: Obligation) -> audit.Entry:
        """The intent to send, before a byte leaves."""
        return self.plain(
            f"delivery.{one.state}",
            record=one.record,
            channel=one.channel,
            revision=one.want.revision,
            digest=one.want.digest,
            outcome=one.want.op,
        )

    def halted(self, one: Obligation, halt: Halt) -> audit.Entry:
        """That a record waits for another."""
        return self.plain(
            f"delivery.{halt.state}",
            record=one.record,
            channel=one.channel,
            revision=one.want.revision,
            reason=halt.reason,
        )

    def kept(self, one: Obligation, reason: str) -> audit.Entry:
        """That a record was leased and not sent."""
        return self.plain(
            "delivery.waiting",
            record=one.record,
            channel=one.channel,
            revision=one.want.revision,
            reason=reason,
        )

    def freed(self, live: Obligation, record: str) -> audit.Entry:
        """That a record waits no longer, for what it belongs to is live."""
        return self.plain(
            "delivery.freed",
            record=record,
            channel=live.channel,
            reason=f"{live.record} is live",
        )

    def outcome(
        self, action: str, leased: Obligation, settlement: Settlement
    ) -> audit.Entry:
        """What became of a sending."""
        receipt = settlement.receipt or {}
        detail = {k: receipt[k] for k in ("remote_id", "address") if receipt.get(k)}
        if settlement.step:
            detail["step"] = settlement.step
        if settlement.exchanges:
            detail["exchanges"] = "\n".join(settlement.exchanges)
        return self.plain(
            action,
            record=leased.record,
            channel=leased.channel,
            revision=leased.sent_revision or leased.want.revision,
            digest=receipt.get("digest", ""),
            outcome=leased.sent_op or leased.want.op,
            reason=settlement.reason,
            detail=detail,
        )
