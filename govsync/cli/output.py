"""What the commands print: lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def say(line: str = "") -> None:
    """Print a line of the answer."""
    sys.stdout.write(f"{line}\n")


def complain(line: str) -> None:
    """Print a line about the answer, where it does not spoil it."""
    sys.stderr.write(f"{line}\n")


def say_json(value: Any) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table whose columns line up, Chinese included."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    width = None if sys.stdout.isatty() else 200
    Console(file=sys.stdout, width=width, highlight=False, markup=False).print(table)
