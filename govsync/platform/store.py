"""The platform's statements: one function each, inside a transaction that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy import insert as insert_into
from sqlalchemy import update as change

from govsync.platform.decision import Event, Held, Incoming, ItemState
from govsync.platform.schema import (
    answers,
    feedback,
    items,
    nonces,
    pages,
    receipts,
    replies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from govsync.model import Record

# Statements of the hot path are built once: building one costs more than running it.
_INSERTS = {table.name: insert_into(table) for table in (items, pages, receipts)}
_UPDATES = {
    table.name: change(table).where(
        table.c.city == bindparam("at_city"), table.c.id == bindparam("at_id")
    )
    for table in (items, pages)
}
_ITEM = select(items).where(
    items.c.city == bindparam("at_city"), items.c.id == bindparam("at_id")
)


def item(tx: Connection, city: str, item_id: str) -> Row[Any] | None:
    """Return the row of an item, or None."""
    return tx.execute(_ITEM, {"at_city": city, "at_id": item_id}).one_or_none()


def state_of(row: Row[Any] | None) -> ItemState | None:
    """Return what a row of ``items`` says that a decision needs."""
    if row is None:
        return None
    return ItemState(revision=row.rev, digest=row.digest, state=row.state)


def keep_item(
    tx: Connection, city: str, incoming: Incoming, values: Mapping[str, Any]
) -> None:
    """Put a revision in the place of the one before it."""
    record = None if incoming.record is None else incoming.record.plain()
    given = {"rev": incoming.revision, "digest": incoming.digest, "record": record}
    _upsert(tx, items, {"city": city, "id": incoming.id}, {**given, **values})


def set_state(
    tx: Connection, city: str, item_id: str, values: Mapping[str, Any]
) -> None:
    """Change the state of an item whose revision stays."""
    tx.execute(
        change(items)
        .where(items.c.city == city, items.c.id == item_id)
        .values(dict(values))
    )


def waiting_items(tx: Connection, limit: int) -> Sequence[Row[Any]]:
    """Return the items that wait for their review, oldest first."""
    return tx.execute(
        select(items)
        .where(items.c.state == Held.ACCEPTED)
        .order_by(items.c.seq)
        .limit(limit)
    ).all()


def put_page(
    tx: Connection, city: str, item_id: str, revision: int, record: Record, at: datetime
) -> None:
    """Let anybody read a record."""
    target = record.relation.target if record.relation else ""
    values = {"rev": revision, "record": record.public().plain(), "at": at}
    values["relates"] = target
    _upsert(tx, pages, {"city": city, "id": item_id}, values)


def take_down_page(
    tx: Connection, city: str, item_id: str, revision: int, at: datetime
) -> None:
    """Take a page down; its address remembers that something was there."""
    values = {"rev": revision, "record": None, "at": at, "relates": ""}
    _upsert(tx, pages, {"city": city, "id": item_id}, values)


def page(tx: Connection, city: str, item_id: str) -> Row[Any] | None:
    """Return the page of an item, or None where there never was one."""
    return tx.execute(
        select(pages).where(pages.c.city == city, pages.c.id == item_id)
    ).one_or_none()


def related_pages(
    tx: Connection, city: str, item_id: str, limit: int
) -> Sequence[Row[Any]]:
    """Return the pages that belong to an item and stand, oldest first."""
    return tx.execute(
        select(pages)
        # The second condition says what the index says of itself.
        .where(pages.c.city == city, pages.c.relates == item_id, pages.c.relates != "")
        .where(pages.c.record.is_not(None))
        .order_by(pages.c.at, pages.c.id)
        .limit(limit)
    ).all()


def newest_pages(tx: Connection, limit: int) -> Sequence[Row[Any]]:
    """Return the pages that stand, newest first."""
    return tx.execute(
        select(pages)
        .where(pages.c.record.is_not(None))
        .order_by(pages.c.at.desc(), pages.c.city, pages.c.id)
        .limit(limit)
    ).all()


def log(
    tx: Connection,
    city: str,
    revision: tuple[str, int, str],
    event: Event,
    at: datetime,
    detail: str = "",
) -> int:
    """Append a receipt about a revision (item, number, digest); return its number."""
    name, number, digest = revision
    done = tx.execute(
        _INSERTS[receipts.name],
        {
            "city": city,
            "item": name,
            "rev": number,
            "digest": digest,
            "event": event,
            "detail": detail,
            "at": at,
        },
    )
    key = done.inserted_primary_key
    if key is None:
        raise LookupError("the database gave a receipt no number")
    return int(key[0])


def receipts_after(
    tx: Connection, city: str, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return a city's receipts after a number, oldest first."""
    return _after(tx, receipts, city, after, limit)


