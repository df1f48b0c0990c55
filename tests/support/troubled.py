"""A province behind a line that fails, and an adapter whose every word is held to it.

The trouble begins in the middle: before the second call of one kind, with the first
gone well. It lasts until the run ends.
"""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy import select
from support.authorities import certificate
from support.directory import CITY as TOWN
from support.platform import CITY, KEY_ID, SECRET, RunningPlatform, running_platform
from support.service import Desk, StoppedClock

from govsync.agent.channels import Channel
from govsync.agent.config import ChannelSettings
from govsync.agent.looking import Looked, look_again
from govsync.channels import ChannelError, Context, Op, Pending, Receipt, Wait
from govsync.channels.http import HttpClient
from govsync.ledger import Breaker
from govsync.platform.schema import receipts
from govsync.sandbox.faults import FaultProxy
from govsync_adapters.province import Province

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from govsync.agent.push import Tally
    from govsync.channels import Feedback, Outcome, Release, Trail, Verification

T = TypeVar("T")

NAME = "province.example"
RIGHT, SILENT = "127.0.0.1", "127.0.0.2"
"""Where the name leads, and where nobody ever takes a connection up."""

NOT_DONE = frozenset({"Retry", "Wait", "Stop", "Reject"})
"""The verdicts that say that nothing happened."""


@dataclass
class Line:
    """A platform, the proxy before it, and the name by which both are known."""

    platform: RunningPlatform
    proxy: FaultProxy
    clock: StoppedClock
    pems: dict[str, Path]
    leads_to: str = RIGHT
    """Where a look-up of the name ends; empty where it is not known."""

    def resolve(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        """Look the name up, as :func:`socket.getaddrinfo`."""
        if not self.leads_to:
            raise socket.gaierror(socket.EAI_NONAME, f"no {host}")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.leads_to, port))]

    @property
    def url(self) -> str:
        """The address that a channel is given."""
        return self.proxy.url.replace(RIGHT, NAME)

    def show(self, certificate: str) -> None:
        """Show another certificate from now on."""
        self.proxy.tls = _context(self.pems[certificate])

    def forget_key(self) -> None:
        """Let the city's key expire."""
        self.platform.office.keyring.keys.pop(KEY_ID)

    def mend(self) -> None:
        """End every trouble; a person gives the city a key again."""
        keyring = self.platform.office.keyring
        settings = self.platform.office.settings
        keyring.keys.update({key.id: key.opened() for key in settings.keys})
        self.platform.office.maintenance = False
        self.leads_to = RIGHT
        if self.proxy.tls:
            self.show("right")
        self.proxy.plan()

    def effects(self, record: str) -> Counter[tuple[int, str]]:
        """Return what happened to a record at the receiver: (revision, event)."""
        query = select(receipts.c.rev, receipts.c.event).where(
            receipts.c.city == CITY, receipts.c.item == record
        )
        with self.platform.database.read() as tx:
            return Counter((row.rev, row.event) for row in tx.execute(query))


@contextmanager
def line(folder: Path, *, queue: bool, secure: bool) -> Iterator[Line]:
    """Run a platform behind a proxy, with TLS where it is secure, known by a name."""
    clock = StoppedClock()
    right = certificate(folder / "right.pem", NAME)
    wrong = certificate(folder / "wrong.pem", NAME)
    with ExitStack() as stack:
        platform = stack.enter_context(
            running_platform(
                folder,
                clock=clock,
                queue=queue,
                base_url=f"http{'s' * secure}://{NAME}",
                hosts=(f"{NAME}:*",),
            )
        )
        port = int(platform.url.rpartition(":")[2])
        proxy = stack.enter_context(
            FaultProxy(RIGHT, port, tls=_context(right) if secure else None)
        )
        for taken in _full_backlog(proxy.port):
            stack.enter_context(taken)
        yield Line(platform, proxy, clock, {"right": right, "wrong": wrong})


