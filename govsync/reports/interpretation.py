"""Interpretation (解读): how many policy documents have one, and after how long.

Policy documents are the releases that carry a document number (文号). The outer bound
is three working days (local rules after 国办发〔2017〕47号; see ``docs/deadlines.md``).
"""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING

from govsync.model import Step
from govsync.reports.document import Figure, Lists, Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from govsync.reports.facts import Fact, Facts

WITHIN = 3
"""Working days."""


def lags(facts: Facts) -> dict[str, int]:
    """Return by interpreted document the working days until its first interpretation.

    Negative where the interpretation came first.
    """
    found: dict[str, int] = {}
    for one in facts.public:
        target = one.relation.target if one.relation else ""
        document = facts.by_id.get(target)
        if one.step is not Step.INTERPRETATION or document is None:
            continue
        begun, ended = facts.published(document), facts.published(one)
        if begun and ended:
            days = _between(facts, begun, ended)
            found[target] = min(days, found.get(target, days))
    return found


def _between(facts: Facts, begun: datetime, ended: datetime) -> int:
    return facts.calendar.working_days_between(begun.date(), ended.date())


def documents(facts: Facts) -> list[Fact]:
    """Return the public policy documents, in order of id."""
    return [
        one for one in facts.public if one.document_number and one.step is Step.RELEASE
    ]


def section(facts: Facts, *, within: int = WITHIN) -> Section:
    """Return the section on interpretation.

    Args:
        facts: Of the day.
        within: In how many working days it is in time.
    """
    lists = Lists(section="interpretation")
    return Section(
        key="interpretation",
        title="政策解读",
        notes=("政策文件按有文号的发布信息计; 解读以关联索引号与原文关联者为准。",),
        figures=_figures(facts, documents(facts), lags(facts), lists, within),
        listings=tuple(lists.made),
    )


def _figures(
    facts: Facts,
    known: Sequence[Fact],
    lag: Mapping[str, int],
    lists: Lists,
    within: int,
) -> tuple[Figure, ...]:
    with_one = [(one, _said(lag[one.id])) for one in known if one.id in lag]
    without = [(one, one.document_number) for one in known if one.id not in lag]
    in_time = [(one, said) for one, said in with_one if lag[one.id] <= within]
    alone = [
        (one, one.relation.target if one.relation else "没有关联索引号")
        for one in facts.public
        if one.step is Step.INTERPRETATION
        and (one.relation is None or one.relation.target not in facts.by_id)
    ]
    told = (
        ("with", "已解读的政策文件", with_one, len(known)),
        ("without", "未解读的政策文件", without, len(known)),
        ("in-time", f"{within} 个工作日内解读", in_time, len(with_one)),
        ("unlinked", "未与原文关联的解读", alone, None),
    )
    figures = [
        Figure(
            key=key,
            label=label,
            value=len(found),
            of=of,
            listing=lists.add(key, label, found, lambda one: one[0].told(one[1])),
        )
        for key, label, found, of in told
    ]
    middle = median_low([lag[one.id] for one, _ in with_one]) if with_one else None
    lag_figure = Figure(
        key="lag", label="解读间隔(中位数)", value=middle, unit="个工作日"
    )
    return (*figures, lag_figure)


def _said(days: int) -> str:
    return f"发布后 {days} 个工作日解读" if days > 0 else "同步解读"
