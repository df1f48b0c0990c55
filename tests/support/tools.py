"""Programs of others that judge what we write; ``make system`` installs them."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def program(name: str) -> str:
    """The path of a program; a test that lacks it is skipped by its name."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed: make system")
    return path


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a program says of some files."""
    return subprocess.run(
        [program(name), *arguments], capture_output=True, text=True, check=False
    )
