"""A directory of files that changes as a whole: versions, and one link to switch.

::

    path/.lock            held while a version is made or read
    path/versions/7/…     whole, never changed once it is current
    path/versions/8/…
    path/current          a symbolic link to versions/8

A new version is made of hard links to the old one and of new files, made durable, and
only then the link is replaced by a rename (POSIX: atomic). So a reader never sees half
a change, and a crash or a power cut leaves the old version or the new one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from govsync.channels import Retry, Stop, Unsure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from govsync.channels import ChannelError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PASSING = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
)
"""Troubles that may pass by themselves; of the others a person must know."""
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


class Tree:
    """The versions below one path, which is made when the first version is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def current(self) -> Path | None:
        """The folder of the current version; None before the first."""
        link = self.path / "current"
        return self.path / link.readlink() if link.is_symlink() else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock that one writer at a time can hold, in all processes.

        Raises:
            Retry: A file operation in the block failed, as on a full disk.
            Stop: The path cannot be written to.
        """
        with _told(self.path):
            _make_folder(self.path)
            lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, _FILE_MODE)
            with _locked(lock, fcntl.LOCK_EX):
                yield

    @contextmanager
    def reading(self) -> Iterator[Path | None]:
        """Give the current version, which stays as long as the block runs.

        Raises:
            Stop: The path cannot be read.
        """
        with _told(self.path):
            try:
                lock = os.open(self.path / ".lock", os.O_RDONLY)
            except FileNotFoundError:
                lock = None
            if lock is None:
                yield None
                return
            with _locked(lock, fcntl.LOCK_SH):
                yield self.current

    def replace(self, changes: Mapping[str, bytes | None], *, at: datetime) -> None:
        """Make a version with some files changed, and make it current.

        What is equal already is left as it is, with its times; where everything is,
        no version is made. What fails changes nothing and leaves nothing behind. To be
        called inside :meth:`writing`, which says what a failure means.

        Args:
            changes: Contents by path below the version; None takes a file away.
            at: The time that changed files bear.

        Raises:
            OSError: A file operation failed before the switch.
            Unsure: The switch was made, and is perhaps not durable.
        """
        self._sweep()
        old = self.current
        needed = {
            name: content
            for name, content in changes.items()
            if content != _content(old, name)
        }
        if needed:
            self._switch(self._stage(old, needed, at))

    def _stage(
        self, old: Path | None, changes: Mapping[str, bytes | None], at: datetime
    ) -> Path:
        number = int(old.name) + 1 if old else 1
        staged = self.path / "versions" / str(number)
        try:
            _make_folder(staged.parent)
            _make_folder(staged)
            if old:
                _link_all(old, staged, except_for=changes)
            for name, content in changes.items():
                if content is not None:
                    _write(staged / name, content, at)
            _make_durable(staged, changes)
            _sync(staged.parent)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        return staged

    def _switch(self, staged: Path) -> None:
        link = self.path / ".current"
        try:
            link.symlink_to(Path("versions") / staged.name)
            link.replace(self.path / "current")
        except BaseException:
            if self.current != staged:
                link.unlink(missing_ok=True)
                shutil.rmtree(staged, ignore_errors=True)
            raise
        try:
            _sync(self.path)
        except OSError as error:
            message = f"{self.path}: {error.strerror} after the switch"
            raise Unsure(message) from error
        # The new version is live whatever becomes of the old ones; what cannot be
        # removed now is tried, and told, by the next one.
        with suppress(OSError):
            self._sweep()

    def _sweep(self) -> None:
        """Remove what a crash left behind, and old versions but the previous one."""
        (self.path / ".current").unlink(missing_ok=True)
        versions = self.path / "versions"
        if not versions.is_dir():
            return
        last = int(self.current.name) if self.current else 0
        kept = {str(last), str(last - 1)}
        for folder in versions.iterdir():
            if folder.name.isdecimal() and folder.name not in kept:
                shutil.rmtree(folder)


def trouble(error: OSError, path: Path) -> ChannelError:
    """Return what a failed file operation means for the channel."""
    place = error.filename or path
    message = f"{place}: {error.strerror or error}"
    if error.errno in _PASSING:
        return Retry(message)
    return Stop(
        message, step=f"let this user write to {path}, on a file system with links"
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise trouble(error, path) from error


@contextmanager
def _locked(lock: int, kind: int) -> Iterator[None]:
    """Hold a lock; the kernel gives it back when its holder dies."""
    try:
        fcntl.flock(lock, kind)
        yield
    finally:
        os.close(lock)


def _content(version: Path | None, name: str) -> bytes | None:
    if version is None:
        return None
    try:
        return (version / name).read_bytes()
    except FileNotFoundError:
        return None


def _link_all(old: Path, new: Path, *, except_for: Mapping[str, bytes | None]) -> None:
    for folder, _, files in os.walk(old):
        inner = Path(folder).relative_to(old)
        _make_folder(new / inner)
        prefix = "" if inner == Path() else f"{inner.as_posix()}/"
        for name in files:
            if prefix + name not in except_for:
                os.link(f"{old}/{prefix}{name}", f"{new}/{prefix}{name}")


def _write(path: Path, content: bytes, at: datetime) -> None:
    _make_folder(path.parent)
    # Exclusive: what is written is never the file of an older version.
    with path.open("xb") as file:
        file.write(content)
        os.fchmod(file.fileno(), _FILE_MODE)
    moment = (at - _EPOCH) // timedelta(microseconds=1) * 1000
    os.utime(path, ns=(moment, moment))


def _make_folder(path: Path) -> None:
    """Make a folder that a web server may read whatever this process's umask is."""
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(_FOLDER_MODE)


def _make_durable(version: Path, changes: Mapping[str, bytes | None]) -> None:
    # After all is written: the first call carries most of the others along.
    for name, content in changes.items():
        if content is not None:
            _sync(version / name)
    for folder, _, _ in os.walk(version):
        _sync(Path(folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
