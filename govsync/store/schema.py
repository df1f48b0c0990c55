"""The tables that every part of the store shares, and the audit log's.

Times are UTC text of fixed width. What the rows mean is told where they are used.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from govsync.store.stamp import Stamp

metadata = MetaData()

audit = Table(
    "audit",
    metadata,
    # From 0, without a gap: the index of the leaf in the tree.
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Stamp, nullable=False),
    Column("record", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # Canonical JSON; it may expire, the leaf stays.
    Column("body", LargeBinary),
    Column("leaf", LargeBinary, nullable=False),
)
Index("audit_record", audit.c.record)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    # The roots of the perfect subtrees, largest first, 32 bytes each.
    Column("frontier", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    # Told, not proved: the only part of the log that no signature covers.
    Column("at", Stamp, nullable=False),
)

# What each place outside the machine is known to hold.
anchor = Table(
    "anchor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("size", Integer, nullable=False, server_default="0"),
    # When it came to hold so much; NULL: it holds nothing.
    Column("at", Stamp),
    # The roots of the perfect subtrees of that size; empty where no proof needed them.
    Column("frontier", LargeBinary, nullable=False, server_default=text("x''")),
    # Where it lies there: a file, a message, a cosignature.
    Column("proof", Text, nullable=False, server_default=""),
    # held, failed, forked; empty: not tried yet.
    Column("state", Text, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("due_at", Stamp),
    Column("reason", Text, nullable=False, server_default=""),
)
