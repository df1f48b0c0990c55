"""Tables of records: CSV and TSV, with Chinese headers, in any usual encoding."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govsync.errors import SourceError
from govsync.model import IndexKind, IndexNumber
from govsync.model.codes import Step
from govsync.model.gb18030 import current
from govsync.model.html import active_content
from govsync.model.record import RelationKind
from govsync.sources.building import Draft, Seen
from govsync.sources.cells import FATAL, READERS, CellError
from govsync.sources.columns import HEADERS, NEEDED
from govsync.sources.marks import Marker
from govsync.sources.text import control_character, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from govsync.sources.marks import Known
    from govsync.sources.problem import Row

DELIMITERS = {"csv": ",", "tsv": "\t"}
_STATUS = {"state": "state", "withdrawn_reason": "reason", "withdrawn_at": "at"}
_REVIEW = {
    **{name: name for name in ("verdict", "first", "second", "final", "signed")},
    "signed_content": "content",
}
_ITEM = ("area", "level1", "level2", "level3")


def read_table(
    path: Path,
    *,
    kind: str,
    encoding: str | None,
    columns: Mapping[str, str] | None,
    known: Known,
) -> Iterator[Row]:
    """Yield the rows of a table, the header's row being row 1.

    Raises:
        SourceError: The file cannot be opened or decoded, or a column is missing.
    """
    lines = _lines(path, kind, encoding)
    _, header = next(lines)
    table = _Table(path.name, header, _fields(path, header, columns or {}))
    marker = _marker(kind, header, columns)
    for number, cells in lines:
        mark = marker.cells(cells)
        if not known(mark):
            yield table.row(number, cells, mark)


def marks_of_table(
    path: Path,
    *,
    kind: str,
    encoding: str | None,
    columns: Mapping[str, str] | None,
) -> Iterator[bytes]:
    """Yield the marks of a table's rows, without reading them.

    Raises:
        SourceError: The file cannot be opened or decoded.
    """
    lines = _lines(path, kind, encoding)
    _, header = next(lines)
    marker = _marker(kind, header, columns)
    return (marker.cells(cells) for _, cells in lines)


def _marker(
    kind: str, header: Sequence[str], columns: Mapping[str, str] | None
) -> Marker:
    named = (f"{fld}={name}" for fld, name in sorted((columns or {}).items()))
    return Marker((kind, *header, "", *named))


def _lines(
    path: Path, kind: str, encoding: str | None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the header as row 1, then every row that is not blank."""
    # A body may be longer than the reader's cautious default.
    csv.field_size_limit(sys.maxsize)
    found = encoding_of(path, encoding)
    with path.open(encoding=found, newline="") as file:
        lines = csv.reader(file, delimiter=DELIMITERS[kind], strict=True)
        try:
            yield 1, [current(name).strip() for name in next(lines, [])]
            for number, cells in enumerate(lines, start=2):
                if any(map(str.strip, cells)):
                    yield number, cells
        except csv.Error as error:
            raise SourceError(
                f"not a well-formed table: {error}",
                where=f"{path}, line {lines.line_num}",
                mend="a quotation mark opens or closes where none should",
            ) from error


def _fields(
    path: Path, header: list[str], columns: Mapping[str, str]
) -> dict[int, str]:
    """Return which column holds which field."""
    _check_columns(path, header, columns)
    usual = {
        name: fld
        for fld, names in HEADERS.items()
        for name in names
        if fld not in columns
    }
    named = usual | {name: fld for fld, name in columns.items()}
    fields: dict[int, str] = {}
    for position, name in enumerate(header):
        if name in named and named[name] not in fields.values():
            fields[position] = named[name]
    missing = [fld for fld in NEEDED if fld not in fields.values()]
    if not {"id", "index_number"} & set(fields.values()):
        missing.append("index_number")
    if missing:
        wanted = ", ".join(f"{fld} ({HEADERS[fld][0]})" for fld in missing)
        raise SourceError(
            f"no column for {wanted}; the header is: {', '.join(header) or 'empty'}",
            where=f"{path}, row 1",
            mend="name it in the columns table of the source",
        )
    return fields


