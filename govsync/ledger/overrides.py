"""Decisions to publish what a rule of privacy keeps back (条例 art. 15).

Each is for one rule and one revision's digest: a change of the record, or of a file
beside it, ends it. Files are remembered as they were looked at.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from govsync import audit
from govsync.errors import UsageError
from govsync.ledger import records
from govsync.model import Record, Value
from govsync.model.codes import Code
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from govsync.ledger.ledger import Ledger

_OVERRIDABLE = "privacy."


class Basis(Code):
    """Why the law lets it be published all the same (条例 art. 15)."""

    CONSENT = "third-party-consent", "第三方同意公开"
    INTEREST = "public-interest", "不公开会对公共利益造成重大影响"


class Override(Value):
    """A decision, and who made it."""

    record: str
    digest: str
    rule: str
    basis: Basis
    reason: str
    by: str
    at: datetime


def decide(
    ledger: Ledger, record_id: str, *, rule: str, basis: Basis, reason: str, by: str
) -> Override:
    """Record a decision on the newest revision; the next run screens it again.

    Raises:
        UsageError: No such record, no rule of privacy, or no reason or name is given.
    """
    if not rule.startswith(_OVERRIDABLE):
        raise UsageError(
            f"{rule} cannot be overridden", mend="art. 15 is of privacy.* alone"
        )
    if not (reason.strip() and by.strip()):
        raise UsageError("a decision needs a reason and a name", mend="--reason, --by")
    with ledger.database.write() as connection:
        record = _newest(connection, record_id)
        made = Override(
            record=record.id,
            digest=record.digest,
            rule=rule,
            basis=basis,
            reason=reason.strip(),
            by=by.strip(),
            at=ledger.clock(),
        )
        _drop(connection, record.id, rule)
        connection.execute(insert(t.override).values(dict(made)))
        records.mark_screened(connection, record.id, "")
        _tell(ledger, connection, made, "override.decided")
    return made


def lift(ledger: Ledger, record_id: str, *, rule: str) -> None:
    """Take a decision back; the next run screens the record again.

    Raises:
        UsageError: There is no such record, or no such decision on it.
    """
    with ledger.database.write() as connection:
        _newest(connection, record_id)
        standing = [o for o in _of(connection, record_id) if o.rule == rule]
        if not standing:
            raise UsageError(f"no decision on {rule} of {record_id} stands")
        _drop(connection, record_id, rule)
        records.mark_screened(connection, record_id, "")
        _tell(ledger, connection, standing[0], "override.lifted")


def standing(connection: Connection, record_id: str, digest: str) -> list[Override]:
    """Return the decisions on one revision of a record."""
    return [one for one in _of(connection, record_id) if one.digest == digest]


def look_at_files(ledger: Ledger) -> int:
    """Have records screened again whose files changed; return how many.

    Decisions on them end: they were on other bytes.
    """
    with ledger.database.read() as connection:
        known = connection.execute(select(t.screened_file)).all()
    changed = {
        row.record for row in known if _facts(Path(row.path)) != (row.size, row.mtime)
    }
    if not changed:
        return 0
    with ledger.database.write() as connection:
        for name in sorted(changed):
            for one in _of(connection, name):
                _drop(connection, name, one.rule)
                _tell(ledger, connection, one, "override.ended")
        connection.execute(
            update(t.record).where(t.record.c.id.in_(changed)).values(screened="")
        )
    return len(changed)


def remember_files(
    connection: Connection, record_id: str, paths: Iterable[str]
) -> None:
    """Remember which files were looked at, as they are now."""
    files = t.screened_file
    connection.execute(delete(files).where(files.c.record == record_id))
    for path in sorted(set(paths)):
        size, mtime = _facts(Path(path))
        row = {"record": record_id, "path": path, "size": size, "mtime": mtime}
        connection.execute(insert(files).values(row))


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:  # a file that is not there may come
        return -1, -1
    return facts.st_size, facts.st_mtime_ns


def _newest(connection: Connection, record_id: str) -> Record:
    record = records.current(connection, record_id)
    if record is None:
        raise UsageError(
            f"no record {record_id!r}", mend="`govsync status` lists what there is"
        )
    return record


def _of(connection: Connection, record_id: str) -> list[Override]:
    query = select(t.override).where(t.override.c.record == record_id)
    rows = connection.execute(query.order_by(t.override.c.rule)).mappings()
    return [Override.model_validate(dict(row)) for row in rows]


def _drop(connection: Connection, record_id: str, rule: str) -> None:
    table = t.override
    connection.execute(
        delete(table).where(table.c.record == record_id, table.c.rule == rule)
    )


def _tell(ledger: Ledger, connection: Connection, one: Override, action: str) -> None:
    entry = ledger.tells.plain(
        action,
        record=one.record,
        digest=one.digest,
        reason=one.rule,
        detail={"basis": one.basis.value, "by": one.by, "reason": one.reason[:500]},
    )
    audit.append(connection, [entry])
