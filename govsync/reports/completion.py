"""Completion: whether records are on the channels that their rows demand, all alike.

A box (■) without a configured channel is nobody's failure that govsync could see: it
is counted apart. Consistency (条例 art. 6 and 11) compares revision and digest of what
each channel confirmed.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import ChannelCode, Demand
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
    from collections.abc import Iterator

    from govsync.model import Item
    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts, Holding

_Box = tuple[ChannelCode, frozenset[str] | None]
_OPEN = ("held", "refused")
_STATES = {
    "owed": "待推送",
    "sending": "推送中",
    "unsure": "结果不明",
    "accepted": "渠道已受理",
    "waiting": "等待重试",
    "held": "待人工处理",
    "refused": "规则不允许",
}


class Demanded(NamedTuple):
    """A box that a row demands of a record."""

    fact: Fact
    code: ChannelCode
    done: bool | None
    """None: no channel is configured that fulfils it."""


def demanded(facts: Facts) -> Iterator[Demanded]:
    """Yield what the rows of the public records demand, in order of record."""
    boxes: dict[int, tuple[_Box, ...]] = {}
    for fact in facts.public:
        item = facts.row(fact)
        if item is None:
            continue
        if id(item) not in boxes:
            boxes[id(item)] = tuple(_boxes(facts, item))
        shown = facts.shown(fact)
        for code, names in boxes[id(item)]:
            yield Demanded(fact, code, _done(names, shown))


def _boxes(facts: Facts, item: Item) -> Iterator[_Box]:
    """Yield what a row demands, each with the names of the channels that fulfil it."""
    for box in item.channels:
        if box.demand is Demand.REQUIRED and item.allows(box.code):
            yield box.code, facts.serving.get(box.code)


def section(facts: Facts) -> Section:
    """Return the section on channels."""
    lists = Lists(section="channels")
    counts = _by_code(facts)
    return Section(
        key="channels",
        title="渠道完成与一致性",
        notes=(
            (
                "必选渠道按目录 ■ 计, 以渠道回执为准; 未接入的渠道(未配置)无从核实,"
                "单列不计入完成率。"
            ),
        ),
        figures=(*_completion(facts, counts, lists), *_consistency(facts, lists)),
        charts=(Chart(title="必选渠道完成率", bars=_bars(counts)),),
        tables=(_table(counts), _channels(facts)),
        listings=tuple(lists.made),
    )


def _completion(facts: Facts, counts: _Counts, lists: Lists) -> Iterator[Figure]:
    told = (
        ("done", "必选渠道已完成", "必选渠道已完成", True),
        ("owed", "必选渠道未完成", "必选渠道未完成", False),
        ("unconnected", "必选渠道未接入, 无从核实", "未接入的必选渠道", None),
    )
    numbers = {done: sum(count[done] for count in counts.values()) for *_, done in told}
    for key, label, title, done in told:
        number = numbers[done]
        ones = (one for one in demanded(facts) if one.done is done)
        # No further than what is listed: there may be a million.
        first = [*islice(ones, min(number, KEPT))]
        yield Figure(
            key=key,
            label=label,
            value=number,
            of=None if done is None else numbers[True] + numbers[False],
            unit="条次",
            listing=lists.add(key, title, first, _boxed, total=number),
        )


def _boxed(one: Demanded) -> Row:
    return one.fact.told(one.code.label)


def _consistency(facts: Facts, lists: Lists) -> tuple[Figure, ...]:
    told: dict[str, tuple[str, list[_Shown]]] = {
        "same": ("各渠道内容一致", []),
        "explained": ("渠道间有差异, 原因已知", []),
        "unexplained": ("渠道间有差异, 原因不明", []),
    }
    for fact in facts.standing:
        if held := tuple(one for one in facts.of(fact) if one.shows):
            shown = _Shown(fact, held)
            told[shown.verdict][1].append(shown)
    total = sum(len(found) for _, found in told.values())
    return tuple(
        Figure(
            key=key,
            label=label,
            value=len(found),
            of=total,
            listing=lists.add(key, label, found, _Shown.told),
        )
        for key, (label, found) in told.items()
    )


class _Shown(NamedTuple):
    """A record with the channels that show it, one at least."""

    fact: Fact
    held: tuple[Holding, ...]

    @property
    def differing(self) -> list[Holding]:
        return [one for one in self.held if one.revision != self.fact.revision]

    @property
    def verdict(self) -> str:
        if differing := self.differing:
            return "explained" if all(map(_why, differing)) else "unexplained"
        alike = len({one.digest for one in self.held}) == 1
        return "same" if alike else "unexplained"

    def told(self) -> Row:
        if differing := self.differing:
            return self.fact.told("; ".join(map(_holds, differing)))
        if self.verdict == "same":
            digest = self.held[0].digest[:12]
            return self.fact.told(f"{len(self.held)} 个渠道, {digest}…")
        return self.fact.told("版本相同而摘要不同")


def _why(held: Holding) -> str:
    return held.reason or _STATES.get(held.state, "")


def _holds(one: Holding) -> str:
    return f"{one.channel} 持有第 {one.revision or '?'} 版: {_why(one) or '原因不明'}"


_Counts = dict[ChannelCode, Counter[bool | None]]


def _by_code(facts: Facts) -> _Counts:
    """Count boxes by channel and by whether they are done; rows and places at once."""
    rows: dict[int, Item] = {}
    alike: Counter[tuple[int, frozenset[str]]] = Counter()
    for fact in facts.public:
        if item := facts.row(fact):
            rows[id(item)] = item
            alike[id(item), facts.shown(fact)] += 1
    counts: _Counts = {}
    for (row, shown), number in alike.items():
        for code, names in _boxes(facts, rows[row]):
            counts.setdefault(code, Counter())[_done(names, shown)] += number
    return {code: counts[code] for code in ChannelCode if code in counts}


def _done(names: frozenset[str] | None, shown: frozenset[str]) -> bool | None:
    return None if names is None else not names.isdisjoint(shown)


def _bars(counts: _Counts) -> tuple[Bar, ...]:
    return tuple(
        Bar(label=code.label, value=count[True], of=count[True] + count[False])
        for code, count in counts.items()
        if count[True] + count[False]
    )


def _table(counts: _Counts) -> Table:
    rows = tuple(
        (code.label, str(count[True]), str(count[False]), str(count[None]))
        for code, count in counts.items()
    )
    return Table(
        key="boxes",
        title="按目录渠道",
        header=("渠道", "已完成", "未完成", "未接入"),
        rows=rows,
    )


def _channels(facts: Facts) -> Table:
    live: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for fact in facts.standing:
        for held in facts.of(fact):
            live[held.channel] += held.shows
            waiting[held.channel] += held.state not in {"live", "withdrawn", ""}
    rows = tuple(
        (one.name, one.serves.label, str(live[one.name]), str(waiting[one.name]))
        for one in facts.channels
    )
    return Table(
        key="configured",
        title="已接入渠道",
        header=("渠道", "对应目录渠道", "在线", "未了"),
        rows=rows,
    )


def steps(facts: Facts) -> Section:
    """Return the section on what waits for a person."""
    lists = Lists(section="steps")
    found = [
        (fact, one)
        for fact in facts.records
        for one in facts.of(fact)
        if one.state in _OPEN
    ]
    stopped = [(c.name, c.serves.label, c.stopped) for c in facts.channels if c.stopped]
    return Section(
        key="steps",
        title="待人工处理",
        figures=(
            Figure(
                key="records",
                label="待人工处理的推送",
                value=len(found),
                unit="条次",
                listing=lists.add(
                    "records", "待人工处理的推送", found, lambda one: _step(*one)
                ),
            ),
            Figure(
                key="stopped",
                label="等待人工恢复的渠道",
                value=len(stopped),
                unit="个",
                listing=lists.add_plain("stopped", "等待人工恢复的渠道", stopped),
            ),
        ),
        listings=tuple(lists.made),
    )


def _step(fact: Fact, one: Holding) -> Row:
    said = f"{one.channel}: {_STATES[one.state]} {one.reason} {one.step}"
    return fact.told(said.rstrip())
