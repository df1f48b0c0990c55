"""Records as last accepted, their revisions and their findings.

Statements only: each runs in the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import from_json
from sqlalchemy import delete, func, insert, select, update

from govsync.errors import UsageError
from govsync.model import Finding, Record, Severity, State, Status, Value
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


_AT_A_TIME = 1000
"""Revisions in memory, for those who read all of them."""
_TEXT = ("$.body", "$.summary", "$.keywords", "$.attachments")


class Known(Value):
    """What the ledger knows of a record, without its content."""

    id: str
    revision: int
    digest: str
    source: str
    source_digest: str
    title: str
    withdrawn_by: str = ""
    screened: str = ""
    mark: bytes = b""
    """Of the row that it was read from; empty where that is to be read again."""


def known(connection: Connection, ids: Sequence[str]) -> dict[str, Known]:
    """Return what is known of some records, by id."""
    rows = connection.execute(select(*_KNOWN).where(t.record.c.id.in_(ids))).mappings()
    return {row["id"]: Known.model_validate(dict(row)) for row in rows}


def unscreened(connection: Connection, fingerprint: str, *, limit: int) -> list[Known]:
    """Return records not yet screened under this fingerprint."""
    found: list[Known] = []
    screened = t.record.c.screened
    # Two ranges of an index, where "other than" would be a look at every row.
    for other in (screened < fingerprint, screened > fingerprint):
        query = select(*_KNOWN).where(other).order_by(screened, t.record.c.id)
        rows = connection.execute(query.limit(limit - len(found))).mappings()
        found += [Known.model_validate(dict(row)) for row in rows]
    return found


def load(connection: Connection, record_id: str, revision: int) -> Record | None:
    """Return one revision of a record, or None."""
    row = connection.execute(
        select(*_KEPT).where(
            t.revision.c.record == record_id, t.revision.c.revision == revision
        )
    ).first()
    return None if row is None else Record.kept(*row)


def load_all(connection: Connection, wanted: Mapping[str, int]) -> dict[str, Record]:
    """Return one revision of each of some records.

    Args:
        connection: The transaction.
        wanted: The revision, by the record's id.

    Raises:
        LookupError: A revision is not in the ledger.
    """
    columns = t.revision.c
    # The few revisions too many that this may find cost less than a question for each.
    query = select(columns.record, columns.revision, *_KEPT).where(
        columns.record.in_(wanted), columns.revision.in_(set(wanted.values()))
    )
    found = {
        name: Record.kept(content, digest)
        for name, revision, content, digest in connection.execute(query)
        if wanted[name] == revision
    }
    for name in wanted.keys() - found.keys():
        raise LookupError(f"revision {wanted[name]} of {name} is not in the ledger")
    return found


def current(connection: Connection, record_id: str) -> Record | None:
    """Return the newest revision of a record, or None."""
    row = connection.execute(
        select(*_KEPT)
        .join(
            t.record,
            (t.record.c.id == t.revision.c.record)
            & (t.record.c.revision == t.revision.c.revision),
        )
        .where(t.record.c.id == record_id)
    ).first()
    return None if row is None else Record.kept(*row)


def named(connection: Connection, record_id: str) -> Record:
    """Return the newest revision of a record that somebody named.

    Raises:
        UsageError: There is no such record.
    """
    record = current(connection, record_id)
    if record is None:
        raise UsageError(
            f"no record {record_id!r}", mend="`govsync status` lists what there is"
        )
    return record


def every_current(connection: Connection) -> Iterator[Record]:
    """Yield the newest revision of every record, in order of id."""
    rows = connection.execute(
        select(*_KEPT)
        .join(
            t.record,
            (t.record.c.id == t.revision.c.record)
            & (t.record.c.revision == t.revision.c.revision),
        )
        .order_by(t.record.c.id)
    )
    return (Record.kept(content, digest) for content, digest in rows)


def outlines_until(connection: Connection, end: datetime) -> Iterator[dict[str, Any]]:
    """Yield the revisions accepted before a moment, plain, without their text.

    In order of record and revision, so that the last of each is the newest then. Body,
    summary, keywords and attachments are left out: they are most of what is stored.
    """
    columns = t.revision.c
    query = (
        select(func.json_remove(columns.json, *_TEXT))
        .where(columns.at < end)
        .order_by(columns.record, columns.revision)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for texts in connection.execute(query).scalars().partitions():
        # One reading of many texts: of one alone most of the time is the call.
        yield from from_json(f"[{','.join(texts)}]")


def keep(
    connection: Connection,
    record: Record,
    *,
    source: str,
    source_digest: str,
    mark: bytes,
    withdrawn_by: str,
    now: datetime,
) -> None:
    """Store a new revision and make it the newest."""
    values = {
        "revision": record.revision,
        "digest": record.digest,
        "source": source,
        "source_digest": source_digest,
        "mark": mark,
        "title": record.title,
        "withdrawn_by": withdrawn_by,
        "accepted_at": now,
        "screened": "",
        "take_down": None,
    }
    changed = connection.execute(
        update(t.record).where(t.record.c.id == record.id).values(values)
    )
    if not changed.rowcount:
        connection.execute(insert(t.record).values(id=record.id, **values))
    connection.execute(
        insert(t.revision).values(
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            json=record.plain(),
            at=now,
        )
    )


def note_row(connection: Connection, record_id: str, source: str, mark: bytes) -> None:
    """Remember the row of a record, where it changes nothing of the record."""
    connection.execute(
        update(t.record)
        .where(t.record.c.id == record_id)
        .values(source=source, mark=mark)
    )


def marks(connection: Connection, source: str) -> list[bytes]:
    """Return the marks of the rows that records of a source were read from."""
    query = select(t.record.c.mark).where(
        t.record.c.source == source, t.record.c.mark != b""
    )
    return list(connection.execute(query).scalars())


def next_revision(record: Record, known: Known | None, *, now: datetime) -> Record:
    """Return the record as the ledger keeps it: numbered, dated, still withdrawn.

    A withdrawal by hand outlives what the source says: only ``--undo`` lifts it.
    """
    number = known.revision + 1 if known else 1
    return record.changed(revision=number, updated=now)


def taken_back(record: Record, *, reason: str, now: datetime) -> Record:
    """Return the record withdrawn for a reason."""
    return record.changed(status=Status(state=State.WITHDRAWN, reason=reason, at=now))


def set_findings(
    connection: Connection, record_id: str, findings: Iterable[Finding]
) -> None:
    """Replace what is found about a record."""
    connection.execute(delete(t.finding).where(t.finding.c.record == record_id))
    rows = [
        {
            "record": record_id,
            "position": position,
            "severity": finding.severity.value,
            "channel": finding.channel,
            "json": finding.model_dump(mode="json", exclude_defaults=True),
        }
        for position, finding in enumerate(findings)
    ]
    if rows:
        connection.execute(insert(t.finding), rows)


def findings(connection: Connection, *, record_id: str | None = None) -> list[Finding]:
    """Return the findings of one record, or of all, in order."""
    query = select(t.finding.c.json).order_by(t.finding.c.record, t.finding.c.position)
    if record_id is not None:
        query = query.where(t.finding.c.record == record_id)
    return [Finding.model_validate(content) for (content,) in connection.execute(query)]


def grave(connection: Connection) -> list[Finding]:
    """Return the findings that keep a whole record back, in order."""
    query = (
        select(t.finding.c.json)
        .where(
            t.finding.c.severity.in_([Severity.BLOCK.value, Severity.HOLD.value]),
            t.finding.c.channel == "",
        )
        .order_by(t.finding.c.record, t.finding.c.position)
    )
    return [Finding.model_validate(content) for (content,) in connection.execute(query)]


def severities(connection: Connection) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    query = select(t.tally.c.state, t.tally.c.number).where(
        t.tally.c.subject == "finding", t.tally.c.number > 0
    )
    return dict(map(tuple, connection.execute(query).all()))


def mark_screened(
    connection: Connection,
    record_id: str,
    fingerprint: str,
    *,
    take_down: datetime | None = None,
) -> None:
    """Remember under what a record was screened, and from when on it is to go."""
    connection.execute(
        update(t.record)
        .where(t.record.c.id == record_id)
        .values(screened=fingerprint, take_down=take_down)
    )


def to_take_down(connection: Connection, now: datetime) -> list[str]:
    """Return the records whose time to be taken down has come, in order of id."""
    query = select(t.record.c.id).where(t.record.c.take_down <= now)
    # Sorted here, for else the database would walk through all in that order.
    return sorted(connection.execute(query).scalars())


def count(connection: Connection) -> int:
    """Return how many records the ledger knows."""
    query = select(t.tally.c.number).where(t.tally.c.subject == "record")
    return connection.execute(query).scalar() or 0


_KEPT = (t.revision.c.json, t.revision.c.digest)
"""What :meth:`Record.kept` is given."""
_KNOWN = (
    t.record.c.id,
    t.record.c.revision,
    t.record.c.digest,
    t.record.c.source,
    t.record.c.source_digest,
    t.record.c.title,
    t.record.c.withdrawn_by,
    t.record.c.screened,
    t.record.c.mark,
)
