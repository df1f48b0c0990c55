"""The ledger (台账): each method is one transaction, told of in the audit log.

It decides nothing about channels: what an outcome means comes in as a
:class:`Settlement`, made by the agent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from govsync import audit
from govsync.errors import UsageError
from govsync.ledger import (
    channels,
    obligations,
    ordering,
    overrides,
    past,
    quotas,
    records,
)
from govsync.ledger.believed import doubted
from govsync.ledger.obligation import DUE, Obligation, ObligationState, Want
from govsync.ledger.owing import owe
from govsync.ledger.settling import Settlement, settled
from govsync.ledger.telling import Teller
from govsync.ledger.values import Intake, Quota, Screened
from govsync.model import Record, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from govsync.store.database import Database

LEASE = timedelta(minutes=30)
"""How long a claim holds; longer than a group of calls takes, each to its deadline."""


class Ledger:
    """The ledger of one database.

    Args:
        database: Open, with the ledger's tables.
        actor: Who acts, for the audit log: an operator, or ``cron@host``.
        clock: Gives the present moment, aware.
    """

    def __init__(
        self, database: Database, *, actor: str, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.actor = actor
        self.clock = clock
        self.tells = Teller(actor, clock)

    def known(self, ids: Sequence[str]) -> dict[str, records.Known]:
        """Return what is known of some records, by id."""
        with self.database.read() as connection:
            return records.known(connection, ids)

    def marks(self, source: str) -> list[bytes]:
        """Return the marks of the rows that were taken from a source without fault."""
        with self.database.read() as connection:
            return records.marks(connection, source)

    def accept(
        self,
        batch: Sequence[Record],
        *,
        source: str,
        marks: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Intake:
        """Take records from a source; what changed becomes a new revision.

        Absence is never a deletion, and a withdrawal by hand outlives the source.

        Args:
            batch: No record twice.
            source: The source's name.
            marks: By record, the mark of the row that it was read from; none where
                the row is to be read again.
        """
        intake = Intake()
        with self.database.write() as connection:
            known = records.known(connection, [record.id for record in batch])
            changed = [r for r in batch if _is_changed(r, known.get(r.id))]
            past.remember(connection, changed, known)
            overrides.end(self, connection, [record.id for record in changed])
            entries = []
            for record in batch:
                before = known.get(record.id)
                mark = marks.get(record.id, b"")
                if before is not None and before.source_digest == record.digest:
                    intake = intake.plus("same")
                    if (source, mark) != (before.source, before.mark):
                        records.note_row(connection, record.id, source, mark)
                    continue
                after = self._keep(connection, record, before, source, mark)
                intake = intake.plus("revised" if before else "new")
                entries.append(
                    self.tells.record("record.accepted", after, reason=source)
                )
            audit.append(connection, entries)
        return intake

    def _keep(
        self,
        connection: Connection,
        record: Record,
        before: records.Known | None,
        source: str,
        mark: bytes,
    ) -> Record:
        now = self.clock()
        said = record.digest
        if before is not None and before.withdrawn_by:
            held = records.current(connection, record.id)
            status = held.status if held else record.status
            record = record.changed(status=status)
        after = records.next_revision(record, before, now=now)
        records.keep(
            connection,
            after,
            source=source,
            source_digest=said,
            mark=mark,
            withdrawn_by=before.withdrawn_by if before else "",
            now=now,
        )
        return after

    def withdraw(self, record_id: str, *, reason: str) -> Record:
        """Take a record back by hand; it stays so whatever its source says.

        Raises:
            UsageError: No such record, or it is withdrawn already.
        """
        with self.database.write() as connection:
            record, before = self._current(connection, record_id)
            if record.withdrawn:
                raise UsageError(f"record {record_id} is withdrawn already")
            taken = records.taken_back(record, reason=reason, now=self.clock())
            return self._replace(connection, taken, before, self.actor, reason)

    def take_down(self) -> int:
        """Withdraw what its catalog row wants taken down by now; return how many.

        As a withdrawal by hand it outlives what the source says.
        """
        number = 0
        with self.database.write() as connection:
            for name in records.to_take_down(connection, self.clock()):
                record, before = self._current(connection, name)
                taken = records.taken_back(record, reason=_OVER, now=self.clock())
                self._replace(connection, taken, before, self.actor, _OVER)
                number += 1
        return number

    def restore(self, record_id: str) -> Record:
        """Lift a withdrawal by hand.

        Raises:
            UsageError: No such record, or nobody withdrew it by hand.
        """
        with self.database.write() as connection:
            record, before = self._current(connection, record_id)
            if not before.withdrawn_by:
                raise UsageError(f"record {record_id} was not withdrawn by hand")
            standing = record.changed(status=Status())
            return self._replace(connection, standing, before, "", "restored")

    def _current(
        self, connection: Connection, record_id: str
    ) -> tuple[Record, records.Known]:
        record = records.named(connection, record_id)
        return record, records.known(connection, [record_id])[record_id]

    def _replace(
        self,
        connection: Connection,
        record: Record,
        before: records.Known,
        withdrawn_by: str,
        reason: str,
    ) -> Record:
        after = records.next_revision(record, before, now=self.clock())
        records.keep(
            connection,
            after,
            source=before.source,
            source_digest=before.source_digest,
            mark=before.mark,
            withdrawn_by=withdrawn_by,
            now=self.clock(),
        )
        action = "record.withdrawn" if withdrawn_by else "record.restored"
        audit.append(connection, [self.tells.record(action, after, reason=reason)])
        return after

    def screened(self, batch: Sequence[Screened], *, fingerprint: str) -> None:
        """Store what screening found and owe what follows, all in one commit.

        Args:
            batch: Newest revisions, with what was found and ruled.
            fingerprint: Under which rules, catalog and channels they were screened.
        """
        with self.database.write() as connection:
            for one in batch:
                records.set_findings(connection, one.record.id, one.findings)
                records.mark_screened(
                    connection, one.record.id, fingerprint, take_down=one.take_down
                )
                found = [
                    self.tells.found(one.record, finding) for finding in one.findings
                ]
                audit.append(connection, found + self._owe_all(connection, one))

    def _owe_all(self, connection: Connection, one: Screened) -> list[audit.Entry]:
        record = one.record
        known = {o.channel: o for o in obligations.of_record(connection, record.id)}
        want = Want(
            op="withdraw" if record.withdrawn else "publish",
            revision=record.revision,
            digest=record.digest,
        )
        entries = []
        for channel, ruling in one.rulings.items():
            values = owe(want, ruling, known.get(channel), priority=one.priority)
            if values is not None:
                values |= {"waits_for": one.waits_for, "deadline": one.deadline}
                self._owe(connection, channel, record.id, values, known)
                entries.append(self.tells.owed(record, channel, values))
            elif channel in known and known[channel].deadline != one.deadline:
                # The catalog says another time: only the order of sending changes.
                obligations.change(
                    connection, channel, record.id, deadline=one.deadline
                )
        return entries

    def _owe(
        self,
        connection: Connection,
        channel: str,
        record: str,
        values: Mapping[str, Any],
        known: Mapping[str, Obligation],
    ) -> None:
        write = obligations.change if channel in known else obligations.create
        write(connection, channel, record, due_at=self.clock(), attempts=0, **values)

    def begin(self, *, alone: bool) -> int:
        """Turn what a dead run left behind into ``unsure``; return how many.

        Args:
            alone: Whether no other agent can be at work in this database, as the holder
                of an SQLite file's lock knows. Where another may be, only leases that
                have ended are taken.
        """
        with self.database.write() as connection:
            number = obligations.abandon(connection, now=self.clock(), alone=alone)
            if number:
                entry = self.tells.plain("run.recovered", reason=f"{number} unsure")
                audit.append(connection, [entry])
        return number

    def claim(
        self,
        channel: str,
        *,
        limit: int,
        after: Sequence[tuple[Obligation, Settlement]] = (),
    ) -> list[Obligation]:
        """Lease due obligations and store the intent to send, before a byte leaves.

        Args:
            channel: Whose.
            limit: At most so many.
            after: What became of leases before, stored in the same commit.
        """
        with self.database.write() as connection:
            if after:
                self._settle(connection, channel, after)
            ready = self._ready(connection, channel, limit)
            audit.append(connection, [self.tells.sending(one) for one in ready])
        return ready

    def _ready(
        self, connection: Connection, channel: str, limit: int
    ) -> list[Obligation]:
        """Lease what waits for no other record, past any number of those that do."""
        while leased := self._lease(connection, channel, DUE, limit):
            if ready := [one for one in leased if self._may_go(connection, one)]:
                return ready
        return []

    def _may_go(self, connection: Connection, one: Obligation) -> bool:
        halt = ordering.keep_back(connection, one, self.clock())
        if halt is not None and halt.reason != one.reason:
            audit.append(connection, [self.tells.halted(one, halt)])
        return halt is None

    def _lease(
        self,
        connection: Connection,
        channel: str,
        states: Sequence[ObligationState],
        limit: int,
    ) -> list[Obligation]:
        now = self.clock()
        return obligations.claim(
            connection,
            channel,
            states,
            limit=limit,
            owner=self.actor,
            now=now,
            until=now + LEASE,
        )

    def intend(self, one: Obligation) -> Obligation | None:
        """Store the intent to send after a look found nothing; None: lease lost."""
        with self.database.write() as connection:
            if not obligations.intend(connection, one):
                return None
            leased = obligations.get(connection, one.channel, one.record)
            audit.append(connection, [self.tells.sending(leased)] if leased else [])
        return leased

    def spend(
        self, leased: Sequence[Obligation], *, within: Sequence[Quota]
    ) -> list[Obligation]:
        """Count calls that are about to be made; return those that may be.

        Args:
            leased: What is about to be sent.
            within: The quotas of the service, in their present windows.

        Returns:
            What may go. The lease of the others is ended: they wait for the next
            window, which is no attempt.
        """
        with self.database.write() as connection:
            full = [quotas.spend(connection, one, within) for one in leased]
            judged = list(zip(leased, full, strict=True))
            told = [self.tells.kept(one, why) for one, why in judged if why]
            audit.append(connection, told)
        return [one for one, why in judged if not why]

    def accepted(self, channel: str, *, limit: int) -> list[Obligation]:
        """Lease what the channel queued and whose time to ask has come."""
        with self.database.write() as connection:
            return self._lease(connection, channel, (ObligationState.ACCEPTED,), limit)

    def settle(self, outcomes: Sequence[tuple[Obligation, Settlement]]) -> None:
        """Store what became of leases of one channel, all in one commit."""
        with self.database.write() as connection:
            self._settle(connection, outcomes[0][0].channel, outcomes)

    def _settle(
        self,
        connection: Connection,
        channel: str,
        outcomes: Sequence[tuple[Obligation, Settlement]],
    ) -> None:
        ended = _ended(connection, channel, outcomes)
        obligations.finish_all(connection, ended.values())
        live = [name for name, (_, values) in ended.items() if _is_live(values)]
        freed = ordering.free(connection, channel, live, self.clock())
        entries = []
        for leased, settlement in outcomes:
            _, values = ended.get(leased.record, (leased, _LOST))
            action = f"delivery.{values['state']}"
            entries.append(self.tells.outcome(action, leased, settlement))
            entries += [
                self.tells.freed(leased, record)
                for record in freed.get(leased.record, ())
            ]
        audit.append(connection, entries)

    def retry(self, channel: str | None = None, record: str | None = None) -> int:
        """Make what is held or waiting at channels due now; return how many.

        A resting channel gets its probe at once; a stopped one stays stopped.
        """
        states = (ObligationState.HELD, ObligationState.WAITING, ObligationState.UNSURE)
        with self.database.write() as connection:
            chosen = [
                one
                for one in obligations.in_states(connection, states, channel=channel)
                if record in (None, one.record) and one.cause != "rule"
            ]
            for one in chosen:
                state = ObligationState.UNSURE if one.sent_op else ObligationState.OWED
                obligations.change(
                    connection,
                    one.channel,
                    one.record,
                    state=state,
                    due_at=self.clock(),
                    attempts=0,
                    reason="",
                    step="",
                    cause="",
                )
            channels.probe(connection, channel, self.clock())
            told = [
                self.tells.plain(
                    "delivery.retry", record=one.record, channel=one.channel
                )
                for one in chosen
            ]
            audit.append(connection, told)
        return len(chosen)

    def doubt(self, channel: str, record: str, *, reason: str) -> None:
        """Hold what is live but is not what was sent; a person looks at it."""
        with self.database.write() as connection:
            one = obligations.get(connection, channel, record)
            # What is on its way at this moment, another agent will settle.
            if one is not None and not one.owner:
                values = doubted(one, reason)
                obligations.change(connection, channel, record, **values)
            entry = self.tells.plain(
                "delivery.altered", record=record, channel=channel, reason=reason[:500]
            )
            audit.append(connection, [entry])

    def breaker(self, channel: str) -> channels.Breaker:
        """Return a channel's breaker."""
        with self.database.read() as connection:
            return channels.breaker(connection, channel)

    def set_breaker(self, channel: str, value: channels.Breaker) -> None:
        """Store a channel's breaker; a change of its state goes into the audit log."""
        with self.database.write() as connection:
            before = channels.breaker(connection, channel)
            if before == value:
                return
            channels.set_breaker(connection, channel, value)
            if before.state is not value.state:
                entry = self.tells.plain(
                    f"channel.{value.state}",
                    channel=channel,
                    reason=value.reason,
                    detail={"step": value.step} if value.step else {},
                )
                audit.append(connection, [entry])

    def collected(
        self, channel: str, entries: Sequence[dict[str, Any]], cursor: str
    ) -> int:
        """Store feedback and how far it was read; return how much was new."""
        with self.database.write() as connection:
            new = channels.keep_feedback(connection, channel, entries, self.clock())
            before = channels.breaker(connection, channel)
            channels.set_breaker(connection, channel, before.changed(cursor=cursor))
            told = [
                self.tells.plain(
                    "feedback.received", channel=channel, detail={"id": name}
                )
                for name in new
            ]
            audit.append(connection, told)
        return len(new)

    def tell(self, action: str, *, reason: str = "", **detail: str) -> None:
        """Write an entry that belongs to no record: a run's start and end."""
        with self.database.write() as connection:
            audit.append(
                connection, [self.tells.plain(action, reason=reason, detail=detail)]
            )


def _is_changed(record: Record, before: records.Known | None) -> bool:
    return before is not None and before.source_digest != record.digest


_OVER = "公示期满"
_LOST = MappingProxyType({"state": "lease-lost"})


def _ended(
    connection: Connection,
    channel: str,
    outcomes: Sequence[tuple[Obligation, Settlement]],
) -> dict[str, tuple[Obligation, dict[str, Any]]]:
    """Return, by record, the leases that still hold and what becomes of each."""
    leases = [leased for leased, _ in outcomes]
    standing = obligations.standing(connection, channel, leases)
    return {
        leased.record: (leased, settled(now, settlement))
        for leased, settlement in outcomes
        if (now := standing.get(leased.record)) is not None
    }


def _is_live(values: Mapping[str, Any]) -> bool:
    return values["state"] is ObligationState.LIVE
