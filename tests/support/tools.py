"""Programs of others that judge what we write; ``make system`` installs them.

A test that lacks one is skipped, and says which.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def needs(*tools: str, package: str) -> None:
    """Skip a test that lacks a program (by name) or a file (by path).

    Args:
        tools: What must be there.
        package: What brings it.
    """
    for tool in tools:
        found = Path(tool).exists() if tool.startswith("/") else shutil.which(tool)
        if not found:
            pytest.skip(f"{tool} is missing: install {package} (make system)")


def run(
    name: str, *arguments: str, package: str = "", **options: object
) -> subprocess.CompletedProcess[str]:
    """What a program says, run to its end.

    Args:
        name: Of the program.
        arguments: Of its command line.
        package: The Debian package that brings it; of the same name where absent.
        options: Of :func:`subprocess.run`.
    """
    needs(name, package=package or name)
    command = [name, *arguments]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command, capture_output=True, text=True, check=False, **options
    )