def _check_columns(path: Path, header: list[str], columns: Mapping[str, str]) -> None:
    for fld, name in columns.items():
        if fld not in HEADERS:
            raise SourceError(f"no field is called {fld!r}", where=f"{path}: columns")
        if name not in header:
            raise SourceError(
                f"no column is called {name!r}; the header is: {', '.join(header)}",
                where=f"{path}: columns.{fld}",
            )


@dataclass
class _Table:
    """The header of a table, and the ids seen so far."""

    file: str
    header: list[str]
    fields: dict[int, str]
    seen: Seen = field(default_factory=Seen)

    def row(self, number: int, cells: list[str], mark: bytes) -> Row:
        """Read one row."""
        draft = Draft(file=self.file, line=number, seen=self.seen, mark=mark)
        if len(cells) != len(self.header):
            draft.refuse(
                "row.length",
                f"{len(cells)} cells under {len(self.header)} headers",
                mend="a comma or a line break may lack its quotation marks",
            )
            return draft.row()
        given, extra = self._read(draft, cells)
        draft.data = _record(given, extra)
        self._check(draft, given)
        return draft.row()

    def _read(
        self, draft: Draft, cells: list[str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        given: dict[str, Any] = {}
        extra: dict[str, str] = {}
        for position, cell in enumerate(cells):
            text = current(cell)
            name = self.header[position]
            if not text.strip():
                continue
            self._check_characters(draft, name, text)
            fld = self.fields.get(position)
            if fld is None:
                extra[_free(name, position, extra)] = text
            else:
                self._read_cell(draft, fld, name, text, given)
        return given, extra

    def _read_cell(
        self, draft: Draft, fld: str, name: str, text: str, given: dict[str, Any]
    ) -> None:
        reader = READERS.get(fld)
        try:
            given[fld] = reader(text) if reader else text
        except CellError as error:
            note = draft.refuse if fld in FATAL else draft.fault
            note(f"cell.{fld}", str(error), column=name, value=text, mend=error.mend)
            if error.instead is not None:
                given[fld] = error.instead

    def _check_characters(self, draft: Draft, name: str, text: str) -> None:
        offset = control_character(text)
        if offset is not None:
            draft.note(
                "text.control-character",
                f"character U+{ord(text[offset]):04X} at offset {offset} cannot travel",
                column=name,
                mend="delete it at the source",
            )

    def _check(self, draft: Draft, given: Mapping[str, Any]) -> None:
        named = {fld: self.header[position] for position, fld in self.fields.items()}
        number = given.get("index_number", "")
        column = named.get("index_number", "")
        index = IndexNumber.parse(number)
        if index.kind is IndexKind.BROKEN:
            mend = "issue a proper index number"
            message = "a program's None or null stands in the index number"
            draft.refuse(
                "cell.index_number", message, column=column, mend=mend, value=number
            )
        removed = active_content(given.get("body", ""))
        if removed:
            draft.note(
                "integrity.active-content",
                f"removed what acts in the page: {', '.join(removed)}",
                column=named.get("body", ""),
                mend="clean the page at its source, and ask how it came there",
            )


def _record(given: Mapping[str, Any], extra: dict[str, str]) -> dict[str, Any]:
    """Return plain data of a record, from the fields of its row."""
    own = set(_REVIEW) | set(_ITEM) | set(_STATUS) | {"relation"}
    record = {fld: value for fld, value in given.items() if fld not in own}
    record.setdefault("id", given.get("index_number", ""))
    if given.get("area") or given.get("level1"):
        record["item"] = {f: given.get(f, "") for f in _ITEM}
    if any(f in given for f in _REVIEW):
        review = {name: given[f] for f, name in _REVIEW.items() if f in given}
        record["review"] = {"verdict": "pending"} | review
    if given.get("state"):
        record["status"] = {name: given[f] for f, name in _STATUS.items() if f in given}
    if given.get("relation"):
        kind = RelationKind.of(Step(given.get("step", "release")))
        record["relation"] = {"kind": kind, "target": given["relation"]}
    if extra:
        record["extra"] = extra
    return record


def _free(name: str, position: int, taken: Mapping[str, str]) -> str:
    """Return a name for a column that has none, or one that another has."""
    name = name or f"第{position + 1}列"
    return name if name not in taken else f"{name} (第{position + 1}列)"
