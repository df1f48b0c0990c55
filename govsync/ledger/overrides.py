"""Decisions to publish what a rule of privacy keeps back (条例 art. 15).

Each is for one rule and one revision's digest: a change of the record, or of a file
beside it, ends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

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
        UsageError: No such record, nothing that this rule found in it, no rule of
            privacy, or no reason or name is given.
    """
    if not rule.startswith(_OVERRIDABLE):
        raise UsageError(
            f"{rule} cannot be overridden", mend="art. 15 is of privacy.* alone"
        )
    if not (reason.strip() and by.strip()):
        raise UsageError("a decision needs a reason and a name", mend="--reason, --by")
    with ledger.database.write() as connection:
        record = records.named(connection, record_id)
        _check_found(connection, record_id, rule)
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


def _check_found(connection: Connection, record_id: str, rule: str) -> None:
    """Refuse to decide on what nobody has seen."""
    found = {one.rule for one in records.findings(connection, record_id=record_id)}
    if rule not in found:
        raise UsageError(
            f"nothing that {rule} finds stands in {record_id}",
            mend=f"`govsync show {record_id}` says what was found",
        )


def lift(ledger: Ledger, record_id: str, *, rule: str) -> None:
    """Take a decision back; the next run screens the record again.

    Raises:
        UsageError: There is no such record, or no such decision on it.
    """
    with ledger.database.write() as connection:
        records.named(connection, record_id)
        made = [o for o in _of(connection, [record_id]) if o.rule == rule]
        if not made:
            raise UsageError(f"no decision on {rule} of {record_id} stands")
        _drop(connection, record_id, rule)
        records.mark_screened(connection, record_id, "")
        _tell(ledger, connection, made[0], "override.lifted")


def standing(
    connection: Connection, batch: Iterable[Record]
) -> dict[str, tuple[Override, ...]]:
    """Return the decisions that hold for the very revisions given, by record."""
    digests = {record.id: record.digest for record in batch}
    made: dict[str, tuple[Override, ...]] = {}
    for one in _of(connection, digests):
        if one.digest == digests[one.record]:
            made[one.record] = (*made.get(one.record, ()), one)
    return made


def end(ledger: Ledger, connection: Connection, names: Iterable[str]) -> None:
    """End the decisions on records that changed, or whose files did."""
    for one in _of(connection, names):
        _drop(connection, one.record, one.rule)
        _tell(ledger, connection, one, "override.ended")


def _of(connection: Connection, names: Iterable[str]) -> list[Override]:
    table = t.override.c
    query = select(t.override).where(table.record.in_(list(names)))
    rows = connection.execute(query.order_by(table.record, table.rule)).mappings()
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
