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
from govsync.model import ItemRef, Mode, Relation, State, Step
from govsync.model.base import to_shanghai
from govsync.model.codes import Verdict
from govsync.reports.facts import (
    ChannelFact,
    Fact,
    Facts,
    Message,
    end_of_day,
)
from govsync.reports.replay import Replay, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from govsync.model import Catalogs, ChannelCode
    from govsync.reports.facts import SeenLink
    from govsync.rules.timing import WorkCalendar


_Names = tuple[tuple[str, str], ...]
_NOTHING: Mapping[str, Any] = {}


class Subject(NamedTuple):
    """What a report is about, besides what the database tells."""

    city: str
    catalogs: Catalogs
    channels: Mapping[str, ChannelCode]
    """By name of each configured channel, what it fulfils."""
    calendar: WorkCalendar


def gather(
    connection: Connection,
    subject: Subject,
    as_of: date,
    *,
    links: Sequence[SeenLink] | None = None,
) -> Facts:
    """Return the facts as they were at the end of a day in Asia/Shanghai.

    Args:
        connection: A reading transaction.
        subject: City, catalogs, channels and calendar.
        as_of: The day; revisions and entries after it are not looked at.
        links: What was seen behind addresses on that day; of days that are past nobody
            knows, and a report of them would not stay as it was.
    """
    end = end_of_day(as_of)
    replay = Replay()
    replay.take(standing(audit.told_until(connection, end)))
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
        records=tuple(facts_of(records.outlines_until(connection, end))),
        holdings=replay.holdings(),
        messages=tuple(messages_until(connection, end)),
        links=links,
        entries=entries,
        root=root,
    )


def facts_of(revisions: Iterable[Mapping[str, Any]]) -> Iterator[Fact]:
    """Yield the fact of each record from its revisions, oldest first."""
    known: dict[_Names, ItemRef] = {}
    for _, contents in groupby(revisions, key=itemgetter("id")):
        yield _fact([*contents], known)


def _fact(contents: Sequence[Mapping[str, Any]], known: dict[_Names, ItemRef]) -> Fact:
    newest = contents[-1]
    relation, review = newest.get("relation"), newest.get("review")
    return Fact(
        id=newest["id"],
        title=newest["title"],
        issuer=newest.get("issuer", ""),
        item=_item(newest.get("item"), known),
        step=Step(newest["step"]) if "step" in newest else Step.RELEASE,
        mode=Mode(newest["mode"]) if "mode" in newest else Mode.PROACTIVE,
        formed=_day(newest.get("formed")),
        issued=_day(newest.get("issued")),
        published=_moment(newest.get("published")),
        relation=Relation.model_validate(relation) if relation else None,
        document_number=newest.get("document_number", ""),
        withdrawn=newest.get("status", _NOTHING).get("state") == State.WITHDRAWN,
        reviewed=review is not None and _complete(review),
        extra=newest.get("extra", _NOTHING),
        revision=newest.get("revision", 1),
        redated=len(contents) > 1 and _redated(contents),
    )


def _complete(review: Mapping[str, Any]) -> bool:
    """Whether a review is complete, as :attr:`govsync.model.Review.complete` says."""
    approved = review["verdict"] == Verdict.APPROVED
    return approved and bool(review.get("final")) and bool(review.get("signed"))


def _redated(contents: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the day of publication was moved to a later one."""
    told = [_moment(content.get("published")) for content in contents]
    days = [moment.date() for moment in told if moment is not None]
    return any(later > earlier for earlier, later in pairwise(days))


def _item(
    given: Mapping[str, str] | None, known: dict[_Names, ItemRef]
) -> ItemRef | None:
    if not given:
        return None
    key = tuple(given.items())
    found = known.get(key)
    if found is None:
        # One value a row of the catalog, not one a record: there may be many records.
        found = known[key] = ItemRef.model_validate(given)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    # In one zone, so that no comparison has to ask for an offset.
    return to_shanghai(datetime.fromisoformat(text)) if text else None


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
        at=to_shanghai(datetime.fromisoformat(entry["at"])),
        due=_moment(entry.get("due")),
    )
