"""Screen the files beside records: each once, and again only when its bytes change."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from govsync import attachments
from govsync.ledger import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.attachments import Folder
    from govsync.ledger import Ledger
    from govsync.ledger.files import Seen
    from govsync.model import Catalogs, Finding, Record


def look_again(ledger: Ledger) -> int:
    """Have records screened again whose files changed; return how many.

    A file of the same size and time is taken for the same; one that was only written
    again, with the same bytes, too.
    """
    with ledger.database.read() as connection:
        known = files.seen(connection)
    touched, changed = [], set()
    for before in known:
        path = Path(before.path)
        if _facts(path) == (before.size, before.mtime):
            continue
        now = _seen(before.record, path)
        if now.sha256 and now.sha256 == before.sha256:
            touched.append(now)
        else:
            changed.add(before.record)
    if touched or changed:
        with ledger.database.write() as connection:
            files.touched(connection, touched)
            files.changed(ledger, connection, sorted(changed))
    return len(changed)


def screened(
    batch: Sequence[Record], folder: Folder, ledger: Ledger, catalogs: Catalogs
) -> dict[str, tuple[Finding, ...]]:
    """Screen the files of some records; return what was found, by record.

    They are remembered as they were before: what changes meanwhile is seen next time.
    """
    with_files = [r for r in batch if r.attachments and not r.withdrawn]
    now = [
        _seen(record.id, path)
        for record in with_files
        for path in dict.fromkeys(map(folder.path, _addresses(record)))
        if path is not None
    ]
    with ledger.database.write() as connection:
        files.remember(connection, [record.id for record in batch], now)
    return {
        record.id: tuple(
            attachments.findings(
                record,
                folder,
                catalogs.find(record.item, record.day) if record.item else None,
            )
        )
        for record in with_files
    }


def _addresses(record: Record) -> list[str]:
    return [one.href for one in record.attachments]


def _seen(record: str, path: Path) -> Seen:
    size, mtime = _facts(path)
    digest = _digest(path) if 0 <= size <= attachments.MOST_BYTES else ""
    return files.Seen(
        record=record, path=str(path), size=size, mtime=mtime, sha256=digest
    )


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:  # a file that is not there may come
        return -1, -1
    return facts.st_size, facts.st_mtime_ns


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:  # reading it for screening says why
        return ""
