"""Coverage: which rows of the catalog have something public, by area and level.

A row counts as covered where a channel confirmed that it holds a record of it; where
only the record itself says so, it is *said*. Rows on request only owe nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govsync.model import Item, Level, Mode
from govsync.reports.document import (
    KEPT,
    Bar,
    Chart,
    Figure,
    Lists,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts


_FEWEST = 3
"""Records of a row that are listed, however many rows there are."""


class RowFact(NamedTuple):
    """One row of the catalog with its public records."""

    item: Item
    records: tuple[Fact, ...]
    proven: bool
    """Whether a channel confirmed one of them."""

    @property
    def said(self) -> bool:
        """Whether records say that they are public and no channel confirms any."""
        return bool(self.records) and not self.proven

    def told(self) -> Row:
        """Return its line in a list."""
        return self.item.number, str(self.item.ref), f"{len(self.records)} 条信息"


def rows_of(facts: Facts) -> list[RowFact]:
    """Return the rows that owe publication, in the catalogs' order."""
    of_row: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts.standing:
        if fact.item is not None and (facts.published(fact) or facts.shown(fact)):
            of_row.setdefault(fact.item.key, []).append(fact)
    return [
        RowFact(item, tuple(found), any(map(facts.shown, found)))
        for item in facts.catalogs.items
        if not on_request(item)
        for found in [of_row.get(item.ref.key, [])]
    ]


def on_request(item: Item) -> bool:
    """Whether a row is published on request only (依申请公开)."""
    return bool(item.modes) and Mode.PROACTIVE not in item.modes


def section(facts: Facts) -> Section:
    """Return the section on coverage."""
    lists = Lists(section="coverage")
    rows = rows_of(facts)
    areas = _groups((row.item.ref.area, row) for row in rows)
    levels = _groups((level.label, row) for row in rows for level in _levels(row.item))
    return Section(
        key="coverage",
        title="目录覆盖",
        notes=(
            (
                "已覆盖: 该事项至少有一条信息经渠道确认在线; 仅自述: 信息自称已发布,"
                "尚无渠道确认; 空白: 没有信息。仅依申请公开的事项不计。"
            ),
        ),
        figures=_figures(facts, rows, lists),
        charts=(Chart(title="各领域事项覆盖率", bars=_bars(areas)),),
        tables=(
            _table("areas", "按领域", areas),
            _table("levels", "按公开层级", levels),
            _row_table(rows, lists),
        ),
        listings=tuple(lists.made),
    )


def _figures(facts: Facts, rows: Sequence[RowFact], lists: Lists) -> tuple[Figure, ...]:
    outside = [one for one in facts.public if facts.row(one) is None]
    proven = [row for row in rows if row.proven]
    said = [row for row in rows if row.said]
    empty = [row for row in rows if not row.records]
    return (
        _of_rows("covered", "已覆盖事项", proven, rows, lists),
        _of_rows("said", "仅自述公开的事项", said, rows, lists),
        _of_rows("empty", "空白事项", empty, rows, lists),
        Figure(
            key="outside",
            label="不属于目录任何事项的信息",
            value=len(outside),
            listing=lists.add(
                "outside",
                "目录外信息",
                outside,
                lambda one: one.told(one.issuer),
            ),
        ),
    )


def _of_rows(
    key: str,
    label: str,
    found: Sequence[RowFact],
    rows: Sequence[RowFact],
    lists: Lists,
) -> Figure:
    return Figure(
        key=key,
        label=label,
        value=len(found),
        of=len(rows),
        unit="项",
        listing=lists.add(key, label, found, RowFact.told),
    )


def _levels(item: Item) -> tuple[Level, ...]:
    return item.levels


def _groups(pairs: Iterable[tuple[str, RowFact]]) -> dict[str, list[RowFact]]:
    found: dict[str, list[RowFact]] = {}
    for name, row in pairs:
        found.setdefault(name, []).append(row)
    return found


def _bars(groups: dict[str, list[RowFact]]) -> tuple[Bar, ...]:
    return tuple(
        Bar(label=name, value=sum(row.proven for row in rows), of=len(rows))
        for name, rows in groups.items()
    )


def _table(key: str, title: str, groups: dict[str, list[RowFact]]) -> Table:
    rows = tuple(
        (
            name,
            str(len(rows)),
            str(sum(row.proven for row in rows)),
            str(sum(row.said for row in rows)),
            str(sum(not row.records for row in rows)),
            str(sum(len(row.records) for row in rows)),
        )
        for name, rows in groups.items()
    )
    header = ("名称", "事项", "已覆盖", "仅自述", "空白", "信息条数")
    return Table(key=key, title=title, header=header, rows=rows)


def _row_table(rows: Sequence[RowFact], lists: Lists) -> Table:
    cells, links = [], []
    # A catalog has up to some thousand rows, and all of their lists stand in one page.
    most = max(_FEWEST, KEPT // max(1, len(rows)))
    for number, row in enumerate(rows, start=1):
        state = "已覆盖" if row.proven else "仅自述" if row.said else "空白"
        cells.append((str(row.item.ref), str(len(row.records)), state))
        links.append(_listed(lists, f"row-{number}", row, most))
    return Table(
        key="rows",
        title="按事项",
        header=("事项", "信息条数", "状态"),
        rows=tuple(cells),
        links=tuple(links),
    )


def _listed(lists: Lists, name: str, row: RowFact, most: int) -> str:
    return lists.add(name, str(row.item.ref), row.records, _dated, most=most)


def _dated(fact: Fact) -> Row:
    day = fact.published
    return fact.told(f"{day:%Y-%m-%d} 发布" if day else "未注明发布日期")
