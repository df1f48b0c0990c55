"""JSON Lines of our own model: the lossless interchange form, one record a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from govsync.model.html import active_content
from govsync.sources.building import Draft, Seen
from govsync.sources.marks import Marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from govsync.sources.marks import Known
    from govsync.sources.problem import Row


def read_json_lines(
    path: Path,
    *,
    kind: str,
    encoding: str | None,
    columns: Mapping[str, str] | None,
    known: Known,
) -> Iterator[Row]:
    """Yield the records of a file of JSON Lines; a bad line never stops the others.

    It is UTF-8 by definition (jsonlines.org) and has no columns: two of the arguments
    are there so that every kind of source is called alike.
    """
    del encoding, columns
    seen = Seen()
    marker = Marker((kind,))
    for number, line in _lines(path):
        mark = marker.line(line)
        if not known(mark):
            draft = Draft(file=path.name, line=number, seen=seen, mark=mark)
            yield _row(draft, line)


def marks_of_json_lines(
    path: Path,
    *,
    kind: str,
    encoding: str | None,
    columns: Mapping[str, str] | None,
) -> Iterator[bytes]:
    """Yield the marks of the lines, without reading them."""
    del encoding, columns
    marker = Marker((kind,))
    return (marker.line(line) for _, line in _lines(path))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def _row(draft: Draft, line: bytes) -> Row:
    try:
        content = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start}"
        draft.refuse("row.encoding", message, mend="save the file as UTF-8")
        return draft.row()
    except (json.JSONDecodeError, RecursionError) as error:
        message = f"not JSON: {error}"
        draft.refuse("row.json", message, mend="one JSON object a line")
        return draft.row()
    if not isinstance(content, dict):
        draft.refuse("row.json", "not an object", mend="one JSON object a line")
        return draft.row()
    draft.data = content
    body = content.get("body", "")
    removed = active_content(body) if isinstance(body, str) else ()
    if removed:
        draft.note(
            "integrity.active-content",
            f"removed what acts in the page: {', '.join(removed)}",
            column="body",
            mend="clean the page at its source, and ask how it came there",
        )
    return draft.row()
