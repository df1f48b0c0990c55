"""The platform's office: its database, keys and clock, and what its people do.

A review publishes or rejects what waits; feedback goes to a city. What cities call is
in :mod:`govsync.platform.api`.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from govsync.errors import UsageError
from govsync.model import Moment, Record, Value
from govsync.platform import store
from govsync.platform.decision import Event, Held
from govsync.platform.intake import go_public, public_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from govsync.channels import Clock
    from govsync.platform.keyring import Keyring
    from govsync.platform.problems import Fault
    from govsync.platform.settings import PlatformSettings
    from govsync.store.database import Database

FeedbackKind = Literal["return", "reminder", "catalog", "comment"]


class Told(Value):
    """What a city was told, and what it answered."""

    seq: int
    kind: str
    item: str
    text: str
    due: Moment | None
    at: Moment
    answer: str = ""
    answered_at: Moment | None = None


class Office:
    """One platform at work; safe to use from several threads."""

    def __init__(
        self,
        settings: PlatformSettings,
        *,
        keyring: Keyring,
        database: Database,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.keyring = keyring
        self.database = database
        self.clock = clock
        self.maintenance = settings.maintenance
        """Switched while the platform runs: every call of a city is answered 503."""
        self._writing = Lock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction; one at a time, so that none waits on the database."""
        with self._writing, self.database.write() as tx:
            yield tx

    def publish_accepted(self, limit: int = 100) -> int:
        """Publish what waits for its review, oldest first; return how many it was."""
        at = self.clock()
        with self.transaction() as tx:
            waiting = store.waiting_items(tx, limit)
            for row in waiting:
                self._publish(tx, row, at)
        return len(waiting)

    def reject(self, city: str, item_id: str, faults: Sequence[Fault]) -> None:
        """Return a waiting revision to its city, which hears of it as feedback too.

        Raises:
            UsageError: Nothing of this name waits, or no fault is named.
        """
        if not faults:
            raise UsageError("a rejection names what is wrong", where=item_id)
        at = self.clock()
        with self.transaction() as tx:
            row = store.item(tx, city, item_id)
            if row is None or row.state != Held.ACCEPTED:
                raise UsageError("nothing waits for a review", where=item_id)
            text = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
            revision = (row.id, row.rev, row.digest)
            seq = store.log(tx, city, revision, Event.REJECTED, at, text)
            errors = [fault.model_dump() for fault in faults]
            values = {"state": Held.REJECTED, "errors": errors, "seq": seq, "at": at}
            store.set_state(tx, city, item_id, values)
            self._give(tx, city, "return", text, at, item=item_id)

    def give_feedback(
        self,
        city: str,
        kind: FeedbackKind,
        text: str,
        *,
        item: str = "",
        due: datetime | None = None,
    ) -> int:
        """Leave feedback for a city; return its number."""
        with self.transaction() as tx:
            return self._give(tx, city, kind, text, self.clock(), item=item, due=due)

    def feedback_of(self, city: str, *, after: int = 0, limit: int = 100) -> list[Told]:
        """Return a city's feedback after a number, oldest first, with its answers."""
        with self.database.read() as tx:
            return [
                Told(
                    seq=row.seq,
                    kind=row.kind,
                    item=row.item,
                    text=row.text,
                    due=row.due,
                    at=row.at,
                    answer=row.reply or "",
                    answered_at=row.reply_at,
                )
                for row in store.feedback_after(tx, city, after, limit)
            ]

    def close(self) -> None:
        """Give the database back."""
        self.database.dispose()

    def _publish(self, tx: Connection, row: Row[Any], at: datetime) -> None:
        record = Record.model_validate(row.record)
        seq = go_public(tx, row.city, (row.id, row.rev, row.digest), record, at)
        address = public_url(self.settings.base_url, row.city, row.id)
        values = {"state": Held.PUBLISHED, "public_url": address, "seq": seq, "at": at}
        store.set_state(tx, row.city, row.id, values)

    @staticmethod
    def _give(
        tx: Connection,
        city: str,
        kind: FeedbackKind,
        text: str,
        at: datetime,
        *,
        item: str = "",
        due: datetime | None = None,
    ) -> int:
        return store.give_feedback(
            tx,
            {
                "city": city,
                "kind": kind,
                "item": item,
                "text": text,
                "due": due,
                "at": at,
            },
        )
