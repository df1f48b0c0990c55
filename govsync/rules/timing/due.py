"""Due: by when a record must be public on a channel, and which clock says so.

Pure: the present moment plays no part. Nothing is invented: a clock whose event no
field of the record tells of is named with that field and not computed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from govsync.model import ChannelCode, Mode, Moment, Value
from govsync.rules.timing.chosen import by_title, chosen
from govsync.rules.timing.measure import Kind, qualitative
from govsync.rules.timing.parsing import parse
from govsync.rules.timing.reckoning import Clock, Reckoner, Showing
from govsync.rules.timing.statutes import Statute, era, statutes_of, telling
from govsync.rules.timing.terms import ROW

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from datetime import date, datetime

    from govsync.model import Item, Record
    from govsync.rules.timing.measure import Measure, Part
    from govsync.rules.timing.reckoning import Dated
    from govsync.rules.timing.working_days import WorkCalendar


class Due(Value):
    """By when one record must be public."""

    record: str
    channel: ChannelCode | None = None
    """The box of the catalog that it is about; None for any."""
    by: Moment | None = None
    """The last moment in time; None where no clock can be computed."""
    binds: Clock | None = None
    """The clock that says so: of those that count, the one that ends first."""
    clocks: tuple[Clock, ...] = ()
    showings: tuple[Showing, ...] = ()
    ends: bool = False
    """Whether the row wants it taken down after its period of public notice."""
    permanent: bool = False
    """Whether the row wants it public for good."""
    qualitative: tuple[str, ...] = ()
    """What the row demands without saying by when; ``by`` is then an outer bound."""
    unparsed: tuple[str, ...] = ()
    """What of the row was not understood."""

    @property
    def provisional(self) -> bool:
        """Whether the due moment may still move when a year's notice appears."""
        return self.binds is not None and self.binds.provisional

    @property
    def take_down(self) -> datetime | None:
        """From when on it is to be taken down; None where it is to stay.

        Where the law and the row both demand a period, the longer one counts. As long
        as one has no end that is known, it stays.
        """
        ends = [showing.take_down for showing in self.showings]
        if not self.ends or self.permanent or None in ends:
            return None
        return max((end for end in ends if end is not None), default=None)

    def is_late(self, moment: datetime) -> bool:
        """Whether something made public at a moment was late, or would be."""
        return self.binds is not None and self.binds.passed(moment)


def due(
    record: Record,
    item: Item | None,
    calendar: WorkCalendar,
    *,
    channel: ChannelCode | None = None,
    related: Record | None = None,
) -> Due:
    """Return by when a record must be public.

    Args:
        record: What is to be public.
        item: The row of the catalog that it stands under; None: the law alone counts.
        calendar: Which days are worked.
        channel: Where it is to be public: parts of the row that are bound to another
            channel do not count. None: every part counts.
        related: The record that it interprets, answers or follows, where it is known.
    """
    parts = _parts(item, record.title, channel)
    demands = [*_demands(record, parts)]
    reckoner = Reckoner(record, related, calendar)
    clocks = [reckoner.clock(m, law) for m, law in demands if m.kind.timed]
    lasting = [one for one in demands if one[0].kind is Kind.LASTING]
    showings = [reckoner.showing(m, law) for m, law in lasting]
    binds = binding(clocks)
    return Due(
        record=record.id,
        channel=channel,
        by=binds.by if binds else None,
        binds=binds,
        clocks=tuple(clocks),
        showings=tuple(showings),
        ends=any(part.kind is Kind.TAKE_DOWN for part in parts),
        permanent=any(part.kind is Kind.PERMANENT for part in parts),
        qualitative=tuple(part.text for part in qualitative(parts)),
        unparsed=tuple(part.text for part in parts if part.kind is Kind.UNPARSED),
    )


def timed(
    record: Dated, item: Item | None
) -> tuple[tuple[Measure, Statute | None], ...]:
    """Return what says by when a record must be public, with the law that says it.

    :func:`binding` chooses among the clocks of them. For those who judge many records:
    equal cases (:func:`case`) have equal answers.
    """
    demands = _demands(record, _parts(item, record.title, None))
    return tuple(one for one in demands if one[0].kind.timed)


def case(record: Dated, item: Item | None) -> Hashable:
    """Return all that :func:`timed` depends on; of most titles nothing."""
    deadline = item.deadline if item else ""
    chooses = _by_title(deadline) or telling(record.title, record.step)
    return (
        deadline,
        record.item.key if record.item else None,
        record.title if chooses else "",
        str(record.step),
        str(record.mode),
        era(_day(record)),
    )


@lru_cache(maxsize=4096)
def _by_title(deadline: str) -> bool:
    return by_title(parse(deadline).parts)


def _parts(
    item: Item | None, title: str, channel: ChannelCode | None
) -> tuple[Part, ...]:
    return chosen(parse(item.deadline).parts, title, channel) if item else ()


def _demands(
    record: Dated, parts: Iterable[Part]
) -> Iterator[tuple[Measure, Statute | None]]:
    for part in parts:
        yield part, None
    for law in _laws(record):
        yield law, law


def _laws(record: Dated) -> Iterator[Statute]:
    """Yield the statutes that concern a record; art. 26 binds proactive release."""
    title, step, day = record.title, record.step, _day(record)
    for law in statutes_of(record.item, title=title, step=step, on=day):
        if not law.general or record.mode is Mode.PROACTIVE:
            yield law


def _day(record: Dated) -> date | None:
    """Return the day by whose laws a record is judged."""
    published = record.published.date() if record.published else None
    return record.formed or record.issued or published


def binding(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that binds: a special law takes the general one's place.

    None where no clock can be computed.
    """
    known = [clock for clock in clocks if clock.by is not None]
    if any(clock.special for clock in known):
        known = [clock for clock in known if not clock.general]
    return min(known, key=lambda one: (one.by, one.source != ROW), default=None)
