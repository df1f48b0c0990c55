"""Links: what was seen behind the addresses in what stands live, at the last look.

Only of the present day: what was seen on days that are past is not kept.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from govsync.reports.document import Figure, Lists, Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.reports.document import Row
    from govsync.reports.facts import Facts, SeenLink

BAD = ("dead", "hijacked")
"""States that somebody has to mend."""
_TITLE = "链接健康"


def section(facts: Facts) -> Section:
    """Return the section on links; where nobody looked it says so."""
    if facts.links is None:
        unknown = Figure(
            key="seen", label="已检查的链接", value=None, note="没有当日的检查结果"
        )
        return Section(key="links", title=_TITLE, figures=(unknown,))
    lists = Lists(section="links")
    return Section(
        key="links",
        title=_TITLE,
        notes=("以最近一次检查所见为准; 未检查的链接不计。",),
        figures=_figures(facts.links, lists),
        tables=(_states(facts.links),),
        listings=tuple(lists.made),
    )


def _figures(seen: Sequence[SeenLink], lists: Lists) -> tuple[Figure, ...]:
    bad = [one for one in seen if one.state in BAD]
    return (
        Figure(key="seen", label="已检查的链接", value=len(seen), unit="个"),
        Figure(
            key="bad",
            label="失效或被劫持的链接",
            value=len(bad),
            of=len(seen),
            unit="个",
            listing=lists.add("bad", "失效或被劫持的链接", bad, _told),
        ),
    )


def _told(one: SeenLink) -> Row:
    return one.record, one.address, f"{one.state.label}, {one.looked_at:%Y-%m-%d} 检查"


def _states(seen: Sequence[SeenLink]) -> Table:
    counts = Counter(one.state.label for one in seen)
    rows = tuple((label, str(number)) for label, number in sorted(counts.items()))
    header = ("所见", "链接")
    return Table(key="states", title="按检查结果", header=header, rows=rows)
