"""The sheets of a workbook (.xlsx, .xls, .ods) as grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.errors import SourceError
from govsync.sources.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def grids(path: Path) -> Iterator[tuple[str, Grid]]:
    """Yield each sheet's name and its grid.

    Raises:
        SourceError: It is not a workbook, or locked by a password.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            yield name, Grid.of(rows, sheet.merged_cell_ranges or ())
    except PasswordError as error:
        mend = "save it without a password"
        raise SourceError("locked by a password", where=str(path), mend=mend) from error
    except CalamineError as error:
        raise SourceError(
            f"not a workbook: {error}", where=str(path), mend="save it as .xlsx"
        ) from error
