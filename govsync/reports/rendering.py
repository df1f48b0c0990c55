"""Rendering: which form a file's suffix asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from govsync.errors import UsageError
from govsync.reports import letter, markdown, page, plain, workbook
from govsync.reports.document import Report

if TYPE_CHECKING:
    from pathlib import Path

Render = Callable[[Report, IO[bytes]], None]
"""Writes a report."""
RENDERINGS: dict[str, Render] = {
    ".html": page.write,
    ".xlsx": workbook.write,
    ".json": plain.write,
    ".md": markdown.write,
    ".docx": letter.write,
}


def rendering_of(path: Path) -> Render:
    """Return what writes a file of this suffix.

    Raises:
        UsageError: Nothing does.
    """
    found = RENDERINGS.get(path.suffix.lower())
    if found is None:
        raise UsageError(
            f"no report can be written as {path.suffix or path.name!r}",
            where=str(path),
            mend=f"name it {', '.join(RENDERINGS)}",
        )
    return found
