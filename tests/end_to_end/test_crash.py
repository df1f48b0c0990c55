"""Killed anywhere, or every answer lost: each record is there once, and right.

Counted at the platform: its receipts are an append-only log of its own.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from support.county import Workspace, command, workspace
from support.platform import RunningPlatform, running_platform

from govsync.platform.schema import items, receipts
from govsync.sandbox.faults import Fault, FaultProxy

KILLS = int(os.environ.get("GOVSYNC_KILLS", "200"))
CHANGED = ("023038206/2021-00001", "023038206/2021-00002", "023038203/2018-00003")
WITHHELD = {
    "023038202/2019-00002",  # full ID numbers
    "023038204/2022-00001",  # no final sign-off
    "023038202/2018-00002",  # for those within the resettlement area only
    "023038203/2018-00001",  # for the members of one village only
}


def published(platform: RunningPlatform) -> Counter[tuple[str, int]]:
    """How often the platform published each revision of each record."""
    with platform.database.read() as connection:
        rows = connection.execute(
            select(receipts.c.item, receipts.c.rev).where(
                receipts.c.event == "published"
            )
        )
        return Counter((item, rev) for item, rev in rows)


def standing(platform: RunningPlatform) -> dict[str, tuple[int, str]]:
    """What the platform holds: revision and state, by record."""
    with platform.database.read() as connection:
        rows = connection.execute(select(items.c.id, items.c.rev, items.c.state))
        return {item: (rev, state) for item, rev, state in rows}


def run_to_the_end(city: Workspace) -> None:
    for _ in range(5):
        done = city.govsync("run")
        if done.returncode != 75:
            break
        city.govsync("retry")
    assert done.returncode == 1, done.stderr  # the samples hold what a person must see
    again = city.govsync("run")
    assert "province: nothing to do" in again.stdout
    verified = city.govsync("audit", "verify")
    assert verified.returncode == 0, verified.stderr


def expected(city: Workspace) -> dict[str, int]:
    """The revision that the ledger wants at the province, by record."""
    everything = {row["索引号"] for row in city.rows()}
    return {
        record: city.json("show", record)["record"].get("revision", 1)
        for record in sorted(everything - WITHHELD)
    }


def check(city: Workspace, platform: RunningPlatform) -> None:
    held = standing(platform)
    assert held == {
        record: (revision, "published") for record, revision in expected(city).items()
    }
    twice = {what: n for what, n in published(platform).items() if n != 1}
    assert not twice


@pytest.mark.parametrize("part", range(2))
def test_killed_at_random_moments(part: int, tmp_path: Path) -> None:
    """Every record that may go is there once, at the right revision."""
    moments = random.Random(20170925 + part)
    with running_platform(tmp_path) as platform:
        city = workspace(tmp_path / "city", url=platform.url, key=platform.key)
        killed = tried = 0
        while killed < KILLS // 2:
            if tried % 4 == 0:
                city.change(CHANGED[tried // 4 % 3], "摘要", f"第{tried}次修改")
            # A run that ends before its moment is none of the kills.
            killed += _killed(city, moments.uniform(0.3, 1.1))
            tried += 1
            assert tried < 4 * KILLS
        run_to_the_end(city)

        check(city, platform)


def _killed(city: Workspace, after_s: float) -> bool:
    process = subprocess.Popen(
        command("run"),
        cwd=city.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


@pytest.mark.parametrize("kind", ["drop_after", "reset_after", "status_503_done"])
def test_every_answer_lost_after_the_work_was_done(kind: str, tmp_path: Path) -> None:
    """What was done is found, and nothing is done twice."""
    with running_platform(tmp_path) as platform:
        parts = urlsplit(platform.url)
        with FaultProxy(str(parts.hostname), int(parts.port or 0)) as proxy:
            proxy.plan(Fault(kind, method="PUT"), Fault(kind, method="POST"))
            city = workspace(tmp_path / "city", url=proxy.url, key=platform.key)
            for round_ in range(3):
                city.change(CHANGED[0], "摘要", f"第{round_}次修改")
                run_to_the_end(city)

            assert proxy.counts[kind] >= 3
            check(city, platform)
