"""Read the cells of an Excel 97 workbook, in a process of its own.

Its reader believes what a broken file says of itself: it asks for more memory than
there is, and then nothing can hold the process. So a child reads, with little memory,
and what breaks it does not end the run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import NamedTuple

from govsync.attachments.piece import UnreadableError

_MEMORY = 2 * 2**30
"""In bytes."""
_PATIENCE_S = 300
_CHILD = """
import json, sys
from io import BytesIO

try:
    import resource
except ImportError:  # not on Windows
    pass
else:
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineError, CalamineWorkbook

most, sheets = int(sys.argv[2]), []
try:
    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > most:
            sheets = {"why": f"sheet {name} has too many cells"}
            break
        sheets.append((name, sheet.to_python(skip_empty_area=False)))
except CalamineError:
    sheets = {"why": "it is no workbook, or encrypted"}
json.dump(sheets, sys.stdout, default=str)
"""


class Sheet(NamedTuple):
    """A sheet as it was read."""

    name: str
    rows: list[list[object]]


def sheets(content: bytes, *, most_cells: int) -> list[Sheet]:
    """Return the sheets of a workbook.

    Args:
        content: The bytes of the workbook.
        most_cells: Of a sheet, empty ones among them.

    Raises:
        UnreadableError: It is no workbook, encrypted, broken or too large.
    """
    command = [sys.executable, "-P", "-c", _CHILD, str(_MEMORY), str(most_cells)]
    try:
        child = subprocess.run(  # noqa: S603  # our own command, no shell
            command, input=content, capture_output=True, check=True, timeout=_PATIENCE_S
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise UnreadableError("it is broken, or too large") from error
    said = json.loads(child.stdout)
    if isinstance(said, dict):
        raise UnreadableError(said["why"])
    return [Sheet(name, rows) for name, rows in said]
