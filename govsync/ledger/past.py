"""What was before: which contents were signed off, and the first day of publication.

A source gives a sign-off and a day with each revision, and knows of no earlier one.
They are noted when a record changes, so that they outlive the revisions themselves.
Each statement runs in the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from govsync.ledger import records
from govsync.model import Past, Record, Review
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


def remember(
    connection: Connection,
    changed: Sequence[Record],
    known: Mapping[str, records.Known],
) -> None:
    """Note what is about to be superseded, before the ledger takes changed records.

    Args:
        connection: A writing transaction.
        changed: As their source gives them now.
        known: What the ledger knows of them, by id.
    """
    if not changed:
        return
    wanted = {record.id: known[record.id].revision for record in changed}
    before = records.load_all(connection, wanted)
    signed = _signed(connection, list(wanted))
    for record in changed:
        _note_sign_offs(connection, before[record.id], record, signed[record.id])
    _note_publications(connection, list(wanted))


def _note_sign_offs(
    connection: Connection,
    before: Record,
    after: Record,
    signed: dict[str, tuple[datetime, bool]],
) -> None:
    """Give each sign-off of the source to the content that it first came with."""
    own = {content: at for content, (at, by_hand) in signed.items() if not by_hand}
    if not own and (review := _sign_off(before)):
        own[before.content_digest] = _at(review)
        if before.content_digest not in signed:
            keep(connection, before, review)
            signed[before.content_digest] = (_at(review), False)
    review = _sign_off(after)
    if review is None or after.content_digest in signed:
        return
    if review.content or not own or _at(review) > max(own.values()):
        keep(connection, after, review)


def _sign_off(record: Record) -> Review | None:
    """Return the sign-off of what a record says; None where there is none."""
    review = record.review
    if record.withdrawn or review is None or not review.complete:
        return None
    return review if review.content in (None, record.content_digest) else None


def _at(review: Review) -> datetime:
    if review.signed is None:
        raise ValueError("a sign-off without a time")
    return review.signed


def _signed(
    connection: Connection, ids: Sequence[str]
) -> defaultdict[str, dict[str, tuple[datetime, bool]]]:
    """Return by record and content when it was signed off, and whether by hand."""
    columns = t.sign_off.c
    query = select(columns.record, columns.content, columns.signed, columns.by_hand)
    found: defaultdict[str, dict[str, tuple[datetime, bool]]] = defaultdict(dict)
    for name, content, at, by_hand in connection.execute(
        query.where(columns.record.in_(ids))
    ):
        found[name][content] = (at, bool(by_hand))
    return found


def keep(
    connection: Connection, record: Record, review: Review, *, by_hand: str = ""
) -> None:
    """Store that a content was signed off.

    Args:
        connection: A writing transaction.
        record: Whose content.
        review: Who signed it off, and when.
        by_hand: Who entered it here; empty where the source says it.
    """
    drop(connection, record)
    connection.execute(
        insert(t.sign_off).values(
            record=record.id,
            content=record.content_digest,
            first=review.first,
            second=review.second,
            final=review.final,
            signed=_at(review),
            by_hand=by_hand,
        )
    )


def drop(connection: Connection, record: Record, *, by_hand: bool = False) -> bool:
    """Forget that a content was signed off; return whether it was.

    Args:
        connection: A writing transaction.
        record: Whose content.
        by_hand: Only what was entered by hand.
    """
    columns = t.sign_off.c
    query = delete(t.sign_off).where(
        columns.record == record.id, columns.content == record.content_digest
    )
    if by_hand:
        query = query.where(columns.by_hand != "")
    return bool(connection.execute(query).rowcount)


def _note_publications(connection: Connection, ids: Sequence[str]) -> None:
    """Note the earliest day of what the channels hold of some records."""
    noted = _published(connection, ids)
    owed, revision = t.obligation.c, t.revision.c
    held = connection.execute(
        select(revision.record, revision.json["published"].as_string())
        .join(
            t.obligation,
            (owed.record == revision.record)
            & (owed.held_revision == revision.revision),
        )
        .where(owed.record.in_(ids), owed.held_op == "publish")
    )
    told: dict[str, datetime] = {}
    for name, text in held:
        if text:
            at = datetime.fromisoformat(text)
            told[name] = min(at, told.get(name, at))
    for name, at in told.items():
        if name not in noted or at < noted[name]:
            note_publication(connection, name, at)


def note_publication(connection: Connection, record_id: str, at: datetime) -> None:
    """Store the first day of publication of a record."""
    place = t.publication.c.record == record_id
    changed = connection.execute(update(t.publication).where(place).values(first=at))
    if not changed.rowcount:
        connection.execute(insert(t.publication).values(record=record_id, first=at))


def _published(connection: Connection, ids: Sequence[str]) -> dict[str, datetime]:
    columns = t.publication.c
    rows = connection.execute(
        select(columns.record, columns.first).where(columns.record.in_(ids))
    )
    return {name: first for name, first in rows}  # noqa: C416  # rows are no pairs


def pasts(connection: Connection, ids: Sequence[str]) -> dict[str, Past]:
    """Return what was before of those records of which anything is known."""
    signed, published = _signed(connection, ids), _published(connection, ids)
    return {
        name: Past(
            signed=frozenset(signed[name]),
            by_hand=frozenset(c for c, (_, hand) in signed[name].items() if hand),
            published=published.get(name),
        )
        for name in {*signed, *published}
    }
