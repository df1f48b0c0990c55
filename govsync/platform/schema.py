"""The platform's tables, in a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    update,
)

from govsync.store.stamp import Stamp

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from govsync.store.database import Migrations

VERSION = 3
"""Of these tables; grows with each change of them."""

metadata = MetaData()

# The revision taken last of each item: what an incoming one is compared with.
items = Table(
    "items",
    metadata,
    Column("city", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    # NULL once withdrawn: what was taken back is not kept.
    Column("record", JSON(none_as_null=True)),
    Column("public_url", Text, nullable=False, server_default=""),
    # Why a review rejected it: faults, by JSON pointer.
    Column("errors", JSON, nullable=False),
    # The receipt that told of this state.
    Column("seq", Integer, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("city", "id"),
)
Index("items_waiting", items.c.state, items.c.seq)

# What anybody may read. Apart from `items`, because while a revision waits for its
# review, or is rejected, the one before it stays online.
pages = Table(
    "pages",
    metadata,
    Column("city", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("rev", Integer, nullable=False),
    # NULL where it was taken down: the address then answers 410.
    Column("record", JSON(none_as_null=True)),
    Column("at", Stamp, nullable=False),
    # The record of this city that it interprets, answers or follows; empty: none.
    Column("relates", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("city", "id"),
)
Index("pages_newest", pages.c.at)
Index(
    "pages_related", pages.c.city, pages.c.relates, sqlite_where=pages.c.relates != ""
)

# Ordered and append-only. AUTOINCREMENT: a number is never given twice.
receipts = Table(
    "receipts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("city", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("at", Stamp, nullable=False),
    sqlite_autoincrement=True,
)
Index("receipts_of_city", receipts.c.city, receipts.c.seq)

# Kept for ten minutes: twice the window of a signature, for clocks that run ahead.
nonces = Table(
    "nonces",
    metadata,
    Column("city", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("key_id", "nonce"),
)
Index("nonces_by_time", nonces.c.at, nonces.c.city)

# Answers given to an Idempotency-Key, kept for a day.
answers = Table(
    "answers",
    metadata,
    Column("city", Text, nullable=False),
    Column("key", Text, nullable=False),
    # Over method, address, media type and body: another request is another digest.
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("city", "key"),
)
Index("answers_by_time", answers.c.at)

feedback = Table(
    "feedback",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("city", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("due", Stamp),
    Column("at", Stamp, nullable=False),
    Column("acknowledged_at", Stamp),
    sqlite_autoincrement=True,
)
Index("feedback_of_city", feedback.c.city, feedback.c.seq)

# What a city answered; once, and never changed.
replies = Table(
    "replies",
    metadata,
    Column("feedback", Integer, primary_key=True),
    Column("city", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Stamp, nullable=False),
)
Index("replies_of_city", replies.c.city, replies.c.feedback)

# The head of each city's audit log that was cosigned last.
witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("city", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Stamp, nullable=False),
)

# Heads that a log signed and that were not shown to follow from what was cosigned:
# `fork` is proof that the log was written anew, `unproved` is reason to ask.
disputed = Table(
    "disputed",
    metadata,
    Column("origin", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("origin", "size", "root"),
)


def _to_2(connection: Connection) -> None:
    """Witness the cities' audit logs."""
    witnessed.create(connection)
    disputed.create(connection)


def _to_3(connection: Connection) -> None:
    """Find what belongs to a record by an index, and take answers to feedback."""
    connection.exec_driver_sql(
        "ALTER TABLE pages ADD COLUMN relates TEXT DEFAULT '' NOT NULL"
    )
    target = pages.c.record["relation"]["target"].as_string()
    connection.execute(update(pages).where(target.is_not(None)).values(relates=target))
    for index in pages.indexes:
        if index.name == "pages_related":
            index.create(connection)
    replies.create(connection)


MIGRATIONS: Migrations = {2: _to_2, 3: _to_3}
"""By the version that each leads to."""
