"""ResourceSync by its own client: the mirror is the source, after every step."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.mirror import Mirror, Published, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
PATHS = ("records/a.json", "records/政务.json", "a b&c.txt", "deep/er/x", "100%.html")
STEPS = st.lists(
    st.dictionaries(
        st.sampled_from(PATHS), st.none() | st.binary(max_size=8), min_size=1
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A working directory, in which the client keeps its state."""
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        yield tmp_path
    finally:
        os.chdir(before)


@settings(max_examples=25)
@given(STEPS)
def test_a_mirror_equals_the_source_after_every_step(
    steps: list[dict[str, bytes | None]],
) -> None:
    before = Path.cwd()
    with TemporaryDirectory() as named:
        home = Path(named)
        os.chdir(home)
        (home / "source").mkdir()
        try:
            with serving(home / "source") as base:
                _step_by_step(home, base, steps)
        finally:
            os.chdir(before)


def _step_by_step(home: Path, base: str, steps: list[dict[str, bytes | None]]) -> None:
    source = Published(home / "source", base, size=3)
    mirror = Mirror(home / "mirror", base)
    source.change({"always.txt": b"here"}, BEGIN)  # the client takes no empty list
    mirror.baseline()
    last = BEGIN
    for number, step in enumerate(steps, 1):
        at = BEGIN + timedelta(hours=number)
        source.change(step, at)
        if len(step) > source.size:  # more than the open list is sure to hold
            mirror.baseline()
        else:
            mirror.incremental(last.isoformat())
        assert mirror.contents() == source.contents
        last = at
    fresh = Mirror(home / "fresh", base)
    fresh.baseline()
    assert fresh.contents() == source.contents


def test_the_command_keeps_a_mirror(home: Path) -> None:
    (home / "source").mkdir()
    command = str(Path(sys.executable).parent / "resync-sync")

    def sync(*arguments: str) -> str:
        done = subprocess.run(
            [command, *arguments, "--delete", address, "mirror"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout + done.stderr

    with serving(home / "source") as base:
        address = base.rstrip("/")
        source = Published(home / "source", address)
        source.change({"a.json": b"1", "b.json": b"2"}, BEGIN)
        sync("--baseline", "--hash", "sha-256")
        assert Mirror(home / "mirror", base).contents() == source.contents

        later = BEGIN + timedelta(hours=1)
        source.change({"a.json": None, "b.json": b"22", "c.json": b"3"}, later)
        sync("--incremental")
        said = sync("--audit", "--hash", "sha-256")

    assert Mirror(home / "mirror", base).contents() == source.contents
    assert "IN SYNC (same=2," in said
