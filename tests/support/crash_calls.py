"""Run the agent in children of this process, each brought near its end first.

A program of its own. Under strace, which kills a child at its so-manieth call of a
kind, a child that is to die earlier spends the calls between beforehand, to no effect:
so one tracer serves every point, and nothing is imported or compiled twice.

Each line that it reads is an :class:`Errand`; for each it writes one of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, func, select
from support.steps_service import Steps

from govsync import audit
from govsync.agent import config as configuration
from govsync.agent.channels import Channel
from govsync.agent.run import run
from govsync.agent.workspace import Workspace
from govsync.channels import Context
from govsync.ledger import ObligationState, obligations
from govsync.store import ledger_tables, schema
from govsync.store import ledger_tables as t
from govsync.store.database import Database

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FAILED = 70
"""How a run ends that nobody foresaw."""
NOBODY = Path("/nowhere/at/all")


class Scratch:
    """A file and a socket that nobody looks at."""

    def __init__(self) -> None:
        self.file = os.memfd_create("scratch")
        self.near, self.far = socket.socketpair()

    def remove(self) -> None:
        """Remove nothing."""
        with suppress(OSError):
            NOBODY.unlink()


SPENDERS: dict[str, Callable[[Scratch], object]] = {
    "fdatasync": lambda scratch: os.fdatasync(scratch.file),
    "fsync": lambda scratch: os.fsync(scratch.file),
    "ftruncate": lambda scratch: os.ftruncate(scratch.file, 0),
    "pwrite64": lambda scratch: os.pwrite(scratch.file, b"", 0),
    "sendto": lambda scratch: scratch.near.send(b""),
    "unlink": Scratch.remove,
    "write": lambda scratch: os.write(scratch.file, b""),
}
"""By the system call's name: a call of it that changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One run of the agent."""

    account: str
    """At the service."""
    hours: int
    """After :data:`BEGIN`."""
    kind: str = ""
    """Of the calls that are spent first, in a child; empty: it is run right here."""
    spend: int = 0
    """How many."""
    pool: bool = False
    """Whether the thread of the channel spends them, and not the main one."""


class Place:
    """A workspace's folder, whose files are replaced between one run and the next.

    Args:
        folder: Holds a workspace from the beginning.
        journal: Of the database.
        port: Of the service.
    """

    def __init__(self, folder: Path, journal: Any, port: str) -> None:
        self.config = configuration.read(folder / configuration.FILE_NAME)
        self.port = port
        # One for all children: what it compiles, none of them compiles again.
        self.database = Database.open(folder / "govsync.db", journal=journal)

    def agent(self, errand: Errand) -> int:
        """Run the agent to its end; return its exit code."""
        self.database.create_or_check(schema.metadata, ledger_tables.VERSION)
        workspace = self.workspace(errand)
        with workspace.lock():
            code = run(workspace, random=lambda: 0.0).exit_code
        for channel in workspace.channels:
            channel.close()
        self.database.dispose()
        return code

    def examined(self, errand: Errand) -> dict[str, Any]:
        """Return what a run left behind, as plain data.

        Raises:
            AuditError: The log does not hold against the checkpoints that were kept.
        """
        notes = audit.split_checkpoints(self._kept())
        workspace = self.workspace(errand)
        with self.database.read() as connection:
            audit.verify(connection, [workspace.signing_key.verifier], notes)
            found = obligations.in_states(connection, list(ObligationState))
            check = connection.exec_driver_sql("PRAGMA integrity_check")
            seen = {
                "held": {o.record: [o.state, o.held_revision] for o in found},
                "integrity": check.scalars().all(),
                "every checkpoint is kept": notes == audit.checkpoints(connection),
                "tally": obligations.counts(connection) == _counted(connection),
            }
        self.database.dispose()
        return seen

    def _kept(self) -> str:
        return self.config.path(self.config.audit.checkpoints).read_text()

    def workspace(self, errand: Errand) -> Workspace:
        """Return the workspace as a run finds it."""
        moment = BEGIN + timedelta(hours=errand.hours)
        workspace = Workspace(
            self.config,
            clock=lambda: moment,
            database=self.database,
            actor="cron@test",
        )
        settings = {"port": self.port, "account": errand.account}
        context = Context(channel="account", settings=settings, clock=lambda: moment)
        configured = self.config.channels["account"]
        # Given here, for to find it by its name would take a thousand calls more.
        workspace.channels = (
            Channel(name="account", configured=configured, make=Steps, context=context),
        )
        return workspace


def _counted(connection: Connection) -> dict[str, dict[str, int]]:
    columns = t.obligation.c
    by_state = (columns.channel, columns.state)
    counted: dict[str, dict[str, int]] = {}
    query = select(*by_state, func.count()).group_by(*by_state)
    for channel, state, number in connection.execute(query):
        counted.setdefault(channel, {})[state] = number
    return counted


def main(folder: str, journal: str, port: str, account: str) -> None:
    """Run errand after errand; the first in this process, so that all are warm."""
    place = Place(Path(folder), journal, port)
    _tell(_here(place, Errand(account=account, hours=1)))
    gc.freeze()
    for line in sys.stdin:
        errand = Errand(**json.loads(line))
        _tell((_in_a_child if errand.kind else _here)(place, errand))


def _here(place: Place, errand: Errand) -> dict[str, Any]:
    try:
        return {"ended": place.agent(errand), "seen": place.examined(errand)}
    except Exception:  # noqa: BLE001  # what it left behind is of interest all the more
        return {"ended": FAILED, "seen": traceback.format_exc()}


def _in_a_child(place: Place, errand: Errand) -> dict[str, Any]:
    child = os.fork()
    if child == 0:
        os._exit(_child(place, errand))
    _, status = os.waitpid(child, 0)
    return {"pid": child, "ended": os.waitstatus_to_exitcode(status)}


def _tell(line: dict[str, Any]) -> None:
    # Not by write: that is counted, and this process lives longer than its children.
    os.writev(1, [json.dumps(line).encode(), b"\n"])


def _child(place: Place, errand: Errand) -> int:
    try:
        _spend(errand)
        return place.agent(errand)
    except BaseException:  # noqa: BLE001  # a child that raised would fork on
        traceback.print_exc()
        return FAILED


def _spend(errand: Errand) -> None:
    call, scratch = SPENDERS[errand.kind], Scratch()

    def spend() -> None:
        for _ in range(errand.spend):
            call(scratch)

    def in_a_new_thread(_frame: FrameType, _event: str, _argument: object) -> None:
        # Called as a thread begins; the channel's is the only one that does.
        sys.setprofile(None)
        spend()

    if errand.pool:
        threading.setprofile(in_a_new_thread)
    else:
        spend()


if __name__ == "__main__":
    main(*sys.argv[1:])
