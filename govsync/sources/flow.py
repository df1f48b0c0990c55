"""Tables among text, as pages and Word documents have them → the sheets of a catalog.

A title stands over its table, notes below it, and a long table goes on in the next
one without its header. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govsync.sources import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from govsync.sources.grid import Grid

_TITLE = re.compile(r"目录|领域")
_NOTE = re.compile(r"(填表)?说明|备?注[:：\d]")
_HEADER_WITHIN = 8
"""A header stands in one of a table's first rows."""


def sheets(blocks: Iterable[str | Grid], named: str = "") -> Iterator[Grid]:
    """Yield the tables that are catalogs, each below its title and over its notes.

    Args:
        blocks: Lines of text and tables, in the order of the document.
        named: The document's own title, for a table that has none.
    """
    lines: list[str] = []
    found: Grid | None = None
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        elif has_header(block):
            if found is not None:
                yield _noted(found, lines)
            found, lines = _titled(block, lines, named), []
        elif found is not None and block.width == found.width:
            found = found.over(block)
    if found is not None:
        yield _noted(found, lines)


def has_header(grid: Grid) -> bool:
    """Whether a table begins as a catalog does."""
    return any(
        header.is_header(grid.peek(row))
        for row in range(min(grid.height, _HEADER_WITHIN))
    )


def _titled(grid: Grid, lines: Sequence[str], named: str) -> Grid:
    if not header.is_header(grid.peek(0)):
        return grid
    titles = [line for line in lines if _TITLE.search(line)] or [named]
    return grid.under([titles[-1]]) if titles[-1] else grid


def _noted(grid: Grid, lines: Sequence[str]) -> Grid:
    notes = [[line] for line in lines if _NOTE.match(line)]
    return grid.over(type(grid)(notes)) if notes else grid
