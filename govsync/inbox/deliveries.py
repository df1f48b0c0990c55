"""The way of approved answers: what the agent stores before, between and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govsync import audit
from govsync.inbox import acts, statements
from govsync.inbox.matter import Delivery
from govsync.inbox.telling import told
from govsync.ledger import ObligationState
from govsync.ledger.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from govsync.inbox.matter import Matter
    from govsync.ledger import Settlement
    from govsync.store.database import Database

_OF_STATE: Mapping[ObligationState, Delivery] = {
    ObligationState.LIVE: Delivery.DONE,
    ObligationState.WAITING: Delivery.WAITING,
    ObligationState.UNSURE: Delivery.UNSURE,
    ObligationState.HELD: Delivery.HELD,
}
"""What the states of a settlement are for an answer."""


class Deliveries:
    """The answers of one database that are on their way.

    Args:
        database: Open, with the ledger's tables.
        actor: Who acts, for the audit log.
        clock: Gives the present moment, aware.
    """

    def __init__(
        self, database: Database, *, actor: str, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.clock = clock
        self._tells = Teller(actor, clock)

    def begin(self) -> int:
        """Turn what a dead run was delivering into ``unsure``; return how many.

        The caller holds the lock of the workspace: no other run is at it.
        """
        with self.database.write() as connection:
            number = statements.abandon(connection)
            if number:
                reason = f"{number} unsure"
                entry = self._tells.plain("inbox.recovered", reason=reason)
                audit.append(connection, [entry])
        return number

    def due(self, channel: str, limit: int) -> list[Matter]:
        """Return what is to be delivered to a channel by now."""
        with self.database.read() as connection:
            return statements.deliverable(connection, channel, self.clock(), limit)

    def intend(self, matter: Matter) -> None:
        """Store the intent to deliver, before a byte leaves."""
        with self.database.write() as connection:
            statements.change(connection, matter.code, delivery=Delivery.SENDING)
            audit.append(connection, [told(self._tells, "sending", matter)])

    def settle(self, matter: Matter, settlement: Settlement) -> None:
        """Store what became of a delivery."""
        delivery = _OF_STATE[settlement.state]
        values: dict[str, Any] = {
            "delivery": delivery,
            "try_at": settlement.due_at,
            # An attempt whose outcome nobody knows is never forgotten.
            "attempts": max(settlement.attempts, int(settlement.unknown)),
            "reason": settlement.reason,
            "step": settlement.step,
        }
        if settlement.receipt is not None:
            values = acts.published(settlement.receipt, self.clock())
        entry = told(
            self._tells,
            delivery,
            matter,
            reason=settlement.reason,
            step=settlement.step,
            exchanges="\n".join(settlement.exchanges),
            address=str((settlement.receipt or {}).get("address", "")),
        )
        with self.database.write() as connection:
            statements.change(connection, matter.code, **values)
            audit.append(connection, [entry])

    def strand(self, channels: Sequence[str]) -> int:
        """Hold what is to be delivered to a channel that is there no longer."""
        with self.database.write() as connection:
            stranded = statements.homeless(connection, channels)
            for matter in stranded:
                reason = f"{matter.channel} is configured no longer"
                step = by_hand(matter.code)
                values = {"delivery": Delivery.HELD, "reason": reason, "step": step}
                statements.change(connection, matter.code, **values)
                entry = told(self._tells, "held", matter, reason=reason, step=step)
                audit.append(connection, [entry])
        return len(stranded)

    def counts(self) -> dict[str, int]:
        """Return how many approved answers stand at each part of their way."""
        with self.database.read() as connection:
            return statements.counts(connection)


def by_hand(code: str) -> str:
    """Return the step of a person who delivers an answer."""
    return f"give the answer by hand, then `govsync inbox delivered {code} --by WHO`"
