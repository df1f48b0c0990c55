"""A service that does not deduplicate, and whose answers a test decides.

Like a WeChat account: each accepted call makes one more post. Counted here, not in our
own log.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from govsync.agent.channels import Channel
from govsync.agent.config import ChannelSettings
from govsync.agent.push import Pusher, Tally
from govsync.agent.sequence import followed
from govsync.channels import (
    Adapter,
    ChannelError,
    Context,
    Facts,
    Feedback,
    Form,
    Health,
    Limit,
    Op,
    Pending,
    Receipt,
    Reject,
    Release,
    Trail,
    Verification,
)
from govsync.ledger import Ledger, Obligation, Permission, Ruling, Screened
from govsync.model import Record
from govsync.store import ledger_tables, schema
from govsync.store.database import Database

Answer = Callable[["Service", Release], Receipt | Pending]


class Crash(BaseException):
    """The machine stops here: nothing after it runs."""


@dataclass
class Service:
    """What the account holds, and what it will answer next."""

    posts: list[tuple[str, int, str]] = field(default_factory=list)
    """Each (record, revision, op) that took effect, in order."""
    queued: dict[str, Release] = field(default_factory=dict)
    answers: deque[Answer | ChannelError | BaseException] = field(default_factory=deque)
    """For the next calls; when it is empty, all goes well."""
    finds: deque[ChannelError] = field(default_factory=deque)
    calls: Counter[str] = field(default_factory=Counter)
    tampered: bool = False
    inbox: list[Feedback] = field(default_factory=list)
    made: int = 0
    """How many adapters were made: one, and one more at each renewal."""

    def effects(self, record: str) -> list[tuple[int, str]]:
        return [(revision, op) for name, revision, op in self.posts if name == record]

    def take(self, release: Release) -> Receipt:
        """Do the work."""
        post = (release.record.id, release.record.revision, str(release.op))
        self.posts.append(post)
        return receipt(release)


def receipt(release: Release) -> Receipt:
    record = release.record
    return Receipt(
        op=release.op,
        record=record.id,
        revision=record.revision,
        digest=record.digest,
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def done_but(error: BaseException) -> Answer:
    """The work is done, and the answer is lost."""

    def answer(service: Service, release: Release) -> Receipt:
        service.take(release)
        raise error

    return answer


def queue(service: Service, release: Release) -> Pending:
    """The work is queued."""
    service.queued[release.record.id] = release
    return Pending(at=datetime(2026, 3, 2, 9, tzinfo=UTC))


class Account(Adapter):
    """The adapter of the service."""

    facts = Facts(name="test.account", title="an account")
    service: Service

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.service.made += 1

    def check(self) -> Health:
        return Health(ok=True)

    def fit(self, release: Release) -> tuple[Form, ...]:
        if "too long" in release.record.title:
            raise Reject("the title is too long")
        title = release.record.title.encode()
        return (Form(name="post", media_type="text/plain", content=title),)

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        self.service.calls["publish"] += 1
        answer = self.service.answers.popleft() if self.service.answers else None
        if isinstance(answer, BaseException):
            raise answer
        trail.note("draft", f"{release.record.id}-{release.record.revision}")
        return answer(self.service, release) if answer else self.service.take(release)

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        assert trail.held is None or trail.held.op is Op.PUBLISH
        return self.publish(release, trail)

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        self.service.calls["find"] += 1
        if self.service.finds:
            raise self.service.finds.popleft()
        post = (release.record.id, release.record.revision, str(release.op))
        return receipt(release) if post in self.service.posts else None

    def settle(
        self, release: Release, pending: Pending, trail: Trail
    ) -> Receipt | Pending:
        self.service.calls["settle"] += 1
        answer = self.service.answers.popleft() if self.service.answers else None
        if isinstance(answer, BaseException):
            raise answer
        waiting = self.service.queued.pop(release.record.id, None)
        return self.service.take(waiting) if waiting else pending

    def verify(self, receipt: Receipt) -> Verification:
        return Verification(same=not self.service.tampered, detail="another title")

    def collect(self, since: str) -> Iterable[Feedback]:
        return [entry for entry in self.service.inbox if entry.cursor > since]


class StoppedClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Desk:
    """A ledger with one channel to the service."""

    def __init__(
        self,
        path: Path,
        *,
        batch: int = 1,
        limits: tuple[Limit, ...] = (),
        clock: StoppedClock | None = None,
    ) -> None:
        self.service = Service()
        self.clock = clock or StoppedClock()
        self.seconds = 0.0
        """Since some moment, by the clock that nobody sets."""
        self.database = Database.open(path / "ledger.db")
        self.database.create_or_check(schema.metadata, ledger_tables.VERSION)
        self.ledger = Ledger(self.database, actor="test", clock=self.clock)
        facts = Facts(
            name="test.account", title="an account", batch_size=batch, limits=limits
        )
        self.make = type(
            "Account", (Account,), {"facts": facts, "service": self.service}
        )
        self.ruling = Ruling(permission=Permission.GO)

    def channel(self) -> Channel:
        context = Context(channel="account", settings={}, clock=self.clock)
        return Channel(
            name="account",
            configured=ChannelSettings(adapter="test.account"),
            make=self.make,
            context=context,
        )

    def owe(self, *given: Record, priority: int = 10) -> None:
        """Take records in and owe them to the channel."""
        from govsync.ledger import records

        self.ledger.accept(given, source="test")
        with self.database.read() as connection:
            current = [records.current(connection, record.id) for record in given]
        self.screen(*[record for record in current if record], priority=priority)

    def screen(self, *current: Record, priority: int = 10) -> None:
        self.ledger.screened(
            [
                Screened(
                    record=record,
                    findings=(),
                    rulings={"account": self.ruling},
                    priority=priority,
                    waits_for=followed(record),
                )
                for record in current
            ],
            fingerprint="f",
        )

    def pusher(self) -> Pusher:
        return Pusher(
            channel=self.channel(),
            ledger=self.ledger,
            clock=self.clock,
            random=lambda: 0.0,
            steady=lambda: self.seconds,
        )

    def push(self) -> Tally:
        """A run's push: recover, settle, send."""
        self.ledger.begin(alone=True)
        pusher = self.pusher()
        pusher.settle_queued()
        return pusher.push()

    def states(self) -> dict[str, str]:
        from govsync.ledger import ObligationState, obligations

        with self.database.read() as connection:
            found = obligations.in_states(connection, list(ObligationState))
        return {one.record: str(one.state) for one in found}

    def one(self, record: str = "r") -> Obligation:
        from govsync.ledger import obligations

        with self.database.read() as connection:
            found = obligations.get(connection, "account", record)
        assert found is not None
        return found
