"""A workspace that is copied, killed at a system call, and brought to its end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from support import crash_calls
from support.reviews import signed_anew
from support.steps_service import Account, Accounts

from govsync.agent import config as configuration
from govsync.agent.workspace import Workspace
from govsync.channels.testing import sample
from govsync.cli import setup
from govsync.formats import json_lines
from govsync.model import Record
from govsync.store.database import Database, Journal

KINDS = tuple(crash_calls.SPENDERS)
"""What is counted: the calls that change a file, make it durable, or send."""
CHANGES = (
    *("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg"),
    *("fsync", "fdatasync", "sync_file_range", "msync", "ftruncate", "truncate"),
    *("fallocate", "rename", "renameat", "renameat2", "link", "linkat", "symlink"),
    *("symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"),
)
"""Every call of that nature; one that is not among KINDS must not be made."""
CONFIG = """
[city]
name = "密山市"
code = "230382"
site = "https://www.city.example.gov.cn"

[[sources]]
path = "records.jsonl"

[channels.account]
adapter = "test.steps"
without_item = true
"""
CHANGED, GONE, NEW = (sample(number, item=None) for number in (1, 2, 3))
SPARE = 20
"""Calls beyond those of the counting run: a warm agent has looked at its own work."""

Counts = dict[tuple[bool, str], int]
"""By thread (the channel's, or the main one) and kind, how many calls a run makes."""


class Point(NamedTuple):
    """Where a run is killed: before its so-manieth call of a kind, from 1."""

    pool: bool
    """Whether the thread of the channel makes the call, and not the main one."""
    kind: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run that was killed, and the one after it, come to."""

    killed: bool
    ended: int
    seen: dict[str, Any]
    history: list[tuple[str, int, str]]
    drafts: list[tuple[str, int]]


@dataclass(frozen=True)
class Agent:
    """A process that runs the agent in its children, in one folder."""

    process: subprocess.Popen[str]

    def run(self, account: str, **more: Any) -> dict[str, Any]:
        """Run the agent to its end, whichever that is."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"account": account, **more}) + "\n")
        self.process.stdin.flush()
        return self.told()

    def told(self) -> dict[str, Any]:
        """Return what it says next."""
        assert self.process.stdout
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@dataclass
class Site:
    """A folder that becomes a copy of a workspace again and again.

    Args:
        base: The workspace, with work to do.
        folder: Where the agent works.
        accounts: The service; the account ``base`` is what the workspace knows of it.
        journal: Of the database.
    """

    base: Path
    folder: Path
    accounts: Accounts
    journal: Journal
    copies: int = 0

    def renew(self) -> tuple[str, Account]:
        """Put a fresh copy there; return an account that goes with it, by its name."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.base, self.folder)
        self.copies += 1
        name = f"{self.folder}-{self.copies}"
        return name, self.accounts.copy("base", name)

    @contextmanager
    def agent(self, *tracer: str) -> Iterator[Agent]:
        """Give an agent, warm, under a tracer where there is one."""
        account, _ = self.renew()
        arguments = (str(self.folder), self.journal, str(self.accounts.port), account)
        # Measuring what is executed would double the time and the calls.
        environ = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
        with subprocess.Popen(
            [*tracer, sys.executable, "-m", "support.crash_calls", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            text=True,
        ) as process:
            agent = Agent(process)
            assert agent.told()["ended"] == 0
            yield agent

    def counted(self, log: Path) -> Counts:
        """Return the calls of an undisturbed run; some are made by its main thread."""
        trace = f"trace={','.join(CHANGES)}"
        with self.agent("strace", "-f", "-qq", "-o", str(log), "-e", trace) as agent:
            account, _ = self.renew()
            told = agent.run(account, hours=1, kind=KINDS[0])
        assert told["ended"] == 0
        return _by_thread(log.read_text(), told["pid"])


def base(folder: Path, accounts: Accounts, journal: Journal) -> None:
    """Make a workspace where a record is to be replaced, one withdrawn, one is new."""
    folder.mkdir()
    (folder / configuration.FILE_NAME).write_text(CONFIG, encoding="utf-8")
    config = configuration.read(folder / configuration.FILE_NAME)
    setup.new_audit_key(config)
    _supply(folder, CHANGED, GONE)
    database = Database.open(folder / "govsync.db", journal=journal)
    place = crash_calls.Place(folder, journal, str(accounts.port))
    assert place.agent(crash_calls.Errand(account="base", hours=0)) == 0
    with Workspace(config, database=database) as workspace:
        workspace.ledger.withdraw(GONE.id, reason="更正")
    database.dispose()
    _supply(folder, signed_anew(CHANGED.changed(title="更正后的公告")), GONE, NEW)


def _supply(folder: Path, *records: Record) -> None:
    lines = b"".join(map(json_lines.entry, records))
    (folder / "records.jsonl").write_bytes(lines)


def _by_thread(log: str, child: int) -> Counts:
    """Count a log's calls of one process: of its main thread, and of its other one."""
    calls = Counter(
        (int(thread), kind)
        for thread, kind in re.findall(r"^(\d+) +(\w+)\(", log, re.MULTILINE)
        if int(thread) >= child
    )
    assert {kind for _, kind in calls} <= set(KINDS), calls
    assert len({thread for thread, _ in calls}) == 2, "one channel has one thread"
    return {(thread != child, kind): n for (thread, kind), n in calls.items()}


def points(counts: Counts) -> list[Point]:
    """Return every point at which a run can be killed."""
    return [
        Point(pool, kind, number)
        for (pool, kind), count in sorted(counts.items())
        for number in range(1, count + 1)
    ]


def outcomes(
    site: Site, counts: Counts, chosen: Sequence[Point]
) -> Iterator[tuple[Point, Outcome]]:
    """Yield what becomes of a run that is killed at a point, and of the run after it.

    Args:
        site: Where.
        counts: Of an undisturbed run.
        chosen: The points.
    """
    with site.agent(*_tracer(counts)) as killer, site.agent() as mender:
        for point in chosen:
            spend = _deadly(counts, point.kind) - point.number
            account, service = site.renew()
            killed = killer.run(
                account, hours=1, kind=point.kind, spend=spend, pool=point.pool
            )
            mended = mender.run(account, hours=2)
            yield (
                point,
                Outcome(
                    killed=killed["ended"] == -9,
                    ended=mended["ended"],
                    seen=mended["seen"],
                    history=service.history,
                    drafts=service.drafts,
                ),
            )


def _tracer(counts: Counts) -> list[str]:
    """Return a tracer that kills at a call which an undisturbed run never comes to."""
    kinds = ",".join(KINDS)
    strace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={kinds}"]
    for kind in KINDS:
        strace += ["-e", f"inject={kind}:signal=KILL:when={_deadly(counts, kind)}"]
    return strace


def _deadly(counts: Counts, kind: str) -> int:
    return max(counts.get((pool, kind), 0) for pool in (False, True)) + SPARE
