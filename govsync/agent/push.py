"""Push what a channel is owed: claim, look where unsure, send, settle.

The intent is stored before the first byte leaves (:meth:`Ledger.claim`); from
``unsure`` the adapter looks before anything is repeated; each group of outcomes is
stored in the commit that claims the next group.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from govsync.agent import schedule
from govsync.agent.batches import batches
from govsync.agent.phases import tell_outcomes
from govsync.agent.steady import since_boot
from govsync.agent.trail import LedgerTrail
from govsync.channels import exchanges
from govsync.channels.contract import Op, Pending, Receipt, Release
from govsync.channels.errors import (
    ChannelError,
    Done,
    Editor,
    Refresh,
    Reject,
    Stop,
    Wait,
)
from govsync.ledger import (
    LEASE,
    Breaker,
    BreakerState,
    Ledger,
    Obligation,
    ObligationState,
    Settlement,
    records,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from govsync.agent.channels import Channel
    from govsync.channels.contract import Outcome
    from govsync.channels.exchanges import Exchange

ASK_AT_MOST = 500
"""So many queued releases are asked after in one run."""

LONGEST_CALL = timedelta(minutes=5)
"""What a call to an adapter may take, and two machines' clocks differ by: nothing is
sent under a lease that ends sooner, for another may hold the next before it arrives."""


@dataclass(kw_only=True)
class Tally:
    """What a push came to: how many ended in each state, and what was confirmed."""

    states: Counter[str] = field(default_factory=Counter)
    confirmed: list[Receipt] = field(default_factory=list)
    stopped: str = ""
    """Why nothing more was sent, where the channel rests or waits for a person."""
    resting: bool = False


@dataclass(kw_only=True)
class Pusher:
    """One channel's push in one run.

    Args:
        channel: Where to.
        ledger: What is owed.
        clock: Gives the present moment, aware.
        random: Gives numbers from 0 to 1, for jitter.
        steady: Gives the seconds since some moment, those of a sleeping machine too;
            nobody sets it.
    """

    channel: Channel
    ledger: Ledger
    clock: Callable[[], datetime]
    random: Callable[[], float]
    steady: Callable[[], float] = since_boot
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Take up the breaker where the last run left it."""
        self.breaker = self.ledger.breaker(self.channel.name)
        self._claimed_at = self.steady()

    def push(self) -> Tally:
        """Send what is due until nothing is, or the channel must rest."""
        size, done = schedule.FIRST_GROUP, list[tuple[Obligation, Settlement]]()
        while group := self._claim(size, done):
            done = self._look_and_send(group)
            size = schedule.next_group(size, took=self.steady() - self._claimed_at)
        return self.tally

    def settle_queued(self) -> Tally:
        """Ask for the outcome of what the channel queued."""
        queued = self.ledger.accepted(self.channel.name, limit=ASK_AT_MOST)
        releases = self._releases(queued)
        self._settle([(one, self._ask(one, releases[one.record])) for one in queued])
        return self.tally

    def _claim(
        self,
        size: int = schedule.FIRST_GROUP,
        done: Sequence[tuple[Obligation, Settlement]] = (),
    ) -> list[Obligation]:
        """Store what became of the group before, and claim the next, in one commit."""
        batch = max(size, self.channel.facts.batch_size)
        limit = schedule.allowance(self.breaker, now=self.clock(), batch=batch)
        if not limit:
            self._settle(done)
            self.tally.stopped = self.breaker.step or self.breaker.reason
            self.tally.resting = self.breaker.state is BreakerState.OPEN
            return []
        self._claimed_at = self.steady()
        group = self.ledger.claim(self.channel.name, limit=limit, after=done)
        self._count(done)
        return group

    def _look_and_send(
        self, group: Sequence[Obligation]
    ) -> list[tuple[Obligation, Settlement]]:
        done: list[tuple[Obligation, Settlement]] = []
        ready: list[tuple[Obligation, Release]] = []
        releases = self._releases(group)
        for one in group:
            release = releases[one.record]
            if self._resting:
                done.append((one, self._untouched(one)))
            elif one.state is not ObligationState.UNSURE:
                ready.append((one, release))
            elif isinstance(looked := self._look(one, release), Settlement):
                done.append((one, looked))
            elif looked is not None:
                # What is wanted now may be newer than what was looked for.
                ready.append((looked, self._releases([looked])[looked.record]))
        return done + self._send(ready)

    def _look(
        self, one: Obligation, release: Release
    ) -> Obligation | Settlement | None:
        """Ask whether what may have been sent arrived; if not, intend to send."""
        with exchanges.listening() as heard:
            try:
                found = self.channel.adapter.find(release, self._trail(release, one))
            except ChannelError as error:
                # The question failed, not what was sent: that is as unsure as before.
                failed = self._still(ObligationState.UNSURE, self._failed(error, one))
                return _with(heard, failed, one)
        self._worked()
        if found is not None:
            return _with(heard, self._of(found, release), one)
        if one.cause == "rule":
            return Settlement(state=ObligationState.REFUSED, due_at=self.clock())
        return self.ledger.intend(one)

    def _send(
        self, ready: Sequence[tuple[Obligation, Release]]
    ) -> list[tuple[Obligation, Settlement]]:
        done: list[tuple[Obligation, Settlement]] = []
        fitting = self._fitting(ready, done)
        for batch in batches(fitting, self.channel.facts.batch_size):
            if self._resting or self._ending(batch):
                done += [(one, self._untouched(one)) for one, _ in batch]
            elif counted := self._within_quotas(batch):
                done += self._publish(counted)
        return done

    def _fitting(
        self,
        ready: Sequence[tuple[Obligation, Release]],
        done: list[tuple[Obligation, Settlement]],
    ) -> Iterator[tuple[Obligation, Release]]:
        """Yield what the channel can take; what it cannot is done at once."""
        for one, release in ready:
            try:
                self.channel.adapter.forms(release)
            except Reject as error:
                done.append((one, self._settlement(error, one)))
            else:
                yield one, release

    @property
    def _resting(self) -> bool:
        return not schedule.allowance(self.breaker, now=self.clock(), batch=1)

    def _ending(self, batch: Sequence[tuple[Obligation, Release]]) -> bool:
        """Whether a lease is too near its end, as after a sleep of this machine.

        By both clocks: one that was set back makes a lease look good for ever.
        """
        ends = [one.until for one, _ in batch if one.until is not None]
        passed = timedelta(seconds=self.steady() - self._claimed_at)
        left = min((LEASE - passed, *(end - self.clock() for end in ends)))
        return left < LONGEST_CALL

    def _within_quotas(
        self, batch: Sequence[tuple[Obligation, Release]]
    ) -> Sequence[tuple[Obligation, Release]]:
        """Count the calls, just before they are made, and leave out what is too much.

        Not at the claim: until then midnight may pass, or the channel come to rest.
        """
        limits = self.channel.facts.limits
        if not limits:
            return batch
        within = [schedule.quota(limit, now=self.clock()) for limit in limits]
        leased = [one for one, _ in batch]
        kept = {one.record for one in self.ledger.spend(leased, within=within)}
        return [(one, release) for one, release in batch if one.record in kept]

    def _untouched(self, one: Obligation) -> Settlement:
        """Give back a lease of which nothing was sent, for the channel rests now."""
        unsure = one.state is ObligationState.UNSURE
        return Settlement(
            state=ObligationState.UNSURE if unsure else ObligationState.OWED,
            due_at=self.clock(),
            attempts=one.attempts,
            reason=one.reason,
        )

    def _publish(
        self, batch: Sequence[tuple[Obligation, Release]]
    ) -> list[tuple[Obligation, Settlement]]:
        work = [(release, self._trail(release, one)) for one, release in batch]
        with exchanges.listening() as heard:
            try:
                outcomes = self.channel.adapter.publish_many(work)
            except ChannelError as error:
                outcomes = [error] * len(batch)
        telling = _telling(outcomes)
        if telling is None:
            self._worked()
        else:
            # One call: for the breaker that is one failure, not fifty.
            told = self._counted(telling)
            outcomes = [told if outcome is telling else outcome for outcome in outcomes]
        return [
            (one, _with(heard, self._outcome(outcome, one, release), one))
            for (one, release), outcome in zip(batch, outcomes, strict=True)
        ]

    def _ask(self, one: Obligation, release: Release) -> Settlement:
        pending = Pending.model_validate(one.pending)
        trail = self._trail(release, one)
        with exchanges.listening() as heard:
            try:
                answer = self.channel.adapter.settle(release, pending, trail)
            except ChannelError as error:
                settlement = self._failed(error, one).changed(pending=one.pending)
                still = self._still(ObligationState.ACCEPTED, settlement)
                return _with(heard, still, one)
        self._worked()
        return _with(heard, self._of(answer, release), one)

    @staticmethod
    def _still(state: ObligationState, settlement: Settlement) -> Settlement:
        """Keep what was sent in its state, unless a person must act or it is done."""
        if settlement.state is ObligationState.LIVE:
            return settlement
        if settlement.state is ObligationState.HELD:
            return settlement.changed(unknown=True)
        return settlement.changed(state=state)

    def _outcome(
        self, outcome: Outcome, one: Obligation, release: Release
    ) -> Settlement:
        if isinstance(outcome, Done):
            return self._of(outcome.receipt, release)
        if isinstance(outcome, ChannelError):
            return self._settlement(outcome, one)
        return self._of(outcome, release)

    def _of(self, answer: Receipt | Pending, release: Release) -> Settlement:
        now = self.clock()
        if isinstance(answer, Pending):
            return Settlement(
                state=ObligationState.ACCEPTED,
                due_at=max(answer.at, now) + answer.poll_after,
                pending=answer.model_dump(mode="json"),
            )
        if not _answers(answer, release):
            return Settlement(
                state=ObligationState.HELD,
                due_at=now,
                reason=f"the channel confirmed revision {answer.revision} with digest"
                f" {answer.digest[:12]}…, not what was sent",
                step="compare the channel with `govsync show`, then `govsync retry`",
                unknown=True,
            )
        self.tally.confirmed.append(answer)
        return schedule.confirmed(answer.model_dump(mode="json"), now)

    def _failed(self, error: ChannelError, one: Obligation) -> Settlement:
        return self._settlement(self._counted(error), one)

    def _settlement(self, error: ChannelError, one: Obligation) -> Settlement:
        settlement = schedule.settlement(
            error,
            attempts=one.attempts,
            policy=self.channel.configured.policy,
            now=self.clock(),
            spread=self.random(),
        )
        if isinstance(error, Stop):
            # The channel waits for a person; its records do not fail.
            return settlement.changed(state=ObligationState.WAITING, step="")
        return settlement

    def _counted(self, error: ChannelError) -> ChannelError:
        """Let the breaker know of a failed call; return what it means by now."""
        if isinstance(error, Refresh):
            error = self._renewed(error)
        policy = self.channel.configured.policy
        self._set_breaker(
            schedule.after_failure(self.breaker, error, policy=policy, now=self.clock())
        )
        return error

    def _worked(self) -> None:
        self._set_breaker(schedule.after_success(self.breaker))

    def _set_breaker(self, breaker: Breaker) -> None:
        if breaker != self.breaker:
            self.ledger.set_breaker(self.channel.name, breaker)
            self.breaker = breaker

    def _renewed(self, error: Refresh) -> ChannelError:
        if self.channel.renewals:
            return Stop(error.message, step="renew the channel's credential by hand")
        self.channel.renew()
        return error

    def _settle(self, done: Sequence[tuple[Obligation, Settlement]]) -> None:
        if done:
            self.ledger.settle(done)
            self._count(done)

    def _count(self, done: Sequence[tuple[Obligation, Settlement]]) -> None:
        tell_outcomes(done)
        self.tally.states.update(settlement.state for _, settlement in done)

    def _releases(self, group: Sequence[Obligation]) -> dict[str, Release]:
        """What was sent of each, where something was; else what is wanted."""
        wanted = {one.record: one.sent_revision or one.want.revision for one in group}
        with self.ledger.database.read() as connection:
            loaded = records.load_all(connection, wanted)
        return {
            one.record: Release(
                channel=one.channel,
                op=Op(one.sent_op or one.want.op),
                record=loaded[one.record],
            )
            for one in group
        }

    def _trail(self, release: Release, one: Obligation) -> LedgerTrail:
        held = Receipt.model_validate(one.receipt) if one.receipt else None
        of = (one.channel, one.record, str(release.op), release.record.revision)
        return LedgerTrail(ledger=self.ledger, of=of, held=held)


def _with(
    heard: Sequence[Exchange], settlement: Settlement, one: Obligation
) -> Settlement:
    """Return a settlement that tells what went over the line for it."""
    told = exchanges.about(heard, one.record)
    return settlement.model_copy(update={"exchanges": told})


def _telling(outcomes: Sequence[Outcome]) -> ChannelError | None:
    """Return what a call's outcomes say of the channel itself; None: it works."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, ChannelError)]
    for grave in (Stop, Refresh, Wait):
        for error in errors:
            if isinstance(error, grave):
                return error
    answered = len(errors) < len(outcomes)
    answered |= any(isinstance(error, (Reject, Editor, Done)) for error in errors)
    return None if answered or not errors else errors[0]


def _answers(receipt: Receipt, release: Release) -> bool:
    said = (receipt.op, receipt.record, receipt.revision, receipt.digest)
    record = release.record
    return said == (release.op, record.id, record.revision, record.digest)
