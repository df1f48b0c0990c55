"""Checks of the runs: who holds the lock, how the last one ended, and the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from govsync.doctor.case import fail, ok, span_of, warn
from govsync.store import schema

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from govsync.doctor.case import Answer, Case, Result

CLOCK_SLACK = timedelta(seconds=5)
"""So much the newest entry may lie ahead: a run may be at work."""

_WENT_WELL = {"0", "1"}
_MEANINGS = {
    "65": "a source could not be read",
    "70": "an adapter failed in a way nobody foresaw",
    "75": "a channel, the database or the disk was unavailable",
    "78": "the configuration could not be used",
}


def holder(case: Case) -> int | None:
    """Return the pid of the run that holds the lock, as the kernel tells; or None.

    Trying the lock would tell too, and make a run fail that begins just then.
    """
    if not case.lock.exists():
        return None
    locks = (case.proc / "locks").read_text(encoding="ascii")
    return holder_of(locks, case.lock.stat(), _noted_pid(case))


def holder_of(locks: str, file: os.stat_result, noted: int | None) -> int | None:
    """Return the pid that has a lock of :func:`fcntl.flock` on a file, or None.

    Args:
        locks: As ``/proc/locks`` (proc(5)).
        file: The lock's file.
        noted: The pid that it names: some file systems give the kernel another device
            than they give us.
    """
    device = f"{file.st_dev >> 8 & 0xFFF:02x}:{file.st_dev & 0xFF:02x}"
    for line in locks.splitlines():
        parts = line.split()
        if len(parts) != 8 or parts[1] != "FLOCK":
            continue
        on, inode = parts[5].rsplit(":", 1)
        if int(inode) == file.st_ino and (on == device or int(parts[4]) == noted):
            return int(parts[4])
    return None


def _noted_pid(case: Case) -> int | None:
    text = case.lock.read_text(encoding="ascii", errors="replace").strip()
    return int(text) if text.isdecimal() else None


def lock(case: Case) -> Answer:
    """Is a run at work, and for how long."""
    pid = holder(case)
    if pid is None:
        yield ok("lock", "no run is at work")
        return
    began = datetime.fromtimestamp(case.lock.stat().st_mtime, UTC)
    took = case.clock() - began
    told = f"a run is at work (pid {pid}) since {began:%Y-%m-%d %H:%M:%S} UTC"
    if took > case.config.doctor.run_takes:
        mend = (
            f"see what it waits for; where it hangs, `kill {pid}`: the next carries on"
        )
        yield warn("lock", f"{told}, {span_of(took)} ago", mend)
    else:
        yield ok("lock", told)


class Last(NamedTuple):
    """The last run that ended, and whether one began after it."""

    ended: datetime | None
    exit_code: str
    cut_off: datetime | None


def last_of(connection: Connection) -> Last:
    """Return how the runs ended, from the audit log's end back."""
    began: datetime | None = None
    for at, entry in _newest_first(connection):
        if entry["action"] == "run.started" and began is None:
            began = at
        if entry["action"] == "run.ended":
            return Last(at, entry.get("detail", {}).get("exit", ""), began)
    return Last(None, "", began)


def _newest_first(connection: Connection) -> Iterator[tuple[datetime, dict[str, Any]]]:
    columns = schema.audit.c
    query = (
        select(columns.at, columns.body)
        .where(columns.record == "", columns.channel == "", columns.body.is_not(None))
        .order_by(columns.seq.desc())
    )
    for at, body in connection.execute(query.execution_options(yield_per=100)):
        yield at, json.loads(body)


def last_run(case: Case) -> Answer:
    """Did the last run end, when, and how."""
    if not case.database.exists():
        yield warn("last run", "none yet", "`govsync run`, by hand and then by cron")
        return
    with case.reading() as connection:
        last = last_of(connection)
    if last.cut_off and holder(case) is None:
        told = f"a run that began at {last.cut_off:%Y-%m-%d %H:%M} UTC was cut off"
        yield warn("last run", told, "the next run carries on; look why it was killed")
    if last.ended is None:
        yield warn("last run", "none has ended yet", "`govsync run`, then look again")
        return
    yield _judged(last, last.ended, case.clock(), case.config.doctor.run_within)


def _judged(last: Last, ended: datetime, now: datetime, within: timedelta) -> Result:
    age = now - ended
    told = f"ended {span_of(age)} ago, exit code {last.exit_code}"
    if age > within:
        mend = "look whether cron or the timer still starts it, and at its log"
        return warn(
            "last run", f"{told}; a run is expected every {span_of(within)}", mend
        )
    if last.exit_code not in _WENT_WELL:
        meaning = _MEANINGS.get(last.exit_code, "unknown")
        return warn("last run", f"{told}: {meaning}", "look at its log, then run again")
    return ok("last run", told)


def clock(case: Case) -> Answer:
    """Did the clock step back since the newest entry of the audit log."""
    if not case.database.exists():
        return
    columns = schema.audit.c
    with case.reading() as connection:
        newest = connection.execute(
            select(columns.at).order_by(columns.seq.desc()).limit(1)
        ).scalar()
    ahead = newest - case.clock() if newest else timedelta()
    if ahead > CLOCK_SLACK:
        told = (
            f"the newest entry of the audit log is {span_of(ahead)} ahead of the clock"
        )
        yield fail("clock", told, "set the clock by NTP before the next run")
    else:
        yield ok("clock", "not behind the audit log")
