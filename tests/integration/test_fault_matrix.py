"""Every fault of the line × every call of every adapter: nothing lost, nothing twice.

Effects are counted at the receiver. A fault begins in the middle of a run and lasts to
its end; runs follow, by a stepped clock, until nothing is owed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import select
from support import directory_steps
from support.platform import CITY
from support.troubled import NAME, SILENT, Bureau, Line, Watch, line, wish

from govsync.channels import registry
from govsync.channels.testing import sample
from govsync.ledger import BreakerState, ObligationState, obligations
from govsync.platform import store
from govsync.sandbox.fault_kinds import UNREAD
from govsync.sandbox.faults import KINDS, Fault
from govsync.store import ledger_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHORT_S, AMPLE_S = 0.5, 30.0
SETTLED = {ObligationState.LIVE, ObligationState.WITHDRAWN}
RUNS = 12
"""More than it takes until nothing is owed, whatever the fault."""


class Call(NamedTuple):
    """A call of the adapter: how it is known on the line, and how it is brought on."""

    name: str
    """What the adapter's method is called."""
    method: str
    path: str
    writes: bool
    batch: int = 1
    queue: bool = False
    secure: bool = False
    """Whether every fault strikes it behind TLS: one that writes, one that reads."""
    first: int = 1
    """How many of these calls go well before the trouble begins."""


ITEMS, BATCHES, FEEDBACK = "/api/v1/items/", "/api/v1/batches", "/api/v1/feedback"
CALLS = {
    "put": Call("publish", "PUT", ITEMS, writes=True, secure=True),
    "batch": Call("publish", "POST", BATCHES, writes=True, batch=3),
    "withdraw": Call("publish", "PUT", ITEMS, writes=True),
    "settle": Call("settle", "GET", ITEMS, writes=False, queue=True),
    "find": Call("find", "GET", ITEMS, writes=False),
    "verify": Call("verify", "GET", ITEMS, writes=False),
    "collect": Call("collect", "GET", FEEDBACK, writes=False, secure=True, first=0),
    "acknowledge": Call("collect", "POST", FEEDBACK, writes=True, first=0),
}


class Trouble(NamedTuple):
    """A fault: how it begins, what it makes of a writing and of a reading call."""

    begin: Callable[[Line, Call], None]
    write: set[str]
    read: set[str]
    slow: bool = False
    """Whether nothing but the client's own deadline ends it."""
    secure: bool = False
    """Whether there has to be TLS for it."""
    says: str = ""
    """What its message has to name."""
    wish: timedelta | None = None
    """How long the service asks to be left alone."""


def _plan(line: Line, call: Call, *, kind: str, **more: int) -> None:
    where = {} if kind in UNREAD else {"method": call.method, "path": call.path}
    line.proxy.plan(Fault(kind, **where, **more))


def _dated(line: Line, call: Call) -> None:
    until = format_datetime(line.clock() + timedelta(minutes=10), usegmt=True)
    strikes = {"method": call.method, "path": call.path, "retry_after": until}
    line.proxy.plan(Fault("status_429", **strikes))


def _led(line: Line, _: Call, *, to: str) -> None:
    # A client keeps to where the name led first, until that refuses it.
    line.proxy.plan(Fault("refuse"))
    line.leads_to = to


def _distrusted(line: Line, _: Call) -> None:
    line.show("wrong")


def _maintained(line: Line, _: Call) -> None:
    line.platform.office.maintenance = True


def _expired(line: Line, _: Call) -> None:
    line.forget_key()


def _on_line(kind: str, **more: int) -> partial[None]:
    return partial(_plan, kind=kind, **more)


def _once(kind: str) -> partial[None]:
    return partial(_plan, kind=kind, times=1)


NOT_SENT = ({"Retry"}, {"Retry"})
UNKNOWN = ({"Unsure"}, {"Retry"})
TOO_EARLY = ({"Wait"}, {"Wait"})
# A reset may come before the connection stands: then it is known not sent.
ON_ACCEPT = ({"Unsure", "Retry"}, {"Retry"})
FOR_A_PERSON = ({"Stop"}, {"Stop"})

