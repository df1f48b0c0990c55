"""Feedback in, answers out: one run's part of the inbox.

An answer goes out with the care of a release: the intent is stored before a byte
leaves, and what may have arrived is looked for before anything is repeated.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from govsync.agent import schedule
from govsync.agent.schedule import Policy
from govsync.agent.trail import LedgerTrail
from govsync.channels import exchanges
from govsync.channels.errors import ChannelError, Editor, Refresh, Reject, Retry, Stop
from govsync.inbox import Inbox
from govsync.inbox.deliveries import Deliveries
from govsync.inbox.drop import Drop
from govsync.inbox.mailbox import Mailbox
from govsync.inbox.matter import Delivery
from govsync.ledger import BreakerState, ObligationState, Settlement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from govsync.agent.config import Config
    from govsync.agent.workspace import Workspace
    from govsync.channels.contract import AnswerReceipt, Clock, Trail
    from govsync.inbox.matter import Matter
    from govsync.inbox.origin import Origin
    from govsync.inbox.settings import SourceSettings

TOLD_FOR = timedelta(days=180)
"""So long after a matter ended its state is told by its code."""
AT_MOST = 500
"""So many answers go to one place in one run."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where feedback comes from and answers go to."""

    name: str
    origin: Origin
    policy: Policy = field(default_factory=Policy)


def inbox_of(workspace: Workspace) -> Inbox:
    """Return a workspace's inbox."""
    return Inbox(
        workspace.database,
        actor=workspace.actor,
        clock=workspace.clock,
        draw=secrets.randbelow,
    )


def places(workspace: Workspace) -> Iterator[Place]:
    """Yield the channels that are not paused, then the sources of the inbox."""
    for channel in workspace.channels:
        policy = channel.configured.policy
        yield Place(name=channel.name, origin=channel.adapter, policy=policy)
    yield from sources(workspace.config, workspace.clock)


def sources(config: Config, clock: Clock) -> Iterator[Place]:
    """Yield the mailboxes and files that the inbox reads."""
    for name, given in sorted(config.inbox.sources.items()):
        yield Place(name=name, origin=_source(config, given, clock))


def _source(config: Config, given: SourceSettings, clock: Clock) -> Origin:
    path = config.path(given.path)
    outbox = config.path(given.outbox) if given.outbox else None
    if given.kind == "drop":
        return Drop(path, clock=clock, outbox=outbox)
    return Mailbox(path, clock=clock, outbox=outbox, sender=given.sender)


def tell_states(workspace: Workspace) -> dict[str, str]:
    """Let each drop say how far the office is; return what failed, by name."""
    failed = {}
    since = workspace.clock() - TOLD_FOR
    for place in sources(workspace.config, workspace.clock):
        if isinstance(place.origin, Drop):
            try:
                place.origin.tell(inbox_of(workspace).told_of(place.name, since))
            except Retry as error:
                failed[place.name] = error.message
    return failed


@dataclass(kw_only=True)
class Postman:
    """Delivers the approved answers of one workspace.

    Args:
        workspace: Open, its lock held.
        random: Gives numbers from 0 to 1, for jitter.
    """

    workspace: Workspace
    random: Callable[[], float]

    def __post_init__(self) -> None:
        """Find the answers of this workspace."""
        self.deliveries = Deliveries(
            self.workspace.database,
            actor=self.workspace.actor,
            clock=self.workspace.clock,
        )

    def deliver(self, open_places: Iterable[Place]) -> dict[str, int]:
        """Deliver what is due at each place; return what is on its way after that."""
        self.deliveries.begin()
        config = self.workspace.config
        self.deliveries.strand([*config.channels, *config.inbox.sources])
        for place in open_places:
            for matter in self.deliveries.due(place.name, AT_MOST):
                if self._stopped(place):
                    break
                self.deliveries.settle(matter, self._settled(place, matter))
        return self.deliveries.counts()

    def _stopped(self, place: Place) -> bool:
        state = self.workspace.ledger.breaker(place.name).state
        return state is not BreakerState.CLOSED

    def _settled(self, place: Place, matter: Matter) -> Settlement:
        with exchanges.listening() as heard:
            settlement = self._look_and_send(place, matter)
        told = exchanges.about(heard, matter.said.record)
        return settlement.changed(exchanges=told)

    def _look_and_send(self, place: Place, matter: Matter) -> Settlement:
        trail = self._trail(matter)
        if matter.delivery is Delivery.UNSURE:
            try:
                found = place.origin.answered(matter.said, matter.final, trail)
            except ChannelError as error:
                # The question failed: what was sent is as unsure as before.
                return _in_doubt(self._failed(place, matter, error))
            if found is not None:
                return self._held(matter, found)
        return self._send(place, matter, trail)

    def _send(self, place: Place, matter: Matter, trail: Trail) -> Settlement:
        self.deliveries.intend(matter)
        try:
            receipt = place.origin.answer(matter.said, matter.final, trail)
        except ChannelError as error:
            return self._failed(place, matter, error)
        return self._held(matter, receipt)

    def _held(self, matter: Matter, receipt: AnswerReceipt) -> Settlement:
        now = self.workspace.clock()
        if (receipt.feedback, receipt.digest) == (matter.said.id, matter.final.digest):
            return schedule.confirmed(receipt.model_dump(mode="json"), now)
        return Settlement(
            state=ObligationState.HELD,
            due_at=now,
            reason=f"{matter.channel} confirmed another answer than was sent",
            step=f"compare it, then `govsync inbox retry {matter.code} --by WHO`",
            unknown=True,
        )

    def _failed(self, place: Place, matter: Matter, error: ChannelError) -> Settlement:
        if isinstance(error, Refresh):
            error = Stop(error.message, step="renew the channel's credential by hand")
        settlement = schedule.settlement(
            error,
            attempts=matter.attempts,
            policy=place.policy,
            now=self.workspace.clock(),
            spread=self.random(),
        )
        if isinstance(error, Stop):
            self._stop(place, error)
            return settlement.changed(
                state=ObligationState.WAITING, attempts=matter.attempts, step=""
            )
        if isinstance(error, Editor) or settlement.state is not ObligationState.HELD:
            return settlement
        return settlement.changed(step=_step(matter, error))

    def _stop(self, place: Place, error: Stop) -> None:
        ledger = self.workspace.ledger
        before = ledger.breaker(place.name)
        stopped = schedule.after_failure(
            before, error, policy=place.policy, now=self.workspace.clock()
        )
        ledger.set_breaker(place.name, stopped)

    def _trail(self, matter: Matter) -> LedgerTrail:
        of = (matter.channel, matter.code, "answer", matter.draft)
        return LedgerTrail(ledger=self.workspace.ledger, of=of)


def _step(matter: Matter, error: ChannelError) -> str:
    if isinstance(error, Reject):
        return f"write another answer: `govsync inbox answer {matter.code} --by WHO`"
    return f"look at the reason, then `govsync inbox retry {matter.code} --by WHO`"


def _in_doubt(settlement: Settlement) -> Settlement:
    if settlement.state is ObligationState.HELD:
        return settlement.changed(unknown=True)
    return settlement.changed(
        state=ObligationState.UNSURE, attempts=max(1, settlement.attempts)
    )
