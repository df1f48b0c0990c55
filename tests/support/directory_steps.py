"""Run city.directory step by step, and end it at each: killed, or with a full disk.

A program of its own: it forks, which only a process of one thread may. Prints a line of
JSON for each step. A step is a call that changes the file system below the folder,
known by Python's audit events.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.directory import Folder, directory, release

from govsync.channels import Receipt, Retry
from govsync.channels.testing import MemoryTrail, sample
from govsync.channels.testing_world import edited, taken_back

if TYPE_CHECKING:
    from govsync.model import Record

CHANGES = frozenset(
    "os.mkdir os.link os.rename os.symlink os.remove os.rmdir os.utime os.chmod".split()
)
BEFORE = [sample(1), sample(2), sample(3, item=None)]
BATCH = [edited(BEFORE[0]), taken_back(BEFORE[2]), sample(4)]
MODES = ("kill", "full")
"""How a step is ended: the machine stops there, or its disk is full."""
DONE, REFUSED, SUCCEEDED = 0, 3, 4
"""How a step ends: never reached; refused with Retry; failed, and yet all was done."""


def main(mode: str, below: Path) -> None:
    """Take every step of a batch in turn as the last one."""
    base, after = Folder(below / "base"), Folder(below / "after")
    for batch in (BEFORE[:1], BEFORE[1:]):
        publish(base.path, batch)
    shutil.copytree(base.path, after.path, symlinks=True)
    publish(after.path, BATCH)
    for step in range(1, 10_000):
        folder = Folder(below / str(step))
        shutil.copytree(base.path, folder.path, symlinks=True)
        ended = end_at(step, mode, folder.path)
        if ended == DONE:
            return
        line = {"ended": ended, **seen(folder, base, after)}
        publish(folder.path, BATCH)
        line["mended"] = seen(folder, base, after)
        sys.stdout.write(f"{json.dumps(line)}\n")
        shutil.rmtree(folder.path)


def publish(path: Path, records: list[Record]) -> None:
    """Publish a batch below a path, with an adapter of its own."""
    work = [(release(record), MemoryTrail()) for record in records]
    for outcome in directory(path).publish_many(work):
        assert isinstance(outcome, Receipt), outcome


def end_at(step: int, mode: str, path: Path) -> int:
    """Publish the batch in a child that ends at a step; return how it did."""
    child = os.fork()
    if child == 0:
        os._exit(_child(step, mode, path))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def seen(folder: Folder, base: Folder, after: Folder) -> dict[str, Any]:
    """Return what a reader sees, and what lies beside it."""
    files = folder.files()
    return {
        "before": files == base.files(),
        "after": files == after.files(),
        "versions": sorted(path.name for path in (folder.path / "versions").iterdir()),
        "beside": sorted(path.name for path in folder.path.iterdir()),
    }


def _child(step: int, mode: str, path: Path) -> int:
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        written = event == "open" and arguments[2] & os.O_CREAT
        if event not in CHANGES and not written:
            return
        count += 1
        if count == step and mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if count == step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    sys.addaudithook(hook)
    try:
        publish(path, BATCH)
    except Retry:
        return REFUSED
    return SUCCEEDED if count >= step else DONE


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
