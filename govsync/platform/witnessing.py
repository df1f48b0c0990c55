"""What the platform remembers as a witness: one head a log, and what was disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, select, update

from govsync.audit.merkle import EMPTY_ROOT
from govsync.platform.schema import disputed, witnessed
from govsync.platform.witness_decision import Known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from govsync.audit.note import Checkpoint


def known(tx: Connection, origin: str) -> Known:
    """Return the head that was cosigned last; that of an empty log where none was."""
    columns = witnessed.c
    found = tx.execute(
        select(columns.size, columns.root).where(columns.origin == origin)
    ).first()
    return Known(*found) if found else Known(0, EMPTY_ROOT)


def remember(
    tx: Connection, city: str, head: Checkpoint, note: str, at: datetime
) -> None:
    """Put a head in the place of the one before it; a dispute about it is settled."""
    tx.execute(delete(disputed).where(_is(head)))
    values = {"city": city, "size": head.size, "root": head.root, "note": note}
    mine = witnessed.c.origin == head.origin
    done = tx.execute(update(witnessed).where(mine).values(**values, at=at))
    if not done.rowcount:
        tx.execute(insert(witnessed).values(origin=head.origin, **values, at=at))


def dispute(
    tx: Connection, head: Checkpoint, why: str, note: str, at: datetime
) -> None:
    """Keep a head that was not shown to follow from what is known, once."""
    if tx.execute(select(disputed.c.at).where(_is(head))).first() is None:
        values = {"origin": head.origin, "size": head.size, "root": head.root}
        tx.execute(insert(disputed).values(**values, why=why, note=note, at=at))


def _is(head: Checkpoint) -> ColumnElement[bool]:
    columns = disputed.c
    return and_(
        columns.origin == head.origin,
        columns.size == head.size,
        columns.root == head.root,
    )


def logs_of(tx: Connection, city: str) -> Iterator[Row[Any]]:
    """Yield the logs of a city: what was cosigned last, and how much is disputed."""
    columns = witnessed.c
    came = (
        select(func.count())
        .where(disputed.c.origin == columns.origin)
        .scalar_subquery()
        .label("disputed")
    )
    query: Select[Any] = select(
        columns.origin, columns.size, columns.root, columns.at, came
    )
    yield from tx.execute(query.where(columns.city == city).order_by(columns.origin))
