"""The audit log: append, checkpoint, verify, export.

Every entry is written in the transaction of the change that it tells of. Its leaf is
SHA-256 of 0x00 and its canonical JSON; the leaves make one tree (RFC 6962), whose
signed head shows any edit, removal, insertion or change of order before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import func, insert, select, update

from govsync.audit.merkle import Frontier, leaf_hash
from govsync.audit.note import Checkpoint, open_checkpoint
from govsync.errors import AuditError
from govsync.model import Moment, Value, canonical_json
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from govsync.audit.note import SigningKey, VerifierKey

_SHAPE = "%Y-%m-%dT%H:%M:%S.%fZ"


class Entry(Value):
    """What happened. Holds names, digests and reasons; never a record's content."""

    at: Moment
    actor: str
    """Who acted: an operator, or a run's user and host."""
    action: str
    """Such as ``record.accepted`` or ``delivery.live``."""
    record: str = ""
    channel: str = ""
    revision: int | None = None
    digest: str = ""
    outcome: str = ""
    reason: str = ""
    detail: Mapping[str, str] = {}

    def body(self, seq: int) -> bytes:
        """Return the canonical JSON that the leaf is made of."""
        told = self.model_dump(mode="json", exclude_defaults=True)
        return canonical_json({**told, "at": _utc(self.at), "seq": seq})


class Verified(Value):
    """What a verification found to hold."""

    size: int
    root: bytes
    checkpoints: int
    """How many signed heads were held against the entries."""


def append(connection: Connection, entries: Sequence[Entry]) -> int:
    """Write entries in the caller's transaction; return how many there are then."""
    frontier = head(connection)
    if not entries:
        return frontier.size
    rows = []
    for entry in entries:
        body = entry.body(frontier.size)
        leaf = leaf_hash(body)
        rows.append(
            {
                "seq": frontier.size,
                "at": entry.at,
                "record": entry.record,
                "channel": entry.channel,
                "body": body,
                "leaf": leaf,
            }
        )
        frontier = frontier.append(leaf)
    connection.execute(insert(t.audit), rows)
    _set_head(connection, frontier)
    return frontier.size


def head(connection: Connection) -> Frontier:
    """Return the frontier of the whole log."""
    row = connection.execute(
        select(t.audit_head.c.size, t.audit_head.c.frontier)
    ).first()
    if row is None:
        return Frontier()
    size, packed = row
    hashes = tuple(packed[i : i + 32] for i in range(0, len(packed), 32))
    return Frontier(size=size, hashes=hashes)


def _set_head(connection: Connection, frontier: Frontier) -> None:
    values = {"size": frontier.size, "frontier": b"".join(frontier.hashes)}
    changed = connection.execute(update(t.audit_head).values(values))
    if not changed.rowcount:
        connection.execute(insert(t.audit_head).values(id=1, **values))


def checkpoint(
    connection: Connection, key: SigningKey, origin: str, at: datetime
) -> str | None:
    """Sign the head and store it; None where nothing was added since the last."""
    frontier = head(connection)
    last = connection.execute(select(func.max(t.checkpoint.c.size))).scalar()
    if frontier.size == (last or 0):
        return None
    signed = Checkpoint(origin=origin, size=frontier.size, root=frontier.root())
    note = key.sign(signed.text())
    connection.execute(
        insert(t.checkpoint).values(
            size=signed.size, root=signed.root, text=note, at=at
        )
    )
    return note


def verify(
    connection: Connection, keys: Sequence[VerifierKey], kept: Sequence[str] = ()
) -> Verified:
    """Recompute the whole log and hold it against every checkpoint.

    Args:
        connection: A reading transaction.
        keys: Whose signatures count.
        kept: Signed checkpoints kept elsewhere: only they show a cut tail.

    Raises:
        AuditError: Names the first entry, or the checkpoint, that does not hold.
    """
    stored = connection.execute(select(t.checkpoint.c.text)).scalars()
    heads = [open_checkpoint(note, keys) for note in {*stored, *kept}]
    heads.sort(key=lambda one: one.size)
    waiting = list(reversed(heads))
    frontier = Frontier()
    sound = 0
    for seq, body, leaf in _rows(connection):
        _check_entry(frontier.size, seq, body, leaf)
        frontier = frontier.append(leaf)
        while waiting and waiting[-1].size == frontier.size:
            sound = _check_root(waiting.pop(), frontier, sound)
    _check_tail(connection, frontier, waiting)
    return Verified(size=frontier.size, root=frontier.root(), checkpoints=len(heads))


def _rows(connection: Connection) -> Iterator[Any]:
    query = select(t.audit.c.seq, t.audit.c.body, t.audit.c.leaf).order_by(
        t.audit.c.seq
    )
    return iter(connection.execute(query.execution_options(yield_per=5000)))


def _check_entry(expected: int, seq: int, body: bytes | None, leaf: bytes) -> None:
    where = f"entry {expected}"
    if seq != expected:
        raise AuditError(f"missing: the next entry is {seq}", where=where)
    if body is None:
        return
    if leaf_hash(body) != leaf:
        raise AuditError("its text was changed after it was written", where=where)
    if json.loads(body).get("seq") != seq:
        raise AuditError("it was written as another entry", where=where)


def _check_root(head: Checkpoint, frontier: Frontier, sound: int) -> int:
    if head.root != frontier.root():
        raise AuditError(
            f"rewritten: the checkpoint at {head.size} has another root",
            where=f"entries {sound} to {head.size - 1}",
        )
    return head.size


def _check_tail(
    connection: Connection, frontier: Frontier, waiting: Sequence[Checkpoint]
) -> None:
    if waiting:
        raise AuditError(
            f"cut: a checkpoint signed {waiting[0].size} entries,"
            f" {frontier.size} are left",
            where=f"entry {frontier.size}",
        )
    if head(connection) != frontier:
        raise AuditError(
            "the head is not that of the entries", where=f"entry {frontier.size}"
        )


def entries(
    connection: Connection,
    *,
    since: int = 0,
    record: str | None = None,
    channel: str | None = None,
) -> Iterator[tuple[int, Entry]]:
    """Yield (sequence, entry) in order; entries whose text has expired are left out."""
    query = (
        select(t.audit.c.seq, t.audit.c.body)
        .where(t.audit.c.seq >= since, t.audit.c.body.is_not(None))
        .order_by(t.audit.c.seq)
    )
    if record is not None:
        query = query.where(t.audit.c.record == record)
    if channel is not None:
        query = query.where(t.audit.c.channel == channel)
    for seq, body in connection.execute(query):
        told = json.loads(body)
        del told["seq"]
        yield seq, Entry.model_validate(told)


def export_json_lines(connection: Connection, out: BinaryIO) -> int:
    """Write every entry as one line of canonical JSON; return how many."""
    number = 0
    for _, body, leaf in _rows(connection):
        out.write(body or canonical_json({"expired": True, "leaf": leaf.hex()}))
        out.write(b"\n")
        number += 1
    return number


def split_checkpoints(text: str) -> list[str]:
    """Return the signed notes of a file that checkpoints were appended to."""
    notes: list[str] = []
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line == "\n" and lines and lines[-1].startswith("— "):
            notes.append("".join(lines))
            lines = []
        else:
            lines.append(line)
    if any(line.strip() for line in lines):
        notes.append("".join(lines))
    return notes


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_SHAPE)
