"""Interpretation (解读): how many policy documents have one, and after how long.

Policy documents are the releases that carry a document number (文号). What is in time
the clock of the statutes says (``statutes.toml``); before it nothing was late.
"""

from __future__ import annotations

from datetime import datetime
from statistics import median_low
from typing import TYPE_CHECKING

from govsync.model import SHANGHAI, Step
from govsync.reports.document import Figure, Lists, Section
from govsync.reports.timeliness import Judge, Timed
from govsync.rules.timing import Start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts
    from govsync.rules.timing import Clock

_NEVER = datetime.max.replace(tzinfo=SHANGHAI)


def firsts(facts: Facts) -> dict[str, Fact]:
    """Return by interpreted document its first interpretation."""
    found: dict[str, Fact] = {}
    for one in facts.public:
        target = one.relation.target if one.relation else ""
        document = facts.by_id.get(target)
        if one.step is not Step.INTERPRETATION or document is None:
            continue
        if facts.published(document):
            found[target] = min(found.get(target, one), one, key=_published)
    return found


def _published(fact: Fact) -> datetime:
    return fact.published or _NEVER


def lags(facts: Facts) -> dict[str, int]:
    """Return by interpreted document the working days until its first interpretation.

    Negative where the interpretation came first.
    """
    return {
        target: _between(facts, begun, one.published)
        for target, one in firsts(facts).items()
        if (begun := facts.by_id[target].published) and one.published
    }


def _between(facts: Facts, begun: datetime, ended: datetime) -> int:
    return facts.calendar.working_days_between(begun.date(), ended.date())


def documents(facts: Facts) -> list[Fact]:
    """Return the public policy documents, in order of id."""
    return [
        one for one in facts.public if one.document_number and one.step is Step.RELEASE
    ]


def section(facts: Facts) -> Section:
    """Return the section on interpretation."""
    lists = Lists(section="interpretation")
    return Section(
        key="interpretation",
        title="政策解读",
        notes=("政策文件按有文号的发布信息计; 解读以关联索引号与原文关联者为准。",),
        figures=(
            *_documents(facts, lists),
            _in_time(facts, lists),
            *_rest(facts, lists),
        ),
        listings=tuple(lists.made),
    )


def _documents(facts: Facts, lists: Lists) -> Iterator[Figure]:
    known, lag = documents(facts), lags(facts)
    with_one = [one for one in known if one.id in lag]
    without = [one for one in known if one.id not in lag]
    yield Figure(
        key="with",
        label="已解读的政策文件",
        value=len(with_one),
        of=len(known),
        listing=lists.add(
            "with",
            "已解读的政策文件",
            with_one,
            lambda one: one.told(_said(lag[one.id])),
        ),
    )
    yield Figure(
        key="without",
        label="未解读的政策文件",
        value=len(without),
        of=len(known),
        listing=lists.add(
            "without",
            "未解读的政策文件",
            without,
            lambda one: one.told(one.document_number),
        ),
    )


def _in_time(facts: Facts, lists: Lists) -> Figure:
    """Return how many first interpretations kept the clock of the statutes."""
    judge = Judge(facts)
    wanted = {one.id for one in documents(facts)}
    timed = [
        Timed(one, judge.clock(one, Start.RELATED))
        for target, one in firsts(facts).items()
        if target in wanted
    ]
    known = [one for one in timed if one.in_time is not None]
    late = [one for one in known if not one.in_time]
    return Figure(
        key="in-time",
        label="按期解读",
        value=len(known) - len(late),
        of=len(known),
        note="; ".join(sorted({_source(one.clock) for one in known if one.clock})),
        listing=lists.add("late", "逾期解读", late, Timed.told),
    )


def _source(clock: Clock) -> str:
    return f"{clock.source}: {clock.measure}"


def _rest(facts: Facts, lists: Lists) -> Iterator[Figure]:
    alone = [
        one
        for one in facts.public
        if one.step is Step.INTERPRETATION
        and (one.relation is None or one.relation.target not in facts.by_id)
    ]
    yield Figure(
        key="unlinked",
        label="未与原文关联的解读",
        value=len(alone),
        listing=lists.add("unlinked", "未与原文关联的解读", alone, _unlinked),
    )
    lag = lags(facts)
    told = [lag[one.id] for one in documents(facts) if one.id in lag]
    middle = median_low(told) if told else None
    yield Figure(key="lag", label="解读间隔(中位数)", value=middle, unit="个工作日")


def _unlinked(fact: Fact) -> Row:
    return fact.told(fact.relation.target if fact.relation else "没有关联索引号")


def _said(days: int) -> str:
    return f"发布后 {days} 个工作日解读" if days > 0 else "同步解读"
