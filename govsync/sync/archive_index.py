"""The index beside an archive: what the publisher must know without reading a page.

For every id the newest change and the sealed pages that hold its content, as one row
of a JSON document. It holds no title and no text, so it may lie on the web with the
rest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from govsync.model import canonical_json
from govsync.sync.archive_errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "archive/index.json"
_VERSION = 1
MEND = (
    "restore feed.atom and archive/ together, or publish all records at a new address"
)


class Standing(NamedTuple):
    """The newest change of an id."""

    sequence: int
    """The number of the change, from 1; no two have the same."""
    revision: int
    digest: str
    at: datetime
    """Its ``updated``, or the ``when`` of its tombstone."""
    gone: bool
    """Whether it is a tombstone."""
    pages: tuple[int, ...]
    """The sealed pages, by number, that hold content of this id."""

    def is_of(self, revision: int, digest: str) -> bool:
        """Whether this is what a record of the id says already."""
        return self.revision == revision and self.digest == digest


@dataclass(kw_only=True, slots=True)
class Index:
    """What is published now; filled while changes are published."""

    pages: int = 0
    """How many pages are sealed."""
    sealed: int = 0
    """The number of the last change that they hold."""
    sequence: int = 0
    """The number of the last change of all."""
    updated: datetime | None = None
    """The latest moment of all changes; None before the first."""
    rows: dict[str, list[Any]] = field(default_factory=dict)
    """The fields of a :class:`Standing`, in order, by id."""

    def standing(self, record_id: str) -> Standing | None:
        """The newest change of an id; None where it was never published."""
        row = self.rows.get(record_id)
        if row is None:
            return None
        sequence, revision, digest, at, gone, pages = row
        moment = datetime.fromisoformat(at)
        return Standing(sequence, revision, digest, moment, bool(gone), tuple(pages))

    def put(self, record_id: str, now: Standing) -> None:
        """Replace the newest change of an id."""
        at = now.at.isoformat()
        self.rows[record_id] = [*now[:3], at, int(now.gone), [*now.pages]]

    def unsealed(self) -> Iterator[str]:
        """The ids of which the newest change is in no sealed page, oldest first."""
        found = ((row[0], name) for name, row in self.rows.items())
        return (name for place, name in sorted(found) if place > self.sealed)


def load(content: bytes | None) -> Index:
    """Read an index; that of an empty archive where there is none.

    Raises:
        ArchiveError: It is no index, or that of a version we do not know.
    """
    if content is None:
        return Index()
    try:
        found = json.loads(content)
        version = found.pop("version")
        if version != _VERSION:
            raise ArchiveError(f"version {version!r} is unknown", where=PATH, mend=MEND)
        updated = datetime.fromisoformat(found.pop("updated"))
        return Index(updated=updated, **found)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArchiveError("no index of an archive", where=PATH, mend=MEND) from error


def dump(index: Index) -> bytes:
    """Return the bytes of an index that holds a change."""
    return canonical_json(
        {
            "version": _VERSION,
            "pages": index.pages,
            "sealed": index.sealed,
            "sequence": index.sequence,
            "updated": index.updated.isoformat() if index.updated else None,
            "rows": index.rows,
        }
    )
