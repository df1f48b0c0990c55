"""Inspection: the single-veto table of 国办秘函〔2019〕19号, line by line.

Each line has a verdict of four. What govsync cannot know it says; it never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsync.model import ChannelCode
from govsync.model.codes import Code
from govsync.reports.columns import columns, not_updated
from govsync.reports.document import Lists, Section, Table
from govsync.reports.feedback import beyond_three_months

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts

    Evaluate = Callable[[Facts, Lists], "Line"]

TWO_WEEKS = 14
STALE_COLUMNS = 5
NOT_UPDATED = 10
BLANK_COLUMNS = 5
SIX_MONTHS = 184
_RULE = "国办秘函〔2019〕19号"


class Verdict(Code):
    """What the figures say of a line."""

    CLEAR = "clear", "未触发"
    HIT = "hit", "触发"
    ATTENTION = "attention", "待人工核实"
    UNKNOWN = "unknown", "无法判断"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the table, evaluated."""

    rule: str
    threshold: str
    found: str
    verdict: Verdict
    listing: str = ""
    """The key of the list of what was found."""


def lines(facts: Facts, lists: Lists) -> list[Line]:
    """Evaluate every line, in the order of the table."""
    return [line(facts, lists) for line in _LINES]


def section(facts: Facts) -> Section:
    """Return the section with the table."""
    lists = Lists(section="inspection")
    found = lines(facts, lists)
    rows = tuple(
        (one.rule, one.threshold, one.found, one.verdict.label) for one in found
    )
    return Section(
        key="inspection",
        title=f"单项否决与扣分指标 ({_RULE})",
        notes=(
            (
                "栏目按目录各领域的一级事项计; 是否即为网站栏目须人工核对。"
                "“无法判断”指依据台账与审计日志无从得知, 不作推测。"
            ),
        ),
        tables=(
            Table(
                key="veto",
                title="逐项评价",
                header=("指标", "阈值", "发现", "结论"),
                rows=rows,
                links=tuple(one.listing for one in found),
            ),
        ),
        listings=tuple(lists.made),
    )


def _unknown(rule: str, threshold: str, why: str) -> Evaluate:
    """Return a line that nothing in the ledger can answer."""
    line = Line(rule=rule, threshold=threshold, found=why, verdict=Verdict.UNKNOWN)
    return lambda _facts, _lists: line


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """A line whose verdict hangs on how much is found."""

    rule: str
    threshold: str
    find: Callable[[Facts], Sequence[Row]]
    found: Callable[[Facts, int], str]
    """What is to be said of so many."""
    key: str
    title: str
    """Of the list of what was found."""
    limit: int = 1
    """From how many on it is reached."""
    reached: Verdict = Verdict.ATTENTION
    below: Verdict = Verdict.CLEAR

    def __call__(self, facts: Facts, lists: Lists) -> Line:
        """Evaluate the line."""
        rows = self.find(facts)
        number = len(rows)
        return Line(
            rule=self.rule,
            threshold=self.threshold,
            found=self.found(facts, number),
            verdict=self.reached if number >= self.limit else self.below,
            listing=lists.add_plain(self.key, self.title, rows),
        )


def _unreviewed(facts: Facts) -> list[Row]:
    shown = (one for one in facts.standing if facts.shown(one))
    return [one.told("先审查、后公开") for one in shown if not one.reviewed]


def _forged(facts: Facts) -> list[Row]:
    return [one.told(why) for one in facts.public if (why := _suspicious(facts, one))]


def _suspicious(facts: Facts, fact: Fact) -> str:
    published = facts.published(fact)
    if fact.redated:
        return "发布日期改为较晚的日期(旧稿新发)"
    if published and fact.formed and published.date() < fact.formed:
        return f"发布于 {published:%Y-%m-%d}, 成文于 {fact.formed}"
    return ""


def _home(facts: Facts, lists: Lists) -> Line:
    del lists
    last = _newest(facts, facts.public)
    stale = last is None or (facts.as_of - last).days > TWO_WEEKS
    told = f"试点专题最近发布 {last}" if last else "试点专题没有已发布的信息"
    return Line(
        rule="首页不更新",
        threshold=f"{TWO_WEEKS} 日内无更新",
        found=f"{told}; 首页其他栏目不在台账内",
        verdict=Verdict.ATTENTION if stale else Verdict.UNKNOWN,
    )


def _stale_columns(facts: Facts) -> list[Row]:
    return [
        (one.area, one.name, f"最近更新 {one.last}, {one.kind.label}")
        for one in columns(facts)
        if one.kind and one.stale(facts.as_of)
    ]


def _not_updated(facts: Facts) -> list[Row]:
    return [(item.number, str(item.ref), why) for item, why in not_updated(facts)]


def _blank_columns(facts: Facts) -> list[Row]:
    return [(one.area, one.name, "空白") for one in columns(facts) if not one.last]


