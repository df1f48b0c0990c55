"""Killed at each call that writes, makes durable or sends: the next run mends it.

Counted at a service that does not deduplicate. A killed process takes nothing of the
page cache with it, so the disk has no part in this, and memory does as well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.crash_site import (
    CHANGED,
    GONE,
    NEW,
    Outcome,
    Point,
    Site,
    base,
    outcomes,
    points,
)
from support.steps_service import Accounts, running_accounts
from support.tools import needs

from govsync.store.database import Journal

MEMORY = Path("/dev/shm")
LANES = 2
MENDED = Outcome(
    killed=True,
    ended=0,
    seen={
        "held": {
            CHANGED.id: ["live", 2],
            GONE.id: ["withdrawn", 2],
            NEW.id: ["live", 1],
        },
        "integrity": ["ok"],
        "every checkpoint is kept": True,
        "tally": True,
    },
    history=[
        (CHANGED.id, 1, "publish"),
        (GONE.id, 1, "publish"),
        (GONE.id, 2, "withdraw"),
        (CHANGED.id, 2, "publish"),
        (NEW.id, 1, "publish"),
    ],
    drafts=[(CHANGED.id, 1), (GONE.id, 1), (CHANGED.id, 2), (NEW.id, 1)],
)
"""A withdrawal first, one post and one draft of each revision, and nothing else."""


@pytest.fixture
def folder() -> Iterator[Path]:
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        yield Path(name)


@pytest.mark.parametrize("journal", ["truncate", "wal"])
def test_killed_at_every_system_call(journal: Journal, folder: Path) -> None:
    """Nothing twice, nothing lost, in order; the log and the database hold."""
    needs("strace", package="strace")
    with running_accounts() as accounts:
        found = dict(_killed_everywhere(folder, accounts, journal))

    # The calls of two runs may differ by a few, for a process id may be longer.
    unreached = [point for point, outcome in found.items() if not outcome.killed]
    assert len(found) - len(unreached) >= 200
    assert len(unreached) <= 5
    assert {p: o for p, o in found.items() if o.killed and o != MENDED} == {}


def _killed_everywhere(
    folder: Path, accounts: Accounts, journal: Journal
) -> Iterator[tuple[Point, Outcome]]:
    base(folder / "base", accounts, journal)
    sites = [
        Site(folder / "base", folder / f"lane-{lane}", accounts, journal)
        for lane in range(LANES)
    ]
    counts = sites[0].counted(folder / "log")
    every = points(counts)

    def lane(number: int) -> list[tuple[Point, Outcome]]:
        return list(outcomes(sites[number], counts, every[number::LANES]))

    with ThreadPoolExecutor(LANES) as pool:
        for done in pool.map(lane, range(LANES)):
            yield from done