def _context(pem: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


def _full_backlog(port: int) -> Iterator[socket.socket]:
    """Listen without accepting, and fill the queue: what comes next waits for ever."""
    listener = socket.create_server((SILENT, port), backlog=0)
    yield listener
    for _ in range(3):
        knock = socket.socket()
        knock.setblocking(False)
        knock.connect_ex((SILENT, port))
        yield knock


@dataclass
class Watch:
    """What the adapter said, and when the trouble has to begin."""

    line: Line
    call: str
    """The kind of call before whose second one the trouble begins."""
    begin: Callable[[], None]
    left: int | None = None
    """How many calls of this kind go well yet; None for all of them."""
    begun: bool = False
    verdicts: list[object] = field(default_factory=list)
    """What the calls of this kind came to from then on."""
    lies: list[str] = field(default_factory=list)
    """What was said and was not so at the receiver."""

    def before(self, call: str) -> None:
        """Let the trouble begin where its time has come."""
        if call != self.call or self.left is None:
            return
        if self.left == 0 and not self.begun:
            self.begun = True
            self.begin()
        self.left -= 1

    def said(self, call: str, verdicts: Sequence[object]) -> None:
        """Keep what a call came to."""
        if call == self.call and self.begun:
            self.verdicts += verdicts

    def judge(self, release: Release, outcome: object) -> None:
        """Hold an outcome to what the receiver knows."""
        done, received = self._seen(release)
        name = type(outcome).__name__
        lie = (
            (isinstance(outcome, Receipt) and not done)
            or (isinstance(outcome, Pending) and not received)
            or (name in NOT_DONE and received)
        )
        if lie:
            self.lies.append(f"{release.key}: {name}")

    def _seen(self, release: Release) -> tuple[bool, bool]:
        event = "published" if release.op is Op.PUBLISH else "withdrawn"
        effects = self.line.effects(release.record.id)
        done = (release.record.revision, event) in effects
        return done, done or (release.record.revision, "received") in effects


class Watched(Province):
    """The adapter of the province, with a witness beside it."""

    watch: ClassVar[Watch]

    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        self.watch.before("publish")
        outcomes = super().publish_many(work)
        for (release, _), outcome in zip(work, outcomes, strict=True):
            self.watch.judge(release, outcome)
        self.watch.said("publish", outcomes)
        return outcomes

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        found = self._asked("find", lambda: super(Watched, self).find(release, trail))
        if found is not None:
            self.watch.judge(release, found)
        return found

    def settle(
        self, release: Release, pending: Pending, trail: Trail
    ) -> Receipt | Pending:
        answer = self._asked(
            "settle", lambda: super(Watched, self).settle(release, pending, trail)
        )
        self.watch.judge(release, answer)
        return answer

    def verify(self, receipt: Receipt) -> Verification:
        return self._asked("verify", lambda: super(Watched, self).verify(receipt))

    def collect(self, since: str) -> Iterator[Feedback]:
        ask = super().collect
        yield from self._asked("collect", lambda: list(ask(since)))

    def _asked(self, call: str, ask: Callable[[], T]) -> T:
        self.watch.before(call)
        try:
            answer = ask()
        except ChannelError as error:
            self.watch.said(call, [error])
            raise
        self.watch.said(call, [answer])
        return answer


class Bureau(Desk):
    """A ledger whose channel is the province at the end of a line."""

    def __init__(
        self, path: Path, line: Line, watch: Watch, *, batch: int, timeout_s: float
    ) -> None:
        super().__init__(path, clock=line.clock)
        self.watch = watch
        client = partial(
            HttpClient,
            resolve=line.resolve,
            timeout_s=timeout_s,
            connect_timeout_s=min(0.1, timeout_s) if timeout_s < 1 else timeout_s,
            sleep=lambda _: None,
        )
        facts = replace(Province.facts, batch_size=batch)
        members = {"watch": watch, "facts": facts, "client": staticmethod(client)}
        self.make = type("Watched", (Watched,), members)
        self.given = {
            "url": line.url,
            "private": "true",
            "key_id": KEY_ID,
            "key": SECRET,
            "ca_file": str(line.pems["right"]),
        }

    def channel(self) -> Channel:
        context = Context(
            channel="account", settings=self.given, clock=self.clock, city=TOWN
        )
        configured = ChannelSettings(adapter="province")
        return Channel(
            name="account", configured=configured, make=self.make, context=context
        )

    def run(self) -> Looked:
        """Do what a run does with one channel: push, look again, and collect.

        Only where collecting is what is tried: it asks anew at each run.
        """
        began = self.clock()
        self.ledger.begin(alone=True)
        pusher = self.pusher()
        try:
            pusher.settle_queued()
            tally = pusher.push()
            looked = look_again(self.ledger, pusher, since=began)
            if self.watch.call == "collect":
                looked.unreachable = looked.unreachable or self._collect(pusher, tally)
        finally:
            pusher.channel.close()
        return looked

    def _collect(self, pusher: Any, tally: Tally) -> str:
        if tally.stopped:
            return tally.stopped
        cursor = self.ledger.breaker("account").cursor
        try:
            new = list(pusher.channel.adapter.collect(cursor))
        except ChannelError as error:
            return str(error)
        if new:
            entries = [entry.model_dump(mode="json") for entry in new]
            self.ledger.collected("account", entries, new[-1].cursor)
        return ""

    def resume(self) -> None:
        """Let a person say that the channel may go on."""
        before = self.ledger.breaker("account")
        self.ledger.set_breaker("account", Breaker(cursor=before.cursor))


def wish(verdicts: Iterable[object], clock: StoppedClock) -> set[timedelta]:
    """Return how long a service asked to be left alone."""
    return {v.until - clock() for v in verdicts if isinstance(v, Wait)}