FAULTS = {
    "refused": Trouble(_on_line("refuse"), *NOT_SENT, says="refused"),
    "name not known": Trouble(partial(_led, to=""), *NOT_SENT, says=f"no {NAME}"),
    "connect timeout": Trouble(
        partial(_led, to=SILENT), *NOT_SENT, slow=True, says="timed out"
    ),
    "bad certificate": Trouble(_distrusted, *NOT_SENT, secure=True, says="certificate"),
    "reset before it is read": Trouble(_on_line("reset_before"), *ON_ACCEPT),
    "closed before it is read": Trouble(_on_line("close_before"), *ON_ACCEPT),
    "lost before the work": Trouble(_on_line("drop_before"), *UNKNOWN),
    "reset after the work": Trouble(_on_line("reset_after"), *UNKNOWN),
    "closed after the work": Trouble(_on_line("drop_after"), *UNKNOWN),
    "silence before the work": Trouble(_once("hang_before"), *UNKNOWN, slow=True),
    "silence after the work": Trouble(_once("hang"), *UNKNOWN, slow=True),
    "half a status line": Trouble(_on_line("half_status"), *UNKNOWN),
    "short body": Trouble(_on_line("short_body"), *UNKNOWN),
    "broken chunk": Trouble(_on_line("broken_chunk"), *UNKNOWN),
    "byte by byte": Trouble(_once("drip"), *UNKNOWN, slow=True),
    "500 after the work": Trouble(_on_line("status_500_done"), *UNKNOWN),
    "500 without the work": Trouble(_on_line("status_500_not_done"), *UNKNOWN),
    "503 after the work": Trouble(_on_line("status_503_done"), *UNKNOWN),
    "503 without the work": Trouble(_on_line("status_503_not_done"), *UNKNOWN),
    "429 with seconds": Trouble(
        _on_line("status_429", retry_after_s=120),
        *TOO_EARLY,
        wish=timedelta(seconds=120),
    ),
    "429 with a date": Trouble(_dated, *TOO_EARLY, wish=timedelta(minutes=10)),
    "maintenance": Trouble(_maintained, *TOO_EARLY, wish=timedelta(seconds=300)),
    "key expired": Trouble(_expired, *FOR_A_PERSON),
}

DIRECTORY = {
    "kill": "the machine stops at any call that changes the file system",
    "full": "the disk is full at any such call",
}
"""The faults of a folder, each at every step: ``tests/integration/test_directory.py``
runs them (:mod:`support.directory_steps`)."""

MATRICES = {"province": FAULTS, "city.directory": DIRECTORY}


@pytest.fixture(scope="module")
def lines(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[bool, bool], Line]]:
    """Platforms that stay for all tests: with a review or not, with TLS or not."""
    with ExitStack() as stack:

        @cache
        def made(queue: bool, secure: bool) -> Line:
            folder = tmp_path_factory.mktemp("line")
            return stack.enter_context(line(folder, queue=queue, secure=secure))

        yield made


@dataclass
class Case:
    """One field of the matrix."""

    line: Line
    bureau: Bureau
    watch: Watch
    ids: list[str]
    expected: dict[str, Counter[tuple[int, str]]]

    def effects(self) -> dict[str, Counter[tuple[int, str]]]:
        """What happened at the receiver."""
        return {name: self.line.effects(name) for name in self.ids}

    def until_quiet(self) -> None:
        """Run, each time when the next thing is due, until nothing is owed."""
        for _ in range(RUNS):
            looked = self.bureau.run()
            assert looked.altered == []
            states = set(self.bureau.states().values())
            if states <= SETTLED and not looked.unreachable:
                return
            self._wait()
        pytest.fail(f"still {self.bureau.states()}: {looked.unreachable}")

    def _wait(self) -> None:
        if self.bureau.ledger.breaker("account").state is BreakerState.STOPPED:
            self.bureau.resume()
        with self.bureau.database.read() as connection:
            open_ = obligations.in_states(connection, list(ObligationState))
        due = [one.due_at for one in open_ if one.state not in SETTLED]
        rest = self.bureau.ledger.breaker("account").until
        now = self.bureau.clock.now + timedelta(minutes=1)
        self.bureau.clock.now = max([now, *due, *([rest] if rest else [])])


@pytest.fixture
def case(
    request: pytest.FixtureRequest,
    lines: Callable[[bool, bool], Line],
    tmp_path: Path,
) -> Iterator[Case]:
    fault, call = request.param
    trouble, kind = FAULTS[fault], CALLS[call]
    line = lines(kind.queue, kind.secure or trouble.secure)
    watch = Watch(line, kind.name, begin=lambda: trouble.begin(line, kind))
    seconds = SHORT_S if trouble.slow else AMPLE_S
    bureau = Bureau(tmp_path, line, watch, batch=kind.batch, timeout_s=seconds)
    ids = [f"{fault}/{call}/{n}".replace(" ", "-") for n in range(2 * kind.batch)]
    published = Counter({(1, "received"): 1, (1, "published"): 1})
    if kind.queue:
        published[1, "accepted"] = 1
    yield Case(line, bureau, watch, ids, dict.fromkeys(ids, published))
    line.mend()
    bureau.database.dispose()