def _new_media(facts: Facts, lists: Lists) -> Line:
    del lists
    rule, threshold = "政务新媒体不更新", f"检查前 {TWO_WEEKS} 日内无更新"
    names = facts.serving.get(ChannelCode.NEW_MEDIA)
    if not names:
        return Line(
            rule=rule,
            threshold=threshold,
            found="未接入政务新媒体渠道",
            verdict=Verdict.UNKNOWN,
        )
    days = _last_days(facts, names)
    stale = [name for name, age in days.items() if age is None or age > TWO_WEEKS]
    told = "; ".join(
        f"{name}: {'从未推送' if age is None else f'{age} 日前推送'}"
        for name, age in days.items()
    )
    return Line(
        rule=rule,
        threshold=threshold,
        found=f"{told}; 人工另行发布的不在日志内",
        verdict=Verdict.ATTENTION if stale else Verdict.CLEAR,
    )


def _last_days(facts: Facts, names: Iterable[str]) -> dict[str, int | None]:
    last: dict[str, date] = {}
    for held_of in facts.holdings.values():
        for held in held_of:
            if held.last:
                day = held.last.date()
                last[held.channel] = max(day, last.get(held.channel, day))
    return {
        name: (facts.as_of - last[name]).days if name in last else None
        for name in sorted(names)
    }


def _unanswered(facts: Facts) -> list[Row]:
    old = beyond_three_months(facts)
    return [(m.id, m.channel, f"{m.at:%Y-%m-%d} {m.record}".strip()) for m in old]


def _policy(facts: Facts, lists: Lists) -> Line:
    del lists
    documents = [one for one in facts.public if one.document_number]
    last = _newest(facts, documents)
    stale = last is None or (facts.as_of - last).days > SIX_MONTHS
    return Line(
        rule="扣分: 政策文件更新",
        threshold="6 个月未更新, 扣 5 分",
        found=f"最近发布的有文号信息: {last or '无'}",
        verdict=Verdict.HIT if stale else Verdict.CLEAR,
    )


def _newest(facts: Facts, among: Iterable[Fact]) -> date | None:
    moments = (facts.published(one) for one in among)
    return max((one.date() for one in moments if one), default=None)


_LINES: tuple[Evaluate, ...] = (
    _unknown("安全、泄密: 严重表述错误", "发现即否决", "govsync 不审读文字"),
    Counting(
        rule="安全、泄密: 泄露国家秘密",
        threshold="发现即否决",
        find=_unreviewed,
        found=lambda _, number: (
            f"在线而无完整审查记录的信息 {number} 条; 内容是否涉密须人工认定"
        ),
        key="unreviewed",
        title="在线而无完整审查记录",
        below=Verdict.UNKNOWN,
    ),
    _unknown(
        "安全、泄密: 反动、暴力、色情内容或链接", "发现即否决", "govsync 不判断内容"
    ),
    _unknown("安全、泄密: 未及时处置攻击", "发现即否决", "不在台账与日志内"),
    Counting(
        rule="安全、泄密: 弄虚作假(伪造发稿日期)",
        threshold="发现即否决",
        find=_forged,
        found=lambda _, number: f"发布日期后移或早于成文日期的信息 {number} 条",
        key="forged",
        title="发布日期可疑的信息",
    ),
    _unknown("安全、泄密: 引发严重负面舆情", "发现即否决", "不在台账与日志内"),
    _unknown(
        "站点无法访问",
        "1 周内每日 ≥20 次、间隔访问, 超过 15 秒打不开的次数占比 ≥5%",
        "govsync 不作可用性监测",
    ),
    _home,
    Counting(
        rule="栏目不更新: 动态要闻、通知公告、政策文件类",
        threshold=f"动态要闻 2 周、其余 6 个月未更新的栏目 ≥{STALE_COLUMNS} 个",
        find=_stale_columns,
        found=lambda facts, number: (
            f"{number} 个 (可归类的栏目 {sum(1 for c in columns(facts) if c.kind)} 个)"
        ),
        key="stale",
        title="未更新的栏目",
        limit=STALE_COLUMNS,
        reached=Verdict.HIT,
    ),
    Counting(
        rule="栏目不更新: 应更新未更新",
        threshold=f"≥{NOT_UPDATED} 个",
        find=_not_updated,
        found=lambda _, number: f"{number} 个 (仅目录载明更新周期的事项可计)",
        key="not-updated",
        title="应更新未更新的事项",
        limit=NOT_UPDATED,
        reached=Verdict.HIT,
    ),
    Counting(
        rule="栏目不更新: 空白栏目",
        threshold=f"≥{BLANK_COLUMNS} 个",
        find=_blank_columns,
        found=lambda _, number: f"{number} 个",
        key="blank",
        title="空白栏目",
        limit=BLANK_COLUMNS,
        reached=Verdict.HIT,
    ),
    Counting(
        rule="互动回应差",
        threshold="无互动渠道, 或一年内有效留言超过 3 个月未答复",
        find=_unanswered,
        found=lambda _, number: (
            f"超过 3 个月未答复的留言 {number} 条; 是否为有效留言须人工认定"
        ),
        key="unanswered",
        title="超过 3 个月未答复的留言",
        below=Verdict.UNKNOWN,
    ),
    _unknown("服务不实用", "未提供办事服务, 或办事指南要素缺失", "不在台账内"),
    _new_media,
    _policy,
    _unknown("扣分: 办事统计更新", "3 个月未更新, 扣 2 分", "不在台账内"),
    _unknown("扣分: 留言答复", "2 个月未更新, 扣 3 分", "网站公布的答复不在台账内"),
)
"""The table, in its order; then the points that are taken off."""
