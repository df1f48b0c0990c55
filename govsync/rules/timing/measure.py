"""Measure: by when, for how long or how often something must be public.

What a catalog row says in words (:class:`Part`) and what a statute says
(:class:`govsync.rules.timing.statutes.Statute`) are measures alike.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from govsync.model import ChannelCode, Value
from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Kind(Code):
    """What a measure says."""

    WITHIN = "within", "期限内"
    BEFORE = "before", "事前"
    AT = "at", "当日"
    BY_DATE = "by_date", "限期"
    LASTING = "lasting", "公示期"
    TAKE_DOWN = "take_down", "期满撤下"
    PERMANENT = "permanent", "长期"
    PERIODIC = "periodic", "定期"
    TOGETHER = "together", "同步"
    PROMPT = "prompt", "及时"
    BY_RULE = "by_rule", "按规定"
    PROVISO = "proviso", "另有规定除外"
    ON_REQUEST = "on_request", "依申请"
    DITTO = "ditto", "同上"
    UNPARSED = "unparsed", "未识别"

    @property
    def timed(self) -> bool:
        """Whether it says by when something must be public."""
        return self in _TIMED


_TIMED = frozenset({Kind.WITHIN, Kind.BEFORE, Kind.AT, Kind.BY_DATE, Kind.TOGETHER})
_QUALITATIVE = frozenset({Kind.PROMPT, Kind.BY_RULE, Kind.DITTO})


class Start(Code):
    """The event from which a clock runs, or before which something is due."""

    FORMED = "formed", "信息形成或者变更"
    ISSUED = "issued", "文件印发"
    RELATED = "related", "所属信息公开"
    RECEIVED = "received", "收到"
    DECIDED = "decided", "作出决定"
    BEGUN = "begun", "开始"
    ENDED = "ended", "结束"
    OTHER = "other", "其他事件"


class Unit(Code):
    """What an amount counts."""

    WORKING_DAY = "working_day", "个工作日"
    DAY = "day", "日"
    HOUR = "hour", "小时"
    WEEK = "week", "周"
    MONTH = "month", "个月"
    YEAR = "year", "年"


class Period(Code):
    """How often something is due."""

    YEAR = "year", "年"
    HALF = "half", "半年"
    QUARTER = "quarter", "季度"
    MONTH = "month", "月"
    WEEK = "week", "周"
    DAY = "day", "日"
    TERM = "term", "学期"
    SCHOOL_YEAR = "school_year", "学年"
    UNSAID = "unsaid", "定期"


class Measure(Value):
    """One demand on time."""

    kind: Kind
    start: Start | None = None
    event: str = ""
    """The event in the phrase's own words; empty where ``start`` says it all."""
    amount: Annotated[int, Field(ge=1)] | None = None
    """How much; the outer end of a range."""
    inner: Annotated[int, Field(ge=1)] | None = None
    """The other end of a range, such as the 5 of 5至10个工作日."""
    unit: Unit | None = None
    period: Period | None = None
    year: int | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @cached_property
    def said(self) -> str:
        """What it demands, in plain words that :func:`parse` reads alike."""
        return _PRINTED[self.kind](self)

    def __str__(self) -> str:
        return self.said


class Part(Measure):
    """One part of what a row's 公开时限 says."""

    text: str
    """The part as it is printed."""
    begin: int
    """Where it begins in the phrase, from 0."""
    end: int
    """Where it ends; the character there is no longer of it."""
    subject: str = ""
    """What it is about, where the phrase treats several things."""
    channels: tuple[ChannelCode, ...] = ()
    """The channels that it is bound to; empty for all."""

    @property
    def meaning(self) -> dict[str, object]:
        """What it says, whatever the words and the place."""
        return self.model_dump(exclude={"text", "begin", "end"}, exclude_defaults=True)

    @cached_property
    def said(self) -> str:
        """What it demands, of what and where; of what is not understood the text."""
        unclear = self.kind is Kind.UNPARSED
        said = self.text if unclear else _PRINTED[self.kind](self)
        if self.channels:
            where = "、".join(_PLACES.get(c, c.label) for c in self.channels)
            said += f",在{where}公开"
        return f"{self.subject}:{said}" if self.subject else said


class Deadline(Value):
    """公开时限 of a row, understood; what was not understood is kept and marked."""

    raw: str
    parts: tuple[Part, ...] = ()
    mended: bool = False
    """Whether a misreading, such as 工作曰, was put right."""

    def __str__(self) -> str:
        return ";".join(map(str, self.parts))

    @property
    def silent(self) -> bool:
        """Whether the row says nothing."""
        return not self.parts

    @property
    def qualitative(self) -> tuple[Part, ...]:
        """The parts that demand something without saying by when."""
        return qualitative(self.parts)

    @property
    def unparsed(self) -> tuple[Part, ...]:
        """The parts that were not understood."""
        return tuple(p for p in self.parts if p.kind is Kind.UNPARSED)


def qualitative(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return what demands something without saying by when, such as 及时公开.

    长期公开 is among them where nothing beside it says by when.
    """
    parts = tuple(parts)
    without = any(part.kind.timed for part in parts)
    vague = _QUALITATIVE if without else _QUALITATIVE | {Kind.PERMANENT}
    return tuple(part for part in parts if part.kind in vague)


def _since(measure: Measure) -> str:
    if measure.event:
        return measure.event
    return measure.start.label if measure.start else ""


def _how_much(measure: Measure) -> str:
    ends = sorted(filter(None, (measure.inner, measure.amount)))
    return "至".join(map(str, ends)) + (measure.unit.label if measure.unit else "")


def _on_date(measure: Measure) -> str:
    year = f"{measure.year}年" if measure.year else ""
    month = f"{measure.month}月" if measure.month else ""
    return year + month + (f"{measure.day}日" if measure.day else "")


def _before(measure: Measure) -> str:
    if measure.amount is None:
        return f"{measure.event}前公开"
    return f"{measure.event}提前{_how_much(measure)}公开"


def _periodic(measure: Measure) -> str:
    if measure.period in {None, Period.UNSAID}:
        return f"{measure.event}定期公开"
    often = f"每{measure.period.label}" if measure.period else ""
    by = f"{_on_date(measure)}前" if measure.day else _on_date(measure)
    return f"{often}{measure.event}{by}公开"


_PRINTED: dict[Kind, Callable[[Measure], str]] = {
    Kind.WITHIN: lambda m: f"自{_since(m)}之日起{_how_much(m)}内公开",
    Kind.BEFORE: _before,
    Kind.AT: lambda m: f"{_since(m)}当日公开",
    Kind.BY_DATE: lambda m: f"{_on_date(m)}前公开",
    Kind.LASTING: lambda m: f"{m.event or '公示期'}不少于{_how_much(m)}",
    Kind.TAKE_DOWN: lambda _: "公示期满后撤下",
    Kind.PERMANENT: lambda _: "长期公开",
    Kind.PERIODIC: _periodic,
    Kind.TOGETHER: lambda m: f"随{m.event}同步公开" if m.event else "同步公开",
    Kind.PROMPT: lambda m: f"{m.event}及时公开",
    Kind.BY_RULE: lambda m: f"{m.event or '依法'}公开",
    Kind.PROVISO: lambda _: "法律法规另有规定的从其规定",
    Kind.ON_REQUEST: lambda _: "依申请公开",
    Kind.DITTO: lambda _: "同上",
}
_PLACES = {
    ChannelCode.NOTICE_BOARD: "公示栏",
    ChannelCode.PRESS: "新闻发布会",
    ChannelCode.BROADCAST: "广播电视",
    ChannelCode.ONSITE: "现场",
}