def owe(case: Case) -> None:
    case.bureau.owe(*(sample(n).changed(id=name) for n, name in enumerate(case.ids)))


def published_first(case: Case) -> None:
    owe(case)
    case.until_quiet()
    case.bureau.clock.advance(hours=1)


def bring_on_nothing_more(case: Case) -> None:
    owe(case)


def bring_on_withdraw(case: Case) -> None:
    published_first(case)
    gone = Counter({(2, "received"): 1, (2, "withdrawn"): 1})
    for name in case.ids:
        case.expected[name] = case.expected[name] + gone
        case.bureau.screen(case.bureau.ledger.withdraw(name, reason="有误"))


def bring_on_settle(case: Case) -> None:
    owe(case)
    case.bureau.run()
    case.line.platform.office.publish_accepted()
    case.bureau.clock.advance(hours=1)


def bring_on_find(case: Case) -> None:
    """Lose the answers to both: each has to be looked for."""
    owe(case)
    case.line.proxy.plan(Fault("drop_after", method="PUT"))


def bring_on_verify(case: Case) -> None:
    published_first(case)


def bring_on_collect(case: Case) -> None:
    """Let one entry be there already, and another come."""
    owe(case)
    office = case.line.platform.office
    office.give_feedback(CITY, "reminder", case.ids[0])
    case.until_quiet()
    office.give_feedback(CITY, "comment", case.ids[1])
    case.bureau.clock.advance(hours=1)


BRINGS_ON = {
    "put": bring_on_nothing_more,
    "batch": bring_on_nothing_more,
    "withdraw": bring_on_withdraw,
    "settle": bring_on_settle,
    "find": bring_on_find,
    "verify": bring_on_verify,
    "collect": bring_on_collect,
    "acknowledge": bring_on_collect,
}

FIELDS = [
    pytest.param((fault, call), fault, call, id=f"{call}: {fault}")
    for fault in FAULTS
    for call in CALLS
]


@pytest.mark.parametrize(("case", "fault", "call"), FIELDS, indirect=["case"])
def test_nothing_is_lost_nothing_is_there_twice_and_no_verdict_is_wrong(
    case: Case, fault: str, call: str
) -> None:
    trouble, kind = FAULTS[fault], CALLS[call]
    BRINGS_ON[call](case)
    case.watch.left = kind.first

    case.bureau.run()
    verdicts = {type(verdict).__name__ for verdict in case.watch.verdicts[: kind.batch]}
    wishes = wish(case.watch.verdicts, case.bureau.clock)
    case.line.mend()
    case.until_quiet()

    assert verdicts
    assert trouble.says in str(case.watch.verdicts[0])
    assert verdicts <= (trouble.write if kind.writes else trouble.read)
    assert wishes == ({trouble.wish} if trouble.wish else set())
    assert case.watch.lies == []
    assert case.effects() == case.expected
    assert_feedback_is_there_once(case)


def assert_feedback_is_there_once(case: Case) -> None:
    """What the platform gave is in the ledger once, and acknowledged but the last."""
    given = [
        entry.text
        for entry in _given(case.line)
        if entry.text.rpartition("/")[0] == case.ids[0].rpartition("/")[0]
    ]
    query = select(ledger_tables.feedback.c.json)
    with case.bureau.database.read() as connection:
        kept = Counter(row.json["text"] for row in connection.execute(query))

    assert [kept[text] for text in given] == [1] * len(given)


def _given(line: Line) -> list[Any]:
    with line.platform.database.read() as tx:
        return list(store.feedback_after(tx, CITY, 0, 10_000))


def test_every_adapter_has_its_matrix() -> None:
    """An adapter that is added later has to come with its faults."""
    assert set(MATRICES) == set(registry.available())
    assert set(DIRECTORY) == set(directory_steps.MODES)


def test_every_fault_that_the_proxy_knows_is_in_the_matrix() -> None:
    begins = [fault.begin for fault in FAULTS.values()]
    kinds = {one.keywords.get("kind") for one in begins if isinstance(one, partial)}

    assert kinds >= set(KINDS)
