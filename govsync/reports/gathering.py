"""Gather the facts of a day from the ledger and the audit log; changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from govsync import audit
from govsync.inbox import State as Reached
from govsync.inbox import statements as inbox
from govsync.ledger import channels, records
from govsync.model import ItemRef, Mode, Relation, Review, State, Step
from govsync.reports.facts import (
    ChannelFact,
    Fact,
    Facts,
    Message,
    end_of_day,
)
from govsync.reports.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from govsync.model import Catalogs, ChannelCode
    from govsync.rules.timing import WorkCalendar


class Subject(NamedTuple):
    """What a report is about, besides what the database tells."""

    city: str
    catalogs: Catalogs
    channels: Mapping[str, ChannelCode]
    """By name of each configured channel, what it fulfils."""
    calendar: WorkCalendar


def gather(connection: Connection, subject: Subject, as_of: date) -> Facts:
    """Return the facts as they were at the end of a day in Asia/Shanghai.

    Args:
        connection: A reading transaction.
        subject: City, catalogs, channels and calendar.
        as_of: The day; revisions and entries after it are not looked at.
    """
    end = end_of_day(as_of)
    replay = Replay()
    replay.take(audit.told_until(connection, end))
    entries, root = audit.proof_until(connection, end)
    return Facts(
        city=subject.city,
        as_of=as_of,
        catalogs=subject.catalogs,
        calendar=subject.calendar,
        channels=tuple(
            ChannelFact(name=name, serves=serves, stopped=replay.stopped.get(name, ""))
            for name, serves in sorted(subject.channels.items())
        ),
        records=tuple(facts_of(records.revisions_until(connection, end))),
        holdings=replay.holdings(),
        messages=tuple(messages_until(connection, end)),
        entries=entries,
        root=root,
    )


def facts_of(revisions: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Fact]:
    """Yield the fact of each record from its revisions, oldest first."""
    known: dict[tuple[str, ...], ItemRef] = {}
    for _, group in groupby(revisions, key=itemgetter(0)):
        contents = [content for _, content in group]
        yield _fact(contents, known)


def _fact(
    contents: Sequence[Mapping[str, Any]], known: dict[tuple[str, ...], ItemRef]
) -> Fact:
    newest = contents[-1]
    relation, review = newest.get("relation"), newest.get("review")
    return Fact(
        id=newest["id"],
        title=newest["title"],
        issuer=newest.get("issuer", ""),
        item=_item(newest.get("item"), known),
        step=Step(newest.get("step", Step.RELEASE)),
        mode=Mode(newest.get("mode", Mode.PROACTIVE)),
        formed=_day(newest.get("formed")),
        issued=_day(newest.get("issued")),
        published=_moment(newest.get("published")),
        relation=Relation.model_validate(relation) if relation else None,
        document_number=newest.get("document_number", ""),
        withdrawn=newest.get("status", {}).get("state") == State.WITHDRAWN,
        reviewed=review is not None and Review.model_validate(review).complete,
        extra=newest.get("extra", {}),
        revision=newest.get("revision", 1),
        redated=len(contents) > 1 and _redated(contents),
    )


def _redated(contents: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the day of publication was moved to a later one."""
    told = [_moment(content.get("published")) for content in contents]
    days = [moment.date() for moment in told if moment is not None]
    return any(later > earlier for earlier, later in pairwise(days))


def _item(
    given: Mapping[str, str] | None, known: dict[tuple[str, ...], ItemRef]
) -> ItemRef | None:
    if not given:
        return None
    key = tuple(given.items())
    flat = tuple(part for pair in key for part in pair)
    if flat not in known:
        # One value a row of the catalog, not one a record: there may be many records.
        known[flat] = ItemRef.model_validate(given)
    return known[flat]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def messages_until(connection: Connection, end: datetime) -> Iterator[Message]:
    """Yield the feedback of before a moment, and what had become of it by then."""
    ends = {(one.channel, one.id): one for one in inbox.ends(connection)}
    for channel, entry in channels.feedback(connection, until=end):
        yield message_of(channel, entry, ends.get((channel, entry["id"])), end)


def message_of(
    channel: str, entry: Mapping[str, Any], known: inbox.End | None, end: datetime
) -> Message:
    """Return a piece of feedback as it was stored."""
    ended = known.ended_at if known and known.ended_at else None
    by_then = ended if ended is not None and ended < end else None
    answered = known is not None and known.state is Reached.PUBLISHED
    return Message(
        score=entry.get("score"),
        category=known.category if known else None,
        answered=by_then if answered else None,
        closed=None if answered else by_then,
        channel=channel,
        id=entry["id"],
        kind=entry.get("kind", ""),
        record=entry.get("record", ""),
        at=datetime.fromisoformat(entry["at"]),
        due=_moment(entry.get("due")),
    )
