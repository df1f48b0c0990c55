"""A workspace: a folder with ``govsync.toml``, its ledger, its key, its lock."""

from __future__ import annotations

import os
import socket
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from govsync import audit
from govsync.agent import config as configuration
from govsync.agent.channels import Channel, open_channels
from govsync.errors import ConfigError
from govsync.ledger import Ledger
from govsync.store import database as store
from govsync.store import ledger_tables, schema
from govsync.store.lock import FileLock
from govsync.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from govsync.agent.config import Config
    from govsync.channels.contract import Clock


def now() -> datetime:
    """Return the present moment: the one place that asks the machine's clock."""
    return datetime.now(UTC)


class Workspace(AbstractContextManager["Workspace"]):
    """An open workspace; closing it gives everything back.

    Args:
        config: As read from its file.
        clock: Gives the present moment, aware.
        database: Instead of the configured one, for a rehearsal.
        actor: Who acts, for the audit log.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = now,
        database: store.Database | None = None,
        actor: str = "",
    ) -> None:
        self.config = config
        self.clock = clock
        self.actor = actor or _actor()
        self._stack = ExitStack()
        self._given = database

    @classmethod
    def at(cls, path: Path, *, clock: Clock = now) -> Self:
        """Open the workspace of a configuration file.

        Raises:
            ConfigError: The file cannot be used.
        """
        return cls(configuration.read(path), clock=clock)

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @cached_property
    def database(self) -> store.Database:
        """The ledger's database, made on first use."""
        if self._given is not None:
            return self._given
        database = store.Database.open(self.config.database)
        self._stack.callback(database.dispose)
        database.create_or_check(schema.metadata, ledger_tables.VERSION, MIGRATIONS)
        return database

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.database, actor=self.actor, clock=self.clock)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that are not paused."""
        channels = open_channels(self.config, clock=self.clock)
        for channel in channels:
            self._stack.callback(channel.close)
        return channels

    @cached_property
    def signing_key(self) -> audit.SigningKey:
        """The audit log's key.

        Raises:
            ConfigError: It is not there or not a key.
        """
        path = self.config.path(self.config.audit.key_file)
        if not path.exists():
            raise ConfigError(
                "the audit log's key is not there",
                where=str(path),
                mend="restore it from your backup, or make a new one: `govsync init`",
            )
        return audit.SigningKey.load(path)

    @cached_property
    def keys_beside(self) -> tuple[audit.SigningKey, ...]:
        """Further keys that sign every checkpoint: that of SM2, where there is one.

        Raises:
            ConfigError: A configured key is not there or not a key.
        """
        named = self.config.audit.sm2_key_file
        return (audit.SigningKey.load(self.config.path(named)),) if named else ()

    def lock(self) -> FileLock:
        """Return the lock that keeps two runs over one database apart."""
        return FileLock(self.config.lock)


def _actor() -> str:
    user = os.environ.get("USER") or os.environ.get("LOGNAME") or str(os.getuid())
    return f"{user}@{socket.gethostname()} pid {os.getpid()}"
