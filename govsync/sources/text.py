"""Text as it comes in: its encoding found, characters that XML cannot hold."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from govsync.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATES = ("utf-8-sig", "gb18030")
"""Tried in this order where no byte order mark tells: UTF-8 fails where it is wrong."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1 << 20

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def control_character(text: str) -> int | None:
    """Return the offset of the first character that XML 1.0 cannot carry, or None."""
    found = _NOT_XML.search(text)
    return found.start() if found else None


def encoding_of(path: Path, given: str | None) -> str:
    """Return the encoding of a file: as given, by its mark, or the first that fits.

    Raises:
        SourceError: The given one is unknown or does not fit, or none does; names the
            offset of the first byte that does not decode.
    """
    if given is not None:
        return _tried(path, (_known(path, given),))
    with path.open("rb") as file:
        start = file.read(3)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return _tried(path, (encoding,))
    return _tried(path, CANDIDATES)


def _known(path: Path, encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError(
            f"no encoding is called {encoding!r}",
            where=str(path),
            mend="utf-8 or gb18030",
        ) from error


def _tried(path: Path, candidates: tuple[str, ...]) -> str:
    faults = []
    for encoding in candidates:
        offset = _first_fault(path, encoding)
        if offset is None:
            return encoding
        faults.append(f"not {encoding} at byte {offset}")
    raise SourceError(
        "; ".join(faults),
        where=str(path),
        mend="save the file as UTF-8, or name its encoding",
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    """Decode a file piece by piece; return the offset of the first bad byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            kept = decoder.getstate()[0]
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return offset - len(kept) + error.start
            if not piece:
                return None
            offset += len(piece)
