"""Entries that were rendered before: a page with one changed record costs one.

A rendered entry depends on the format and the record alone: on what the record's
digest covers, and on the revision and the moment that the ledger adds.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from govsync.errors import FormatError
from govsync.formats import FORMATS
from govsync.formats.document import Rendered, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from govsync.model import Record

    Key = tuple[str, str, int, datetime | None]
    """Format, digest, revision, and when the ledger saw that first."""

_ROOM = 64 * 1024 * 1024


class Renderings:
    """Entries in memory, the latest to be rendered; safe between threads.

    Args:
        room: How many bytes of entries are kept.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._entries: dict[Key, Rendered] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def through(
        self, form: str, records: Iterable[Record]
    ) -> Iterator[Record | Rendered]:
        """Yield each record as it was rendered before, or is now.

        What comes out is what the format's ``write`` takes. A record that cannot be
        carried is passed on as it is, so that writing it tells why.

        Args:
            form: The name of a format whose entries stand for themselves: any that
                has a ``LAYOUT``.
            records: In the order of the entries.
        """
        layout = FORMATS[form].LAYOUT
        entries = self._entries
        for record in records:
            key = (form, record.digest, record.revision, record.updated)
            entry = entries.get(key)
            if entry is None:
                try:
                    entry = render(layout, record)
                except FormatError:
                    yield record
                    continue
                self._keep(key, entry)
            yield entry

    def _keep(self, key: Key, entry: Rendered) -> None:
        with self._lock:
            self._entries[key] = entry
            self._room -= len(entry.content)
            while self._room < 0:
                oldest = next(iter(self._entries))
                self._room += len(self._entries.pop(oldest).content)
