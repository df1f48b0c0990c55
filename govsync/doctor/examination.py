"""All checks, in the order in which an operator wants to read of them.

Each is tried by itself: one that raises is that check's failure, and stops no other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from govsync.agent.config import heartbeat_url
from govsync.doctor import databases, files, machine, network, runs, state
from govsync.doctor.case import PERSON, Status, fail, ok
from govsync.errors import GovsyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from govsync.doctor.case import Answer, Case, Check, Result

AT_ONCE = 8
"""So many services are asked side by side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A check and its name."""

    name: str
    check: Check


def _of_nothing(check: Callable[[], Answer]) -> Check:
    return lambda _: check()


def heartbeat(case: Case) -> Answer:
    """Is the heartbeat's address there."""
    if case.config.heartbeat is None:
        yield ok("heartbeat", "none is configured")
        return
    if heartbeat_url(case.config, case.environ):
        yield ok("heartbeat", "its address is there; the next run calls it")
    else:
        mend = "set GOVSYNC_HEARTBEAT_URL, or heartbeat.url_file"
        yield fail("heartbeat", "its address is not given", mend, 78)


HERE = (
    Named(name="python", check=_of_nothing(machine.python)),
    Named(name="extras", check=machine.extras),
    Named(name="time zones", check=_of_nothing(machine.time_zones)),
    Named(name="permissions", check=files.permissions),
    Named(name="file system", check=files.file_system),
    Named(name="room", check=files.room),
    Named(name="sqlite", check=_of_nothing(databases.sqlite)),
    Named(name="database", check=databases.database),
    Named(name="audit log", check=databases.audit_log),
    Named(name="lock", check=runs.lock),
    Named(name="last run", check=runs.last_run),
    Named(name="clock", check=runs.clock),
    Named(name="obligations", check=state.waiting),
    Named(name="breakers", check=state.breakers),
    Named(name="quotas", check=state.quotas),
    Named(name="heartbeat", check=heartbeat),
)
"""What is found on this machine."""


def abroad(case: Case) -> list[Named]:
    """Return the checks that ask others, by this configuration."""
    channels = [
        Named(name=f"channel {name}", check=partial(network.channel, name=name))
        for name in sorted(case.config.channels)
    ]
    certificates = [
        Named(
            name=f"certificate {site.host}",
            check=partial(network.certificate, site=site),
        )
        for site in network.sites(case)
    ]
    return channels + certificates


def examine(case: Case, *, offline: bool) -> list[Result]:
    """Return what every check found, in their order.

    Args:
        case: What is examined.
        offline: Leave out what asks others.
    """
    found = [one for named in HERE for one in tried(named, case)]
    if offline:
        return found
    others = abroad(case)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        answers = pool.map(lambda named: tried(named, case), others)
        return found + [one for answer in answers for one in answer]


def tried(named: Named, case: Case) -> Sequence[Result]:
    """Return what a check found; where it raises, that is what it found last."""
    found: list[Result] = []
    try:
        found.extend(named.check(case))
    except GovsyncError as error:
        told = f"{error.where}: {error.message}" if error.where else error.message
        found.append(fail(named.name, told, error.mend, error.exit_code))
    except Exception as error:  # noqa: BLE001 - it must not stop the other checks
        told = f"could not be checked: {type(error).__name__}: {error}"
        mend = "mend that, or report it; the other checks hold"
        found.append(fail(named.name, told, mend, PERSON))
    return found


def exit_code(found: Iterable[Result], *, strict: bool) -> int:
    """Return the gravest code of what failed; 1 for warnings where they count."""
    code = 0
    for one in found:
        if one.status is Status.FAIL:
            code = max(code, one.code)
        elif one.status is Status.WARN and strict:
            code = max(code, PERSON)
    return code
