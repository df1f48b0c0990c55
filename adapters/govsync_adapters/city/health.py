"""Whether a folder can hold a versioned tree; leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from govsync.channels import Health

LEAST_FREE = 64 * 1024 * 1024
"""Bytes below which a disk is called nearly full."""


def look(path: Path) -> Health:
    """Try in the folder, or where it would be made, what a new version needs."""
    place = next(one for one in (path, *path.absolute().parents) if one.exists())
    try:
        _try_links(place)
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Health(
            ok=False,
            detail=f"{error.filename or place}: {error.strerror or error}",
            mend=f"let this user write to {place}, on a file system with links",
        )
    if free < LEAST_FREE:
        detail = f"{free // 1024 // 1024} MiB are free on the disk of {place}"
        return Health(ok=False, detail=detail, mend="make room on the disk")
    current = path / "current"
    if current.exists() and not current.is_symlink():
        mend = f"move {current} away; the adapter makes it a link"
        return Health(ok=False, detail=f"{current} is no symbolic link", mend=mend)
    return Health(ok=True, detail=f"{free // 1024 // 1024} MiB free")


def _try_links(place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".govsync-", dir=place) as name:
        folder = Path(name)
        file = folder / "file"
        file.write_bytes(b"")
        os.link(file, folder / "hard")
        (folder / "link").symlink_to("file")
        (folder / "link").replace(folder / "hard")
