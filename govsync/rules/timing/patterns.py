"""The patterns of 公开时限: one table, tried from top to bottom on a whole clause.

A clause is plain text (:mod:`govsync.rules.timing.plain`) without commas, places and
subject. Groups are named as the fields of a measure; ``n`` and ``m`` are the ends of a
range. The phrases stand in published county catalogs; ``docs/deadlines.md`` lists them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from govsync.rules.timing.measure import Kind, Period, Start, Unit
from govsync.rules.timing.numerals import NUMBER

SAYING = (
    r"(?:应当|应|须|需|要|可|予以|进行|主动|向社会|向公众|对外|统一|依法|完成|全文|信息"
    r"|公开|公布|公示|公告|发布|更新|告知|通知|答复|回应|张贴|并|的)"
)
"""Words that say no more than that something is made public."""
SAID = f"{SAYING}*"
SAY = f"{SAYING}+"

_UNITS = {
    Unit.WORKING_DAY: r"工作日|工作(?=[以之]?内)",
    Unit.DAY: r"自然日|日历日|日|天",
    Unit.HOUR: r"小时",
    Unit.WEEK: r"周|星期",
    Unit.MONTH: r"月",
    Unit.YEAR: r"年",
}
_PERIODS = {
    Period.HALF: r"半年",
    Period.SCHOOL_YEAR: r"学年",
    Period.TERM: r"学期",
    Period.QUARTER: r"季度?",
    Period.YEAR: r"年度?",
    Period.MONTH: r"个?月(?:度|份)?",
    Period.WEEK: r"周|星期",
    Period.DAY: r"日|天",
}
_UNIT = "|".join(_UNITS.values())
_PERIOD = "|".join(_PERIODS.values())
_AMOUNT = (
    rf"(?P<n>{NUMBER})(?:个?(?:{_UNIT})?[-~—–至到](?P<m>{NUMBER}))?"
    rf"个?(?P<unit>{_UNIT})"
)
_LEAST = r"(?:不得?少于|不得?低于|不得?短于|至少|大于等于|≥|>=)"
_MORE = rf"(?:以上|{SAYING})*"
_PRIOR = r"(?:之前|以前|前)"
_MONTH = r"\d{1,2}|十[一二]?|[一二三四五六七八九]"
_DATE = rf"(?:(?P<month>{_MONTH})月份?)?(?:(?P<day>\d{{1,2}})[日号]|(?P<close>底))?"
_EVERY = rf"每(?P<period>{_PERIOD})"
_EDGE = r"(?P<event>(?:开学)?[前后初末]?)"
_ONCE = rf"{SAID}(?:[一1]次)?{SAID}"
_ALWAYS = r"(?:保持|长期|常年|永久|长效|持续|始终|有效|保留)"
_SHOWN = r"(?:公示|公告|征求意见|征集意见|公开|展示|保留|异议)"
_SPAN = r"(?:期间|期限|期|时间|时限|时长)"
_IS = r"(?:一般|原则上|应当|应|均|为|是)*"
_SOON = (
    r"(?:(?:第一时间|及时|实时|即时|立即|随时|尽快|适时|按需|动态)"
    r"(?:调整|维护|变更|完善|办理|反馈)*)"
)
_OVER = r"(?:期?限?[届已]?满|结束|终了|到期)"
_GONE = (
    r"(?:予以|自动)*(?:撤下|撤除|撤回|撤销|下架|下线|移除|删除|取下)"
    r"(?:公示)?(?:信息|内容)?"
)
_TOGETHER = r"(?:一并|一起|一同|同步|同时)"
_AS = r"(?:按照|按|根据|依据|视|随)"
_BY = r"(?:严格)?(?:按照|按|依照|依据|根据|执行|遵照)"
_RULES = r"(?:规定|要求|办法|条例|标准|程序|时限|期限|时间|文件|通知|执行)"
_PLAIN = r"(?:(?!延长|顺延|超过|超出|逾|不计|不满|不足|\d[年月]).)"
"""Not the words of a term that is longer than, or beside, the one that holds; and no
date, for 15日 of 3月15日前 is no term."""


class Pattern(NamedTuple):
    """What a clause may look like, and what it says then."""

    kind: Kind
    form: re.Pattern[str]


_FORMS = (
    (Kind.DITTO, r"(?:时限)?(?:同上|同前|同左|〃)"),
    (Kind.PROVISO, r".*(?:另有.*(?:规定|要求)|从其规定).*"),
    (Kind.ON_REQUEST, rf"(?P<subject>.*?)(?:为|属于?)?(?:依|按照?)申请{SAID}"),
    (Kind.BY_DATE, rf"[在于]?(?P<year>[12]\d{{3}})年{_DATE}{_PRIOR}{SAID}"),
    (Kind.PERIODIC, rf"[在于]?{_EVERY}{_EDGE}{_DATE}{_PRIOR}?(?:至少)?{_ONCE}"),
    (Kind.PERIODIC, rf"{_EVERY}(?P<event>.+?){SAID}"),
    (Kind.PERIODIC, rf"按(?P<period>{_PERIOD}){SAY}"),
    (Kind.PERIODIC, rf"(?P<period>年度|季度|月度|学期|学年){SAY}"),
    (Kind.PERIODIC, rf"(?P<event>.*?)定期{SAID}"),
    (Kind.PERMANENT, rf"(?:一直|并)?{_ALWAYS}(?:{_ALWAYS}|{SAYING})*"),
    (Kind.TAKE_DOWN, rf"(?:{_SHOWN}{_SPAN}?)?{_OVER}(?:之?后)?{_IS}{_SOON}?{_GONE}"),
    (Kind.LASTING, rf"(?P<event>.*?{_SHOWN}{_SPAN}?){_IS}{_LEAST}为?{_AMOUNT}{_MORE}"),
    (Kind.LASTING, rf"(?P<event>.*?{_SHOWN}{_SPAN}){_IS}{_AMOUNT}{_MORE}"),
    (Kind.LASTING, rf"(?P<event>公示|公告|张贴|保留|公开){_AMOUNT}{_MORE}"),
    (Kind.LASTING, rf"(?P<event>.*?{_SHOWN}{_SPAN}?){_AMOUNT}以上{SAID}"),
    (Kind.BEFORE, rf"(?P<event>{_PLAIN}*?)(?:提前|{_PRIOR}){_LEAST}?{_AMOUNT}{_MORE}"),
    (Kind.BEFORE, rf"(?P<event>{_PLAIN}*?){_LEAST}?{_AMOUNT}{_PRIOR}{SAID}"),
    (Kind.WITHIN, rf"(?P<lead>{_PLAIN}*?){_AMOUNT}[以之]?内(?:{_SOON}|{SAYING})*"),
    (Kind.WITHIN, rf"(?P<lead>(?:{_PLAIN}*[后起]|信息.{{0,12}}?)?){_AMOUNT}{SAID}"),
    (Kind.WITHIN, rf"(?P<lead>.*?)(?P<next>次日|第二天|翌日){SAID}"),
    (Kind.PROMPT, rf"(?P<event>.*?){_SOON}(?:{_SOON}|{SAYING})*"),
    (Kind.PROMPT, rf"(?P<event>{_AS}.*?(?:进展|进度|情况|需要|变化)){SAID}"),
    (Kind.BY_RULE, rf"(?P<event>{_BY}.*?{_RULES}+)(?:办理|{SAYING})*"),
    (Kind.BY_RULE, rf"(?P<event>依法|法定(?:时限|期限)内?){SAID}"),
    (Kind.TOGETHER, rf"(?:随同|[与随同和跟])(?P<event>.+?){_TOGETHER}{SAID}"),
    (Kind.TOGETHER, rf"随同?(?P<event>[^时]+?){SAY}"),
    (Kind.TOGETHER, rf"(?P<event>.*?)的?{_TOGETHER}{SAID}"),
    (Kind.AT, rf"(?P<lead>.*?)(?:当日|当天|当场){SAID}"),
    (Kind.AT, rf"(?P<lead>.+?)(?:之时|时|之日){SAID}"),
    (Kind.BEFORE, rf"(?P<event>{_PLAIN}+?(?<![目当])){_PRIOR}{SAID}"),
    (Kind.PROMPT, rf"(?P<event>.+?后){SAY}"),
)
PATTERNS = tuple(Pattern(kind, re.compile(form)) for kind, form in _FORMS)

_FORMING = "形成|产生|变更|获取|获得|制作|制定|生成|更新|变动|调整|保存|信息"
_ISSUING = "颁布|印发|发布|公布|出台|下发|制发|发文"
_ENDING = "结束|完成|届满|期满|完毕|终了|竣工|验收|终结|截止"
_DECIDING = (
    "作出|做出|确定|批准|批复|通过|审批|核准|核定|审定|签订|签署|审核|评审|生效|决定"
    "|认定|备案"
)
_OR = "[或者及和、/()]*"
_WHAT = r"(?:该|本|相关|政府|有关|公开)*(?:信息|内容|事项|目录)?的?"
_WHICH = r"(?:该|本|相关|政策|规范性|解读|法规|规划|文件|办法|通知|公文|的)*"
_EVENTS = (
    (Start.FORMED, rf"{_WHAT}(?:(?:{_FORMING}){_OR})+"),
    (Start.ISSUED, rf"{_WHICH}(?:(?:{_ISSUING}){_OR})+"),
    (Start.RECEIVED, r"(?:收到|接到|受理|接收|获悉).*|.+(?:收到|受理)"),
    (Start.ENDED, rf".*(?:{_ENDING})"),
    (Start.DECIDED, rf".*(?:{_DECIDING})"),
    (Start.BEGUN, r".*(?:启动|开始|开工|实施|施行|开展).*"),
)
STARTS = tuple((start, re.compile(form)) for start, form in _EVENTS)
"""How the words of an event say what it is; what fits none is another event."""

LEAD_IN = re.compile(
    r"^(?:公开时限|时限|公开时间|应当|应(?![急对届])|须|最迟|至迟|最晚|原则上"
    r"|一般(?!公共|债)|自(?![然愿治主]|行(?!政))|从(?!业)|于|在(?![建押校岗册])|,)+"
)
"""What stands before an event and is no part of it; 自然, 应急, 在建 are."""
LEAD_OUT = re.compile(
    r"(?:之日起?|之时起?|当日起|当天起|日起|起|之后|以后|后|的|应当|应|须|最迟|在|于|为"
    r"|其|,)+$"
)
NO_EVENT = re.compile(r"(?:公开|公示|公告|发布)?(?:时限|时间|期限|日期)?为?")
OWN_SUBJECT = re.compile(
    r"(?P<subject>《[^》]+》|其[他余][^,自]*?)(?=[在自于应为])[应为]?"
)
"""What stands before 在, 自 or 于 and says what the part is about."""


def unit_of(word: str) -> Unit:
    """Return the unit that a word of a pattern names."""
    if word == "工作":
        return Unit.WORKING_DAY
    return next(unit for unit, form in _UNITS.items() if re.fullmatch(form, word))


def period_of(word: str) -> Period:
    """Return the period that a word of a pattern names."""
    found = (p for p, form in _PERIODS.items() if re.fullmatch(form, word))
    return next(found, Period.UNSAID)


def start_of(event: str) -> Start:
    """Return what kind of event some words tell of."""
    found = (start for start, form in STARTS if form.fullmatch(event))
    return next(found, Start.OTHER)
