"""Facts: what a report is computed from, as of one day. Light values, for many.

They come from the ledger's revisions and the audit log alone
(:mod:`govsync.reports.gathering`), so that a day that is past stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from govsync.model import (
    SHANGHAI,
    Catalogs,
    ChannelCode,
    ItemRef,
    Mode,
    Relation,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govsync.inbox import Category
    from govsync.model import Item
    from govsync.model.codes import Code
    from govsync.reports.document import Row
    from govsync.rules.timing import WorkCalendar

ARTICLE_20_COLUMN = "条例第二十条"
"""The column of a record's ``extra`` with the number of its item of article 20."""
VALIDITY_COLUMN = "有效性"
"""The column of ``extra`` that says whether a document is still in force."""
_NOWHERE: frozenset[str] = frozenset()


class Fact(NamedTuple):
    """What a report needs of a record's newest revision on the day."""

    id: str
    title: str
    issuer: str = ""
    item: ItemRef | None = None
    step: Step = Step.RELEASE
    mode: Mode = Mode.PROACTIVE
    formed: date | None = None
    issued: date | None = None
    published: datetime | None = None
    """The first publication, as the record says; later than the day counts as none."""
    relation: Relation | None = None
    document_number: str = ""
    withdrawn: bool = False
    reviewed: bool = False
    """Whether its review (先审查、后公开) is complete."""
    extra: Mapping[str, str] = MappingProxyType({})
    revision: int = 1
    redated: bool = False
    """Whether an earlier revision gave an earlier day of publication (旧稿新发)."""

    @property
    def day(self) -> date | None:
        """The day by whose catalog it is judged, as :attr:`Record.day` is."""
        if self.published is not None:
            return self.published.date()
        return self.issued or self.formed

    def told(self, said: str) -> Row:
        """Return its line in a list."""
        return self.id, self.title, said


@dataclass(kw_only=True, slots=True)
class Holding:
    """What the audit log tells of one record on one channel."""

    channel: str
    state: str = ""
    reason: str = ""
    step: str = ""
    op: str = ""
    """What the channel confirmed last: ``publish`` or ``withdraw``; empty: nothing."""
    revision: int | None = None
    """The revision that it holds; None where what stands there is in doubt."""
    digest: str = ""
    last: datetime | None = None
    """When it confirmed a publication last."""

    @property
    def shows(self) -> bool:
        """Whether the channel holds a publication."""
        return self.op == "publish"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A piece of feedback that a channel gave back."""

    channel: str
    id: str
    kind: str
    record: str
    at: datetime
    due: datetime | None = None
    score: int | None = None
    """From 1 to 5, where it rates."""
    category: Category | None = None
    """As the inbox has it; None where it never opened it."""
    answered: datetime | None = None
    """When its answer was delivered, by the day."""
    closed: datetime | None = None
    """When it was closed without an answer, by the day."""


class SeenLink(Protocol):
    """What was seen behind an address when somebody looked last."""

    @property
    def record(self) -> str:
        """The record in which it stands."""

    @property
    def address(self) -> str:
        """Absolute."""

    @property
    def state(self) -> Code:
        """What was seen."""

    @property
    def looked_at(self) -> datetime:
        """When."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelFact:
    """A configured channel."""

    name: str
    serves: ChannelCode
    stopped: str = ""
    """The step that it waits for, where it waits for a person."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that one report is computed from."""

    city: str
    as_of: date
    catalogs: Catalogs
    calendar: WorkCalendar
    channels: tuple[ChannelFact, ...] = ()
    records: tuple[Fact, ...] = ()
    """In order of id."""
    holdings: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict)
    """By record, in order of channel."""
    messages: tuple[Message, ...] = ()
    links: Sequence[SeenLink] | None = None
    """What was seen behind addresses; None: nobody looked, or the day is past."""
    entries: int = 0
    """Of the audit log, up to the day's end."""
    root: str = ""
    """The last head of the log that was signed by then."""

    @cached_property
    def end(self) -> datetime:
        """The moment at which the day is over."""
        return end_of_day(self.as_of)

    @cached_property
    def by_id(self) -> dict[str, Fact]:
        """The records by id."""
        return {one.id: one for one in self.records}

    @cached_property
    def standing(self) -> tuple[Fact, ...]:
        """The records that are not withdrawn."""
        return tuple(one for one in self.records if not one.withdrawn)

    @cached_property
    def public(self) -> tuple[Fact, ...]:
        """The standing records that were published by the day, as they say."""
        return tuple(filter(self.published, self.standing))

    @cached_property
    def newest(self) -> dict[tuple[str, ...], date]:
        """By key of each item, the day of its newest publication."""
        found: dict[tuple[str, ...], date] = {}
        for fact in self.public:
            moment = self.published(fact)
            if fact.item and moment:
                key, day = fact.item.key, moment.date()
                found[key] = max(day, found.get(key, day))
        return found

    @cached_property
    def serving(self) -> dict[ChannelCode, frozenset[str]]:
        """The names of the channels that fulfil each box of the catalog."""
        found: dict[ChannelCode, set[str]] = {}
        for channel in self.channels:
            found.setdefault(channel.serves, set()).add(channel.name)
        return {code: frozenset(names) for code, names in found.items()}

    def published(self, fact: Fact) -> datetime | None:
        """When a record was published; None where that was not by the day."""
        moment = fact.published
        return moment if moment is not None and moment < self.end else None

    def row(self, fact: Fact) -> Item | None:
        """The catalog's row of a record."""
        return self._rows.get(fact.id)

    def of(self, fact: Fact) -> tuple[Holding, ...]:
        """What the channels hold of a record."""
        return self.holdings.get(fact.id, ())

    def shown(self, fact: Fact) -> frozenset[str]:
        """The channels that confirmed that they hold a publication of a record."""
        return self._shown.get(fact.id, _NOWHERE)

    # Asked for by every section: answered once for all.
    @cached_property
    def _rows(self) -> dict[str, Item | None]:
        find = self.catalogs.find
        return {one.id: find(one.item, one.day) for one in self.records if one.item}

    @cached_property
    def _shown(self) -> dict[str, frozenset[str]]:
        return {
            record: frozenset(one.channel for one in held if one.shows)
            for record, held in self.holdings.items()
        }


def end_of_day(day: date) -> datetime:
    """Return the moment at which a day is over in Asia/Shanghai."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(days=1)
