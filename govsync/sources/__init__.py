"""Where records and catalogs come from: tables, JSON Lines, county workbooks.

Sources stream. A bad row never stops the others: it is reported with its place, its
value and what would mend it, and it is counted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govsync.errors import SourceError
from govsync.sources.json_lines import read_json_lines
from govsync.sources.problem import CatalogReading, Problem, Row
from govsync.sources.table import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from govsync.model import BoxSemantics

__all__ = ["CatalogReading", "Problem", "Row", "read_catalogs", "read_records"]

KINDS: dict[str, Callable[..., Iterator[Row]]] = {
    "csv": read_table,
    "tsv": read_table,
    "jsonl": read_json_lines,
}
_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".txt": "tsv", ".jsonl": "jsonl"}


def read_records(
    path: Path | str,
    *,
    kind: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """Yield the rows of a source of records, one at a time.

    Args:
        path: The file.
        kind: ``csv``, ``tsv`` or ``jsonl``; by the suffix where absent.
        encoding: Of a table; detected where absent.
        columns: Our field → the table's header, where it is not one of the usual.

    Raises:
        SourceError: The file cannot be opened, decoded or understood at all.
    """
    path = Path(path)
    kind = kind or _SUFFIXES.get(path.suffix.lower(), "")
    if kind not in KINDS:
        raise SourceError(
            f"no kind of source: {kind or path.suffix or 'no suffix'}",
            where=str(path),
            mend=f"there are: {', '.join(KINDS)}",
        )
    try:
        yield from KINDS[kind](path, kind=kind, encoding=encoding, columns=columns)
    except OSError as error:
        raise SourceError(
            error.strerror or str(error),
            where=str(path),
            mend="check the path in the configuration",
        ) from error


def read_catalogs(
    path: Path | str,
    *,
    version: str = "",
    box_semantics: BoxSemantics | None = None,
) -> CatalogReading:
    """Read a county's workbook of standard catalogs.

    Args:
        path: The workbook.
        version: Its date or number; the workbook does not say.
        box_semantics: What ■ and □ mean; None: as its header says.

    Raises:
        SourceError: It is not there, not a workbook, or locked by a password.
    """
    from govsync.sources.workbook import read_workbook

    return read_workbook(Path(path), version=version, box_semantics=box_semantics)
