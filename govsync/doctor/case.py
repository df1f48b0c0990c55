"""What a check is given, and what it answers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsync.model import Value
from govsync.model.codes import Code
from govsync.store.read_only import open_read_only

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from govsync.agent.config import Config

BAD_CONFIG = 78
UNAVAILABLE = 75
PERSON = 1


class Status(Code):
    """How grave an answer is."""

    OK = "ok", "正常"
    WARN = "warn", "提醒"
    FAIL = "fail", "异常"


class Result(Value):
    """What one check found."""

    check: str
    status: Status
    detail: str
    mend: str = ""
    """What would put it right."""
    code: int = 0
    """The exit code that a failure stands for."""


Answer = Iterator[Result]
Check = Callable[["Case"], Iterable[Result]]


def ok(check: str, detail: str) -> Result:
    """Say that something is as it should be."""
    return Result(check=check, status=Status.OK, detail=detail)


def warn(check: str, detail: str, mend: str) -> Result:
    """Say that something will be wrong, or is and does no harm yet."""
    return Result(check=check, status=Status.WARN, detail=detail, mend=mend)


def fail(check: str, detail: str, mend: str, code: int = PERSON) -> Result:
    """Say that something is wrong."""
    return Result(check=check, status=Status.FAIL, detail=detail, mend=mend, code=code)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A workspace under examination: read, and never changed.

    Args:
        config: As read from ``file``.
        file: The configuration's file.
        clock: Gives the present moment, aware.
        environ: Where secrets may stand, and what else is asked for.
        resolve: Looks a name up, as :func:`socket.getaddrinfo`.
        proc: Where the kernel tells of locks and mounts.
    """

    config: Config
    file: Path
    clock: Callable[[], datetime]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    resolve: Callable[..., Iterable[tuple[Any, ...]]] = socket.getaddrinfo
    proc: Path = Path("/proc")

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return self.config.path(Path())

    @property
    def database(self) -> Path:
        """The ledger's file."""
        return self.config.database

    @property
    def lock(self) -> Path:
        """The file that a run locks."""
        return self.config.lock

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a reading transaction.

        Raises:
            StoreError: The database is locked or damaged.
            OSError: It cannot be read.
        """
        database = open_read_only(self.database)
        try:
            with database.read() as connection:
                yield connection
        finally:
            database.dispose()


def span_of(period: timedelta) -> str:
    """Return a time as people say it: ``3 d 4 h``, ``12 min``, ``40 s``."""
    seconds = int(abs(period.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    told = [f"{number} {unit}" for number, unit in named if number]
    return " ".join(told[:2]) or "0 s"
