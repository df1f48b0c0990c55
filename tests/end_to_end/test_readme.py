"""The README's library examples run as they are printed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.county import govsync

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_library_example_runs(name: str, tmp_path: Path) -> None:
    (block,) = re.findall(
        r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL
    )
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "feed.xml").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "all.xml").stat().st_size > 20_000


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_command_it_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pattern = re.compile(r"^\$ govsync ([a-z]+(?: (?:verify|serve))?)", re.MULTILINE)
    named = set(pattern.findall(text))

    assert {"init", "check", "convert", "run", "status", "withdraw"} <= named
    for command in sorted(named):
        assert govsync(*command.split(), "--help").returncode == 0


def run_example(name: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_of_screening_runs(tmp_path: Path) -> None:
    said = run_example("convert_and_screen.py", tmp_path)

    assert "32 of 36 records in pilot.atom" in said
    assert said.count("kept back") == 4
    assert "王编辑" not in (tmp_path / "pilot.xml").read_text("utf-8")


def test_the_example_of_feedgen_runs(tmp_path: Path) -> None:
    said = run_example("feedgen_bridge.py", tmp_path)

    assert said.count("records came back as they went") == 2
    assert (tmp_path / "pilot.rss").read_bytes().startswith(b"<?xml")
