"""Completion: whether records are on the channels that their rows demand, all alike.

A box (■) without a configured channel is nobody's failure that govsync could see: it
is counted apart. Consistency (条例 art. 6 and 11) compares revision and digest of what
each channel confirmed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import ChannelCode, Demand
from govsync.reports.document import Bar, Chart, Figure, Lists, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from govsync.reports.facts import Fact, Facts, Holding

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
    for fact in facts.public:
        item = facts.row(fact)
        if item is None:
            continue
        shown = facts.shown(fact)
        for box in item.channels:
            if box.demand is Demand.REQUIRED and item.allows(box.code):
                names = facts.serving.get(box.code)
                done = None if names is None else not names.isdisjoint(shown)
                yield Demanded(fact, box.code, done)


def section(facts: Facts) -> Section:
    """Return the section on channels."""
    lists = Lists(section="channels")
    found = list(demanded(facts))
    return Section(
        key="channels",
        title="渠道完成与一致性",
        notes=(
            (
                "必选渠道按目录 ■ 计, 以渠道回执为准; 未接入的渠道(未配置)无从核实,"
                "单列不计入完成率。"
            ),
        ),
        figures=(*_completion(found, lists), *_consistency(facts, lists)),
        charts=(Chart(title="必选渠道完成率", bars=_bars(found)),),
        tables=(_table(found), _channels(facts)),
        listings=tuple(lists.made),
    )


def _completion(found: Sequence[Demanded], lists: Lists) -> Iterator[Figure]:
    connected = [one for one in found if one.done is not None]
    groups = {
        "done": ("必选渠道已完成", [one for one in connected if one.done]),
        "owed": ("必选渠道未完成", [one for one in connected if not one.done]),
    }
    for key, (label, ones) in groups.items():
        told = [(one.fact, one.code.label) for one in ones]
        yield Figure(
            key=key,
            label=label,
            value=len(ones),
            of=len(connected),
            unit="条次",
            listing=lists.add(key, label, told),
        )
    apart = [one for one in found if one.done is None]
    yield Figure(
        key="unconnected",
        label="必选渠道未接入, 无从核实",
        value=len(apart),
        unit="条次",
        listing=lists.add(
            "unconnected",
            "未接入的必选渠道",
            [(one.fact, one.code.label) for one in apart],
        ),
    )


def _consistency(facts: Facts, lists: Lists) -> tuple[Figure, ...]:
    same: list[tuple[Fact, str]] = []
    explained: list[tuple[Fact, str]] = []
    unexplained: list[tuple[Fact, str]] = []
    for fact in facts.standing:
        held = [one for one in facts.of(fact) if one.shows]
        if not held:
            continue
        if differing := [one for one in held if not _current(one, fact)]:
            into = explained if all(map(_why, differing)) else unexplained
            into.append((fact, _told(differing)))
        elif len({one.digest for one in held}) == 1:
            same.append((fact, f"{len(held)} 个渠道, {held[0].digest[:12]}…"))
        else:
            unexplained.append((fact, "版本相同而摘要不同"))
    total = len(same) + len(explained) + len(unexplained)
    told = (
        ("same", "各渠道内容一致", same),
        ("explained", "渠道间有差异, 原因已知", explained),
        ("unexplained", "渠道间有差异, 原因不明", unexplained),
    )
    return tuple(
        Figure(
            key=key,
            label=label,
            value=len(found),
            of=total,
            listing=lists.add(key, label, found),
        )
        for key, label, found in told
    )


def _current(held: Holding, fact: Fact) -> bool:
    return held.revision == fact.revision


def _why(held: Holding) -> str:
    return held.reason or _STATES.get(held.state, "")


def _told(differing: Sequence[Holding]) -> str:
    return "; ".join(
        f"{one.channel} 持有第 {one.revision or '?'} 版: {_why(one) or '原因不明'}"
        for one in differing
    )


def _by_code(found: Sequence[Demanded]) -> dict[ChannelCode, Counter[bool | None]]:
    counts: dict[ChannelCode, Counter[bool | None]] = {}
    for one in found:
        counts.setdefault(one.code, Counter())[one.done] += 1
    return {code: counts[code] for code in ChannelCode if code in counts}


def _bars(found: Sequence[Demanded]) -> tuple[Bar, ...]:
    return tuple(
        Bar(label=code.label, value=count[True], of=count[True] + count[False])
        for code, count in _by_code(found).items()
        if count[True] + count[False]
    )


def _table(found: Sequence[Demanded]) -> Table:
    rows = tuple(
        (code.label, str(count[True]), str(count[False]), str(count[None]))
        for code, count in _by_code(found).items()
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
        (fact, f"{one.channel}: {_STATES[one.state]} {one.reason} {one.step}".rstrip())
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
                listing=lists.add("records", "待人工处理的推送", found),
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
