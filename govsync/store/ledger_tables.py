"""The ledger's tables: records as last accepted, and what each channel holds.

What the rows mean is told in :mod:`govsync.ledger`; here stands only their shape and
what a rule cannot show in code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    event,
    text,
)

from govsync.store import tallying
from govsync.store.schema import metadata  # one schema, two modules
from govsync.store.stamp import Stamp

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

VERSION = 3
"""The schema that this code reads and writes."""

record = Table(
    "record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("source", Text, nullable=False),
    # What the source said last, so that a withdrawal by hand outlives the next import.
    Column("source_digest", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False, server_default=""),
    Column("accepted_at", Stamp, nullable=False),
    # Of the row that it was read from, while that needs no reading again; else empty.
    Column("mark", LargeBinary, nullable=False, server_default=text("x''")),
    # Under which rules, catalog and channels it was screened; empty: not yet.
    Column("screened", Text, nullable=False, server_default=""),
    # From when on it is to be taken down; NULL: it is to stay.
    Column("take_down", Stamp),
)
Index(
    "record_take_down",
    record.c.take_down,
    sqlite_where=record.c.take_down.is_not(None),
)
Index("record_screened", record.c.screened, record.c.id)
Index("record_source", record.c.source, record.c.mark)

revision = Table(
    "revision",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("json", JSON, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("record", "revision"),
)

finding = Table(
    "finding",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("json", JSON, nullable=False),
    PrimaryKeyConstraint("record", "position"),
)
Index("finding_severity", finding.c.severity)

obligation = Table(
    "obligation",
    metadata,
    Column("channel", Text, nullable=False),
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    # What the channel should hold.
    Column("op", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Stamp, nullable=False),
    Column("priority", Integer, nullable=False),
    # When the law wants it public; among equals the nearest goes first.
    Column("deadline", Stamp),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("step", Text, nullable=False, server_default=""),
    # What keeps it from going: `rule` (screening lifts it), `channel`, or `order` (the
    # record that it waits for lifts it); else empty.
    Column("cause", Text, nullable=False, server_default=""),
    # What was sent, while nobody knows what became of it; from a crash on, the only
    # word on what may have happened.
    Column("sent_op", Text),
    Column("sent_revision", Integer),
    # What the channel is known to hold, and its proof.
    Column("held_op", Text),
    Column("held_revision", Integer),
    Column("held_digest", Text),
    Column("receipt", JSON),
    Column("pending", JSON),
    # The record that has to be live before this one goes; empty: none.
    Column("waits_for", Text, nullable=False, server_default=""),
    # When what is live was read back last; NULL: never.
    Column("verified_at", Stamp),
    # The lease; the fence grows with each, and every finishing update names it.
    Column("owner", Text, nullable=False, server_default=""),
    Column("until", Stamp),
    Column("fence", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("channel", "record"),
)
Index("obligation_open", obligation.c.channel, obligation.c.state, obligation.c.due_at)
Index("obligation_record", obligation.c.record)
Index(
    "obligation_leased",
    obligation.c.owner,
    sqlite_where=obligation.c.owner != "",
)
Index(
    "obligation_waiting",
    obligation.c.channel,
    obligation.c.waits_for,
    sqlite_where=obligation.c.waits_for != "",
)
Index(
    "obligation_verified",
    obligation.c.channel,
    obligation.c.state,
    obligation.c.verified_at,
)

# How many obligations of each channel are in each state: what every run and `status`
# ask, and what is too much to count each time.
tally = Table(
    "tally",
    metadata,
    # The table whose rows are counted: record, finding (its severity is the state) or
    # obligation.
    Column("subject", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("subject", "channel", "state"),
)

trail = Table(
    "trail",
    metadata,
    Column("channel", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("channel", "record", "op", "revision", "name"),
)

quota = Table(
    "quota",
    metadata,
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("window_start", Stamp, nullable=False),
    Column("used", Integer, nullable=False),
    PrimaryKeyConstraint("channel", "name", "window_start"),
)

channel = Table(
    "channel",
    metadata,
    Column("name", Text, primary_key=True),
    # closed: works; open: rests until `until`; stopped: waits for a person's `step`.
    Column("state", Text, nullable=False, server_default="closed"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("trips", Integer, nullable=False, server_default="0"),
    Column("until", Stamp),
    Column("reason", Text, nullable=False, server_default=""),
    Column("step", Text, nullable=False, server_default=""),
    Column("cursor", Text, nullable=False, server_default=""),
)

# Decisions (条例 art. 15) on one rule and one revision.
override = Table(
    "override",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Stamp, nullable=False),
    PrimaryKeyConstraint("record", "rule"),
)

# Files beside records as they were when they were screened; size -1: not there.
screened_file = Table(
    "screened_file",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # In nanoseconds.
    Column("mtime", BigInteger, nullable=False),
    # SHA-256 of its bytes; empty where they could not be read.
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("record", "path"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("channel", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("json", JSON, nullable=False),
    Column("at", Stamp, nullable=False),
    # Whether it is a matter by now.
    Column("opened", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("channel", "id"),
)
Index("feedback_unopened", feedback.c.at, sqlite_where=feedback.c.opened == 0)

# What the office does about each piece of feedback, by its query code (查询码).
matter = Table(
    "matter",
    metadata,
    Column("code", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("state", Text, nullable=False),
    # When its time begins to run.
    Column("begins", Stamp, nullable=False),
    Column("complex", Integer, nullable=False, server_default="0"),
    Column("taken_by", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    # Grows with each change of the answer: a review is of one draft.
    Column("draft", Integer, nullable=False, server_default="0"),
    Column("answered_by", Text, nullable=False, server_default=""),
    Column("reviewed_by", Text, nullable=False, server_default=""),
    Column("reviewed_at", Stamp),
    # How far an approved answer came: owed, sending, waiting, unsure, held, done.
    Column("delivery", Text, nullable=False, server_default=""),
    Column("try_at", Stamp),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Why it was closed or returned, or what its channel said last.
    Column("reason", Text, nullable=False, server_default=""),
    Column("step", Text, nullable=False, server_default=""),
    Column("receipt", JSON(none_as_null=True)),
    # When the answer was delivered, or the matter closed; set once.
    Column("ended_at", Stamp),
)
Index("matter_of", matter.c.channel, matter.c.id, unique=True)
Index("matter_state", matter.c.state, matter.c.channel)
Index("matter_ended", matter.c.channel, matter.c.ended_at)

# Which contents of a record were signed off (签发); of a record that never changed and
# that nobody signed off by hand, its one revision tells.
sign_off = Table(
    "sign_off",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("final", Text, nullable=False),
    Column("signed", Stamp, nullable=False),
    # Who entered it here; empty where the source says it.
    Column("by_hand", Text, nullable=False),
    PrimaryKeyConstraint("record", "content"),
)

# The earliest day of publication that a revision gave which was public, of records that
# changed since.
publication = Table(
    "publication",
    metadata,
    Column("record", Text, ForeignKey("record.id"), primary_key=True),
    Column("first", Stamp, nullable=False),
)

# What `govsync links` saw last behind each address in what stands live.
link = Table(
    "link",
    metadata,
    Column("record", Text, ForeignKey("record.id"), nullable=False),
    Column("address", Text, nullable=False),
    # Where it stands in the record, or the channel that gave it.
    Column("field", Text, nullable=False),
    # Empty: not looked at yet.
    Column("state", Text, nullable=False, server_default=""),
    # The HTTP status; NULL: there was no answer.
    Column("status", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Column("looked_at", Stamp),
    # When it was found in this state first.
    Column("since", Stamp),
    PrimaryKeyConstraint("record", "address"),
)
Index("link_address", link.c.address)


@event.listens_for(metadata, "after_create")
def _counted(_: MetaData, connection: Connection, **__: Any) -> None:
    tallying.count(connection)
