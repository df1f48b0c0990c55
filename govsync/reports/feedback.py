"""Feedback: what came back, what was answered and how fast, and what became of returns.

留言数, 答复数 and 答复率 a month are what mailboxes publish (国办发〔2017〕47号); a
message that is unanswered for more than three months is a veto (国办秘函〔2019〕19号).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from govsync.inbox import Category
from govsync.inbox.clock import VETO_MONTHS, Terms, months_after
from govsync.model import SHANGHAI
from govsync.reports.document import Figure, Lists, Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from govsync.reports.facts import Facts, Message

_KINDS = {"comment": Category.SUGGESTION.label}
_TERMS = Terms()
CONTENT = 4
"""The score from which a sender is content, of five."""


def section(facts: Facts) -> Section:
    """Return the section on feedback."""
    lists = Lists(section="feedback")
    return Section(
        key="feedback",
        title="反馈与退回",
        notes=(
            "留言为意见建议与纠错; 未经答复而办结的(如重复、无效)不计入答复率。",
            "答复用时按工作日计, 收到当日不计; 以答复送达来源渠道为准。",
            "退回后渠道又确认了该信息的, 或已答复的, 计为已整改。",
        ),
        figures=(*_figures(facts, lists), *_speed(facts), _content(facts)),
        tables=(_by_kind(facts), _by_month(facts)),
        listings=tuple(lists.made),
    )


def unanswered(facts: Facts) -> list[Message]:
    """Return the messages of the public that no answer was given to by the day."""
    return [
        one
        for one in facts.messages
        if _awaits(one) and not (one.answered or one.closed)
    ]


def beyond_three_months(facts: Facts) -> list[Message]:
    """Return the unanswered messages that fail the site (单项否决)."""
    return [
        one
        for one in unanswered(facts)
        if months_after(one.at.astimezone(SHANGHAI).date(), VETO_MONTHS) < facts.as_of
    ]


def _awaits(one: Message) -> bool:
    if one.category is None:
        return one.kind == "comment"
    return one.category.from_the_public


def _figures(facts: Facts, lists: Lists) -> tuple[Figure, ...]:
    asked = [one for one in facts.messages if _awaits(one) and not one.closed]
    answered = [one for one in asked if one.answered]
    returned = [one for one in facts.messages if one.kind == "return"]
    mended = [one for one in returned if _mended(facts, one)]
    still = [one for one in returned if one not in mended]
    told = (
        ("all", "收到的反馈", facts.messages, None),
        ("answered", "留言已答复", answered, len(asked)),
        ("waiting", "留言未答复", unanswered(facts), len(asked)),
        ("veto", "超过三个月未答复", beyond_three_months(facts), len(asked)),
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


def _speed(facts: Facts) -> tuple[Figure, ...]:
    """Return how many answers took no longer than each term."""
    took = [
        _working_days(facts, one.at, one.answered)
        for one in facts.messages
        if _awaits(one) and one.answered
    ]
    return tuple(
        Figure(
            key=f"within-{days}",
            label=f"{days} 个工作日内答复",
            value=sum(each <= days for each in took),
            of=len(took),
            unit="件",
        )
        for days in (_TERMS.suggestion, _TERMS.complex)
    )


def _working_days(facts: Facts, asked: datetime, answered: datetime) -> int:
    days = (moment.astimezone(SHANGHAI).date() for moment in (asked, answered))
    return facts.calendar.working_days_between(*days)


def _content(facts: Facts) -> Figure:
    scores = [one.score for one in facts.messages if one.score is not None]
    mean = f"平均 {sum(scores) / len(scores):.1f} 分" if scores else "无人评分"
    return Figure(
        key="content",
        label=f"评价满意({CONTENT} 分以上)",
        value=sum(score >= CONTENT for score in scores),
        of=len(scores),
        unit="件",
        note=f"{mean}, 满分 5 分",
    )


def _by_kind(facts: Facts) -> Table:
    counts = Counter((one.channel, _kind(one)) for one in facts.messages)
    rows = (
        (channel, kind, str(number))
        for (channel, kind), number in sorted(counts.items())
    )
    return Table(
        key="kinds",
        title="按渠道与种类",
        header=("渠道", "种类", "件数"),
        rows=tuple(rows),
    )


def _by_month(facts: Facts) -> Table:
    months: dict[str, list[Message]] = {}
    for one in facts.messages:
        if _awaits(one):
            months.setdefault(f"{one.at.astimezone(SHANGHAI):%Y-%m}", []).append(one)
    return Table(
        key="months",
        title="留言与答复, 按月",
        header=("月份", "留言数", "答复数", "答复率"),
        rows=tuple((month, *_rate(found)) for month, found in sorted(months.items())),
    )


def _rate(found: Sequence[Message]) -> tuple[str, str, str]:
    answered = sum(one.answered is not None for one in found)
    owed = sum(one.closed is None for one in found)
    rate = Figure(key="", label="", value=answered, of=owed).percent
    return str(len(found)), str(answered), rate


def _mended(facts: Facts, message: Message) -> bool:
    if message.answered:
        return True
    held_of = facts.holdings.get(message.record, ())
    return any(
        one.channel == message.channel and one.last and one.last > message.at
        for one in held_of
    )


def _kind(one: Message) -> str:
    if one.category is not None:
        return one.category.label
    known = {each.value: each.label for each in Category} | _KINDS
    return known.get(one.kind, one.kind)


def _row(one: Message) -> tuple[str, str, str]:
    due = f", 限 {one.due:%Y-%m-%d}" if one.due else ""
    return one.id, one.record, f"{one.channel} {_kind(one)} {one.at:%Y-%m-%d}{due}"
