"""Each check by itself, on values or a small workspace."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from support.county import workspace

from govsync.agent import config as configuration
from govsync.agent.workspace import Workspace
from govsync.channels import Health
from govsync.doctor import databases, files, machine, network, runs, state
from govsync.doctor.case import Case, Result, Status, ok, span_of, warn
from govsync.doctor.examination import HERE, Named, examine, exit_code, tried
from govsync.errors import StoreError
from govsync.ledger import Breaker, BreakerState
from govsync.store.database import Database
from govsync.store.read_only import open_read_only

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:40 / /srv rw - nfs4 server:/srv rw
24 23 0:41 / /srv/with\\040space rw - fuse.sshfs host: rw
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A workspace whose ledger is there, and is empty."""
    made = workspace(tmp_path / "city")
    with Workspace.at(made.config, clock=lambda: NOW) as opened:
        opened.ledger.tell("run.started")
    return Case(
        config=configuration.read(made.config), file=made.config, clock=lambda: NOW
    )


def tell(case: Case, action: str, at: datetime = NOW, **detail: str) -> None:
    with Workspace(case.config, clock=lambda: at) as opened:
        opened.ledger.tell(action, **detail)


def statuses(found: object) -> list[str]:
    assert hasattr(found, "__iter__")
    return [str(one.status) for one in found]


def test_an_old_python_fails() -> None:
    assert statuses(machine.python((3, 10, 9))) == ["fail"]
    assert statuses(machine.python()) == ["ok"]


def test_extras_are_read_from_the_package() -> None:
    given = ["pydantic>=2", "typer>=0.15; extra == 'agent'", 'x[y]>=1; extra == "xlsx"']
    found = machine.missing_of(given, lambda name: name != "x")
    assert dict(found) == {"xlsx": ["x"]}


def test_missing_time_zones_warn() -> None:
    def none(key: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(key)

    assert statuses(machine.time_zones(none)) == ["warn"]
    assert statuses(machine.time_zones(lambda _: ZoneInfo("UTC"))) == ["warn"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a", "ext4"),
        ("/srv/govsync", "nfs4"),
        ("/srv/with space/x", "fuse.sshfs"),
        ("/srvx", "ext4"),
    ],
)
def test_the_nearest_mount_says_the_file_system(path: str, kind: str) -> None:
    assert files.kind_of(MOUNTS, Path(path)) == kind


@pytest.mark.parametrize(
    ("kind", "status"), [("nfs4", "fail"), ("fuse.what", "warn"), ("xfs", "ok")]
)
def test_a_network_file_system_fails(
    kind: str, status: str, case: Case, tmp_path: Path
) -> None:
    proc = tmp_path / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "self" / "mountinfo").write_text(f"1 1 0:1 / / rw - {kind} none rw\n")
    there = Case(config=case.config, file=case.file, clock=case.clock, proc=proc)

    assert statuses(files.file_system(there)) == [status, status]


@pytest.mark.parametrize(
    ("free", "size", "inodes", "found"),
    [
        (1, 0, None, ["fail"]),
        (files.ENOUGH_FREE, 2 * files.ENOUGH_FREE, None, ["warn"]),
        (files.ENOUGH_FREE, 0, 10**6, ["ok"]),
        (files.ENOUGH_FREE, 0, 1000, ["ok", "warn"]),
        (files.ENOUGH_FREE, 0, 0, ["ok", "fail"]),
    ],
)
def test_room_is_judged_beside_the_database(
    free: int, size: int, inodes: int | None, found: list[str]
) -> None:
    assert statuses(files.judged_room(free=free, size=size, inodes=inodes)) == found


def test_permissions_of_secrets_and_database(case: Case) -> None:
    key = case.config.path(case.config.audit.key_file)
    assert statuses(files.permissions(case)) == ["ok"]
    key.chmod(0o640)
    case.database.chmod(0o644)
    assert statuses(files.permissions(case)) == ["warn", "warn"]
    key.parent.chmod(0o777)
    case.database.chmod(0o666)
    assert statuses(files.permissions(case)) == ["warn", "fail", "fail"]


def test_the_kernel_tells_who_holds_the_lock(case: Case) -> None:
    assert "no run" in next(iter(runs.lock(case))).detail
    with Workspace(case.config).lock():
        (found,) = runs.lock(case)
    assert f"pid {os.getpid()}" in found.detail


def test_looking_at_the_lock_does_not_take_it(case: Case) -> None:
    with case.lock.open("w") as file:
        list(runs.lock(case))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_lock_held_for_long_warns(case: Case) -> None:
    with Workspace(case.config).lock():
        os.utime(case.lock, (NOW.timestamp() - 90000,) * 2)
        assert statuses(runs.lock(case)) == ["warn"]


