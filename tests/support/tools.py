"""Tools that a test needs and Python does not bring: there, or the test says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def needs(*tools: str, package: str) -> None:
    """Skip a test that lacks a program (by name) or a file (by path).

    Args:
        tools: What must be there.
        package: The Debian package that brings it; ``make system`` installs it.
    """
    for tool in tools:
        found = Path(tool).exists() if tool.startswith("/") else shutil.which(tool)
        if not found:
            pytest.skip(f"{tool} is missing: install {package} (make system)")