def manifest(tx: Connection, city: str) -> Iterator[tuple[str, int, str, str]]:
    """Yield id, revision, digest and state of all that is held, sorted by id."""
    found = tx.execute(
        select(items.c.id, items.c.rev, items.c.digest, items.c.state).where(
            items.c.city == city
        )
    )
    # Sorted here: a database's own order of text depends on its locale.
    yield from sorted(tuple(row) for row in found)


def remember_nonce(
    tx: Connection, city: str, key_id: str, nonce: str, at: datetime
) -> bool:
    """Remember a nonce; False where the key used it before."""
    seen = tx.execute(
        select(nonces.c.at).where(nonces.c.key_id == key_id, nonces.c.nonce == nonce)
    ).first()
    if seen is None:
        tx.execute(
            insert_into(nonces).values(city=city, key_id=key_id, nonce=nonce, at=at)
        )
    return seen is None


def calls_since(
    tx: Connection, city: str, since: datetime
) -> tuple[int, datetime | None]:
    """Return how many calls a city made since a moment, and when the first was."""
    count, first = tx.execute(
        select(func.count(), func.min(nonces.c.at)).where(
            nonces.c.city == city, nonces.c.at > since
        )
    ).one()
    return count, first


def forget_before(tx: Connection, *, nonce: datetime, answer: datetime) -> None:
    """Forget nonces and stored answers that are older than these moments."""
    tx.execute(delete(nonces).where(nonces.c.at < nonce))
    tx.execute(delete(answers).where(answers.c.at < answer))


def answer(tx: Connection, city: str, key: str) -> Row[Any] | None:
    """Return the answer that was given to an idempotency key, or None."""
    return tx.execute(
        select(answers).where(answers.c.city == city, answers.c.key == key)
    ).one_or_none()


def keep_answer(tx: Connection, city: str, key: str, values: Mapping[str, Any]) -> None:
    """Remember the answer that is given to an idempotency key."""
    tx.execute(insert_into(answers).values(city=city, key=key, **values))


def give_feedback(tx: Connection, values: Mapping[str, Any]) -> int:
    """Leave feedback for a city; return its number."""
    done = tx.execute(insert_into(feedback).values(dict(values)))
    key = done.inserted_primary_key
    if key is None:
        raise LookupError("the database gave feedback no number")
    return int(key[0])


def feedback_after(
    tx: Connection, city: str, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return a city's feedback after a number, oldest first, with its answers."""
    return tx.execute(
        select(
            feedback,
            replies.c.text.label("reply"),
            replies.c.digest.label("reply_digest"),
            replies.c.at.label("reply_at"),
        )
        .outerjoin_from(feedback, replies, replies.c.feedback == feedback.c.seq)
        .where(feedback.c.city == city, feedback.c.seq > after)
        .order_by(feedback.c.seq)
        .limit(limit)
    ).all()


def has_feedback(tx: Connection, city: str, seq: int) -> bool:
    """Whether a city was left feedback of this number."""
    mine: ColumnElement[bool] = feedback.c.city == city
    found = tx.execute(select(feedback.c.seq).where(mine, feedback.c.seq == seq))
    return found.first() is not None


def reply(tx: Connection, seq: int) -> Row[Any] | None:
    """Return what was answered to a piece of feedback, or None."""
    return tx.execute(select(replies).where(replies.c.feedback == seq)).one_or_none()


def keep_reply(tx: Connection, values: Mapping[str, Any]) -> None:
    """Keep what a city answers."""
    tx.execute(insert_into(replies).values(dict(values)))


def acknowledged(tx: Connection, city: str) -> int:
    """Return the number up to which a city has acknowledged feedback, from 0."""
    highest = select(func.max(feedback.c.seq)).where(
        feedback.c.city == city, feedback.c.acknowledged_at.is_not(None)
    )
    return tx.execute(highest).scalar() or 0


def acknowledge(tx: Connection, city: str, seq: int, at: datetime) -> bool:
    """Mark feedback up to a number as taken; False where there is none of it."""
    if not has_feedback(tx, city, seq):
        return False
    before = (feedback.c.seq <= seq, feedback.c.acknowledged_at.is_(None))
    tx.execute(
        change(feedback)
        .where(feedback.c.city == city, *before)
        .values(acknowledged_at=at)
    )
    return True


def _after(
    tx: Connection, table: Table, city: str, after: int, limit: int
) -> Sequence[Row[Any]]:
    return tx.execute(
        select(table)
        .where(table.c.city == city, table.c.seq > after)
        .order_by(table.c.seq)
        .limit(limit)
    ).all()


def _upsert(
    tx: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    # In two statements, the same on every database; the transaction is the only writer.
    place = {f"at_{name}": value for name, value in key.items()}
    if not tx.execute(_UPDATES[table.name], {**place, **values}).rowcount:
        tx.execute(_INSERTS[table.name], {**key, **values})
