"""Feedback: what channels gave back, by kind, and what became of returns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from govsync.reports.document import Figure, Lists, Section, Table

if TYPE_CHECKING:
    from govsync.reports.facts import Facts, Message

_KINDS = {
    "return": "退回整改",
    "reminder": "催报",
    "catalog": "目录变更",
    "comment": "意见建议",
}


def section(facts: Facts) -> Section:
    """Return the section on feedback."""
    lists = Lists(section="feedback")
    counts = Counter((one.channel, one.kind) for one in facts.messages)
    rows = tuple(
        (channel, _KINDS.get(kind, kind), str(number))
        for (channel, kind), number in sorted(counts.items())
    )
    return Section(
        key="feedback",
        title="反馈与退回",
        notes=("退回后渠道又确认了该信息的, 计为已整改; 意见的答复情况无从得知。",),
        figures=_figures(facts, lists),
        tables=(
            Table(
                key="kinds",
                title="按渠道与种类",
                header=("渠道", "种类", "件数"),
                rows=rows,
            ),
        ),
        listings=tuple(lists.made),
    )


def _figures(facts: Facts, lists: Lists) -> tuple[Figure, ...]:
    returned = [one for one in facts.messages if one.kind == "return"]
    mended = [one for one in returned if _mended(facts, one)]
    still = [one for one in returned if one not in mended]
    told = (
        ("all", "收到的反馈", facts.messages, None),
        ("mended", "退回已整改", mended, len(returned)),
        ("open", "退回未整改", still, len(returned)),
    )
    return tuple(
        Figure(
            key=key,
            label=label,
            value=len(found),
            of=of,
            unit="件",
            listing=lists.add_plain(key, label, map(_row, found)),
        )
        for key, label, found, of in told
    )


def _mended(facts: Facts, message: Message) -> bool:
    held_of = facts.holdings.get(message.record, ())
    return any(
        one.channel == message.channel and one.last and one.last > message.at
        for one in held_of
    )


def _row(one: Message) -> tuple[str, str, str]:
    due = f", 限 {one.due:%Y-%m-%d}" if one.due else ""
    kind = _KINDS.get(one.kind, one.kind)
    return one.id, one.record, f"{one.channel} {kind} {one.at:%Y-%m-%d}{due}"
