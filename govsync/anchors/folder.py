"""A folder that checkpoints are dropped into: one file a head, named by its size.

Best a mount of another machine that lets this one add and not change. A file appears
whole or not at all, and is never written over: one that is there and says something
else is the alarm that this anchor is for.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from govsync.anchors.contract import Anchor, AnchorError, ForkError, Kept
from govsync.audit.note import checkpoint_of
from govsync.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govsync.anchors.contract import Head
    from govsync.anchors.settings import FolderSettings

_NAME = re.compile(r"checkpoint-(\d{12,19})\.txt")
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK}
"""What a file system says that gives no file a second name."""


class Folder(Anchor):
    """A folder.

    Args:
        settings: Of the anchor.
        path: Where it is; the folder itself is never made, for an empty place to mount
            at would be taken for it.
        link: Gives a file a second name, as :func:`os.link`.
    """

    def __init__(
        self,
        settings: FolderSettings,
        path: Path,
        link: Callable[[str, Path], None] = os.link,
    ) -> None:
        self._name = settings.name
        self._path = path
        self._link = link

    def keep(self, head: Head) -> Kept:
        """Drop a head, unless it is there.

        Raises:
            AnchorError: The folder cannot be used.
            ForkError: It holds another head of this size, or one of more entries.
        """
        path = self._path / f"checkpoint-{head.signed.size:012d}.txt"
        with self._reached():
            self._refuse_larger(head)
            if not path.exists():
                self._write(path, head.note.encode())
            self._compare(path, head)
        return Kept(proof=str(path))

    def check(self) -> str:
        """Say how many heads are there.

        Raises:
            AnchorError: The folder is not there or takes no files.
        """
        with self._reached():
            number = len(self._sizes())
            if not os.access(self._path, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return f"{number} checkpoints in {self._path}"

    def copies(self) -> list[str]:
        """Return every checkpoint that is there, smallest first.

        Raises:
            AnchorError: The folder cannot be read.
        """
        with self._reached():
            return [
                path.read_text(encoding="utf-8", errors="replace")
                for _, path in sorted(self._sizes().items())
            ]

    def _sizes(self) -> dict[int, Path]:
        named = ((_NAME.fullmatch(path.name), path) for path in self._path.iterdir())
        return {int(match[1]): path for match, path in named if match}

    def _refuse_larger(self, head: Head) -> None:
        largest = max(self._sizes(), default=0)
        if largest > head.signed.size:
            raise ForkError(
                f"it holds a checkpoint of {largest} entries, this log signed"
                f" {head.signed.size}",
                where=self._name,
                mend="the log was cut or set back: restore it from a backup",
            )

    def _compare(self, path: Path, head: Head) -> None:
        try:
            found = checkpoint_of(path.read_text("utf-8"))
        except (AuditError, UnicodeDecodeError) as error:
            raise AnchorError(
                "this file is no whole checkpoint",
                where=str(path),
                mend="look at it, then take it away; it was left as it is",
            ) from error
        if found.origin != head.signed.origin:
            raise AnchorError(
                f"a checkpoint of another log: {found.origin}",
                where=str(path),
                mend="give each log a folder of its own",
            )
        if found != head.signed:
            raise ForkError(
                f"another checkpoint of {found.size} entries is there",
                where=str(path),
                mend="keep both, and ask who changed the log; nothing was overwritten",
            )

    def _write(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._path, prefix=f".{path.name}.")
        try:
            _fill(handle, content)
            self._link(name, path)
        except FileExistsError:
            return  # somebody was quicker; what it says is compared next
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _fill(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), content)
        finally:
            Path(name).unlink()
        _settle(self._path)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AnchorError(
                f"the folder cannot be used: {error.strerror}",
                where=str(self._path),
                mend="mount it, or let this user write there",
            ) from error


def _fill(handle: int, content: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(handle, 0o444)
        os.fsync(handle)


def _settle(folder: Path) -> None:
    """Make a new name in a folder outlast a crash."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