def test_the_last_run_is_read_from_the_log(case: Case) -> None:
    assert statuses(runs.last_run(case)) == ["warn", "warn"]  # cut off, none ended
    tell(case, "run.ended", exit="1")
    assert statuses(runs.last_run(case)) == ["ok"]
    tell(case, "run.ended", exit="70")
    assert statuses(runs.last_run(case)) == ["warn"]
    late = Case(
        config=case.config, file=case.file, clock=lambda: NOW + timedelta(hours=3)
    )
    (found,) = runs.last_run(late)
    assert "expected every 2 h" in found.detail


def test_a_clock_that_stepped_back_fails(case: Case) -> None:
    assert statuses(runs.clock(case)) == ["ok"]
    tell(case, "run.ended", at=NOW + timedelta(minutes=1), exit="0")
    assert statuses(runs.clock(case)) == ["fail"]


def test_a_damaged_database_fails(case: Case) -> None:
    assert statuses(databases.database(case)) == ["ok", "ok"]
    content = bytearray(case.database.read_bytes())
    content[4096:12288] = os.urandom(8192)
    case.database.write_bytes(content)
    assert "fail" in statuses(tried(Named(name="d", check=databases.database), case))


def test_what_is_not_signed_is_told(case: Case) -> None:
    assert statuses(databases.audit_log(case)) == ["ok", "warn"]
    case.config.path(case.config.audit.key_file).unlink()
    assert statuses(databases.audit_log(case)) == ["fail", "warn"]


def test_an_older_schema_warns_and_a_newer_one_fails(case: Case) -> None:
    for version, status in (("1", "warn"), ("99", "fail")):
        with Database.open(case.database).write() as connection:
            connection.exec_driver_sql(
                f"UPDATE meta SET value = '{version}' WHERE key = 'schema'"
            )
        assert statuses(databases.database(case)) == ["ok", status]


def test_sqlite_says_its_journal() -> None:
    assert "TRUNCATE" in next(iter(databases.sqlite((3, 40, 1)))).detail
    assert "WAL" in next(iter(databases.sqlite((3, 51, 3)))).detail


def test_breakers_are_told_by_what_they_wait_for(case: Case) -> None:
    assert statuses(state.breakers(case)) == ["ok"]
    for kind, status in ((BreakerState.OPEN, "warn"), (BreakerState.STOPPED, "fail")):
        with Workspace(case.config) as opened:
            opened.ledger.set_breaker("city", Breaker(state=kind, reason="down"))
        assert statuses(state.breakers(case)) == [status]


@pytest.mark.parametrize(
    ("days", "status"), [(-1, "fail"), (6, "fail"), (29, "warn"), (31, "ok")]
)
def test_what_ends_soon_is_forecast(days: int, status: str) -> None:
    ends = NOW + timedelta(days=days)
    assert network.expiry("c", ends, NOW, "renew").status == Status(status)


def test_a_channel_is_judged_by_what_it_says() -> None:
    sick = Health(ok=False, detail="401", skew=timedelta(minutes=6), expires=NOW)
    assert statuses(network.judged("c", sick, NOW)) == ["fail", "fail", "fail"]
    late = Health(ok=True, skew=timedelta(minutes=-1))
    assert statuses(network.judged("c", late, NOW)) == ["ok", "warn"]


def test_a_check_that_raises_stops_no_other(case: Case) -> None:
    def broken(_: Case) -> list[Result]:
        raise ZeroDivisionError

    def locked(_: Case) -> list[Result]:
        raise StoreError("locked", mend="wait")

    (first,) = tried(Named(name="broken", check=broken), case)
    (second,) = tried(Named(name="locked", check=locked), case)

    assert "ZeroDivisionError" in first.detail
    assert (second.code, second.mend) == (75, "wait")
    assert len(examine(case, offline=True)) >= len(HERE) - 1


def test_the_gravest_failure_is_the_exit_code() -> None:
    assert exit_code([ok("a", ""), warn("b", "", "")], strict=False) == 0
    assert exit_code([ok("a", ""), warn("b", "", "")], strict=True) == 1


def test_a_database_with_a_log_is_read_without_one(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "wal.db"
    made = sqlite3.connect(path)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("CREATE TABLE t (a)")
    made.commit()
    made.close()
    before = path.read_bytes()
    database = open_read_only(path)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    database.dispose()

    assert [one.name for one in tmp_path.iterdir()] == ["wal.db"]
    assert path.read_bytes() == before


def test_a_time_is_told_in_two_units() -> None:
    assert span_of(timedelta(days=3, hours=4, minutes=5)) == "3 d 4 h"
    assert span_of(timedelta()) == "0 s"
