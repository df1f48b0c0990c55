"""Where records and catalogs come from: tables, JSON Lines, county workbooks.

Sources stream. A bad row never stops the others: it is reported with its place, its
value and what would mend it, and it is counted.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from govsync.errors import SourceError
from govsync.sources.json_lines import marks_of_json_lines, read_json_lines
from govsync.sources.marks import Known, nothing
from govsync.sources.problem import CatalogReading, Problem, Row, SheetPlaces
from govsync.sources.table import marks_of_table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from govsync.model import BoxSemantics

__all__ = [
    "CatalogReading",
    "Problem",
    "Row",
    "SheetPlaces",
    "marks",
    "read_catalogs",
    "read_records",
]


class _Kind(NamedTuple):
    """A kind of source: how it is read, and how its rows are marked."""

    read: Callable[..., Iterator[Row]]
    marks: Callable[..., Iterator[bytes]]


KINDS: dict[str, _Kind] = {
    "csv": _Kind(read_table, marks_of_table),
    "tsv": _Kind(read_table, marks_of_table),
    "jsonl": _Kind(read_json_lines, marks_of_json_lines),
}
_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".txt": "tsv", ".jsonl": "jsonl"}


def read_records(
    path: Path | str,
    kind: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    *,
    known: Known = nothing,
) -> Iterator[Row]:
    """Yield the rows of a source of records, one at a time.

    Args:
        path: The file.
        kind: ``csv``, ``tsv`` or ``jsonl``; by the suffix where absent.
        encoding: Of a table; detected where absent.
        columns: Our field → the table's header, where it is not one of the usual.
        known: Says of a row's mark whether the row can be passed over, because it was
            read before; see :mod:`govsync.sources.marks`.

    Raises:
        SourceError: The file cannot be opened, decoded or understood at all.
    """
    path, kind = Path(path), _kind(Path(path), kind)
    read = KINDS[kind].read
    with _opened(path):
        yield from read(
            path, kind=kind, encoding=encoding, columns=columns, known=known
        )


def marks(
    path: Path | str,
    kind: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[bytes]:
    """Yield the marks of a source's rows in order, without reading these.

    Args:
        path: The file; and so on, as :func:`read_records`.
        kind: As there.
        encoding: As there.
        columns: As there.

    Raises:
        SourceError: The file cannot be opened or decoded.
    """
    path, kind = Path(path), _kind(Path(path), kind)
    with _opened(path):
        yield from KINDS[kind].marks(
            path, kind=kind, encoding=encoding, columns=columns
        )


def _kind(path: Path, kind: str | None) -> str:
    kind = kind or _SUFFIXES.get(path.suffix.lower(), "")
    if kind in KINDS:
        return kind
    raise SourceError(
        f"no kind of source: {kind or path.suffix or 'no suffix'}",
        where=str(path),
        mend=f"there are: {', '.join(KINDS)}",
    )


@contextmanager
def _opened(path: Path) -> Iterator[None]:
    try:
        yield
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
    valid_from: date | None = None,
    box_semantics: BoxSemantics | None = None,
) -> CatalogReading:
    """Read a file of standard catalogs.

    Args:
        path: A workbook (.xlsx, .xls, .ods), delimited text, a saved page or a Word
            document (.docx): known by its content, whatever it is called.
        version: Its date or number; empty: as the file says.
        valid_from: The first day on which it is in force; None: as the file says.
        box_semantics: What ■ and □ mean; None: as its header says.

    Raises:
        SourceError: It is not there, of no known kind, or locked by a password.
    """
    from govsync.sources import catalogs
    from govsync.sources.catalog_sheet import Given

    with _opened(Path(path)):
        return catalogs.read(Path(path), Given(version, valid_from, box_semantics))
