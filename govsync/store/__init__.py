"""One database: connection, transactions, tables. Knows tables, not meanings.

:mod:`~govsync.store.database` opens it, :mod:`~govsync.store.lock` keeps two runs
apart; the tables stand in :mod:`~govsync.store.schema` (the audit log's) and
:mod:`~govsync.store.ledger_tables`, and are given their meaning by those who use them.
"""

from govsync.store.database import Database, recall, remember, wal_is_safe
from govsync.store.lock import FileLock

__all__ = ["Database", "FileLock", "recall", "remember", "wal_is_safe"]
