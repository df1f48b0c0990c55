"""Checks of files: who may read them, what they lie on, and the room that is left."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from govsync.channels import registry
from govsync.doctor.case import BAD_CONFIG, UNAVAILABLE, fail, ok, warn
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.agent.config import ChannelSettings
    from govsync.doctor.case import Answer, Case, Result

NETWORKED = frozenset(
    "9p afs beegfs ceph cifs coda davfs fuse.glusterfs fuse.sshfs fuse.s3fs fuse.davfs"
    " fuse.rclone glusterfs gpfs lustre ncpfs nfs nfs4 prl_fs smb2 smb3 smbfs vboxsf"
    " virtiofs".split()
)
"""File systems of other machines, by their name in mountinfo; locks fail there."""

MIB = 1024 * 1024
LEAST_FREE, ENOUGH_FREE = 64 * MIB, 256 * MIB
LEAST_INODES, ENOUGH_INODES = 100, 10_000


def permissions(case: Case) -> Answer:
    """Can others read secrets, or put something else in their place."""
    secrets = [path for path in _secret_files(case) if path.exists()]
    found = [one for path in secrets for one in _of_secret(path)]
    found += _of_database(case.database) if case.database.exists() else []
    yield from found
    if not found:
        yield ok(
            "permissions", f"{len(secrets)} keys and secrets are this user's alone"
        )


def _secret_files(case: Case) -> Iterator[Path]:
    yield case.config.path(case.config.audit.key_file)
    for channel in case.config.channels.values():
        yield from (case.config.path(path) for path in _secrets_of(channel))
    heartbeat = case.config.heartbeat
    if heartbeat and heartbeat.url_file:
        yield case.config.path(heartbeat.url_file)
    if heartbeat and heartbeat.url:
        yield case.file


def _secrets_of(channel: ChannelSettings) -> Iterator[Path]:
    try:
        settings = registry.load(channel.adapter).facts.settings
    except ConfigError:
        return  # the channel's own check says it
    for setting in settings:
        file = channel.settings.get(f"{setting.name}_file") if setting.secret else None
        if file is not None:
            yield Path(str(file))


def _of_secret(path: Path) -> Iterator[Result]:
    mode = path.stat().st_mode
    mend = f"chmod 600 {path}; if others may have read it, renew it"
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        detail = f"{path} holds a secret, and everybody can read or change it"
        yield fail("permissions", detail, mend, BAD_CONFIG)
    elif mode & (stat.S_IRGRP | stat.S_IWGRP):
        yield warn(
            "permissions", f"{path} holds a secret, and its group reads it", mend
        )
    folder = path.parent.stat().st_mode
    if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
        detail = f"everybody can put another file in the place of {path}"
        yield fail("permissions", detail, f"chmod o-w {path.parent}", BAD_CONFIG)


def _of_database(path: Path) -> Iterator[Result]:
    mode = path.stat().st_mode
    mend = f"chmod 600 {path}"
    if mode & (stat.S_IWOTH | stat.S_IWGRP):
        detail = f"others than its owner can change {path}"
        yield fail("permissions", detail, mend)
    elif mode & (stat.S_IROTH | stat.S_IRGRP):
        detail = f"others can read {path}, and records before their review"
        yield warn("permissions", detail, mend)
    if not os.access(path, os.W_OK):
        detail = f"this user cannot write {path}"
        yield warn("permissions", detail, "run doctor as the user who runs govsync")


def file_system(case: Case) -> Answer:
    """Do workspace and database lie on this machine's own disk."""
    mounts = (case.proc / "self" / "mountinfo").read_text(encoding="utf-8")
    for name, path in (("workspace", case.folder), ("database", case.database)):
        kind = kind_of(mounts, path)
        mend = f"move the {name} to a local disk: locks do not hold across a network"
        if kind in NETWORKED:
            detail = f"the {name} lies on {kind}"
            yield fail("file system", detail, mend, BAD_CONFIG)
        elif kind.startswith("fuse"):
            detail = f"the {name} lies on {kind}, which may be another machine's"
            yield warn("file system", detail, mend)
        else:
            yield ok("file system", f"the {name} lies on {kind or 'an unknown one'}")


def kind_of(mountinfo: str, path: Path) -> str:
    """Return the kind of file system that a path lies on; empty where none is told.

    Args:
        mountinfo: As ``/proc/self/mountinfo`` (proc(5)).
        path: It need not be there.
    """
    whole = path.resolve()
    best, kind = "", ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        point = _unescaped(before.split()[4])
        # The last of equals lies above the others.
        if whole.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return kind


def _unescaped(point: str) -> str:
    for escape, meant in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n")):
        point = point.replace(escape, meant)
    return point.replace("\\134", "\\")


def room(case: Case) -> Answer:
    """Is there room for a run: bytes and inodes, against the database's size."""
    disk = os.statvfs(case.database.parent)
    size = case.database.stat().st_size if case.database.exists() else 0
    yield from judged_room(
        free=disk.f_bavail * disk.f_frsize,
        size=size,
        # 0 in all: the file system makes them as they are needed.
        inodes=disk.f_favail if disk.f_files else None,
    )


def judged_room(*, free: int, size: int, inodes: int | None) -> Answer:
    """Judge free bytes and inodes (None: unlimited) beside a database of a size."""
    told = f"{free // MIB} MiB are free, the database has {size // MIB}"
    mend = "make room on the disk before the next run"
    if free < LEAST_FREE:
        yield fail("room", told, mend, UNAVAILABLE)
    elif free < max(ENOUGH_FREE, size):
        yield warn("room", told, mend)
    else:
        yield ok("room", told)
    if inodes is not None and inodes < ENOUGH_INODES:
        detail = f"{inodes} more files can be made on the disk"
        mend = "remove files, or make the file system anew with more inodes"
        if inodes < LEAST_INODES:
            yield fail("room", detail, mend, UNAVAILABLE)
        else:
            yield warn("room", detail, mend)
