"""The code lists: what a record or an item may say, with its Chinese label.

The thirteen channels are those of the standard catalog (国办发〔2019〕54号 and the
guidelines of the areas), steps and stages those of 国办发〔2017〕42号, the eight areas
those of the pilot (密政办发〔2017〕35号).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code with a Chinese label: ``Step.RELEASE.label == "发布"``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member of its value and its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def labelled(cls, label: str) -> Self | None:
        """Return the member whose label this is, or None."""
        return next((member for member in cls if member.label == label), None)


class Step(Code):
    """环节: what a record does. The latter two name the record they belong to."""

    RELEASE = "release", "发布"
    INTERPRETATION = "interpretation", "解读"
    RESPONSE = "response", "回应"


class Stage(Code):
    """五公开: the part of government work that a record belongs to."""

    DECISION = "decision", "决策"
    EXECUTION = "execution", "执行"
    MANAGEMENT = "management", "管理"
    SERVICE = "service", "服务"
    RESULT = "result", "结果"


class Mode(Code):
    """公开方式 (条例 art. 13): on the body's own initiative, or on request only."""

    PROACTIVE = "proactive", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"


class Scope(Code):
    """公开对象: the whole of society, or a group named in words."""

    ALL = "all", "全社会"
    SPECIAL = "special", "特定群体"


class State(Code):
    """Whether a record stands or was taken back."""

    ACTIVE = "active", "有效"
    WITHDRAWN = "withdrawn", "已撤回"


class Verdict(Code):
    """What the review (先审查、后公开) came to."""

    APPROVED = "approved", "已签发"
    PENDING = "pending", "待审核"
    REJECTED = "rejected", "退回"


class Demand(Code):
    """Whether a catalog row demands a channel or leaves it open."""

    REQUIRED = "required", "必选"
    OPTIONAL = "optional", "可选"


class BoxSemantics(Code):
    """What ■ and □ mean in a catalog.

    Official: "■ 表示必选项,□ 表示可选项". Many local copies mean *used* and *not used*.
    """

    OFFICIAL = "official", "必选/可选"
    USED = "used", "采用/不采用"


class Level(Code):
    """公开层级: who of the governments publishes."""

    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡级"
    VILLAGE = "village", "村级"


class Reach(Code):
    """How far a channel carries: to anybody, or to people at a place or by name."""

    ANYBODY = "anybody", "面向社会"
    LIMITED = "limited", "限定范围"


class ChannelCode(Code):
    """公开渠道和载体: the thirteen values of the standard catalog."""

    GOV_SITE = "gov_site", "政府网站"
    GAZETTE = "gazette", "政府公报"
    NEW_MEDIA = "new_media", "两微一端"
    PRESS = "press", "发布会/听证会"
    BROADCAST = "broadcast", "广播电视"
    PRINT = "print", "纸质媒体"
    READING_POINT = "reading_point", "公开查阅点"
    SERVICE_CENTER = "service_center", "政务服务中心"
    CONVENIENCE = "convenience", "便民服务站"
    ONSITE = "onsite", "入户/现场"
    NOTICE_BOARD = "notice_board", "社区/企事业单位/村公示栏(电子屏)"
    TARGETED = "targeted", "精准推送"
    OTHER = "other", "其他"

    @property
    def reach(self) -> Reach:
        """How far this channel carries; what is not named in a row goes nowhere."""
        return Reach.LIMITED if self in _LIMITED else Reach.ANYBODY


_LIMITED = frozenset(
    {
        ChannelCode.READING_POINT,
        ChannelCode.SERVICE_CENTER,
        ChannelCode.CONVENIENCE,
        ChannelCode.ONSITE,
        ChannelCode.NOTICE_BOARD,
        ChannelCode.TARGETED,
        ChannelCode.OTHER,
    }
)


class PilotArea(Code):
    """试点领域: the eight areas of the pilot plan."""

    LAND_COMPENSATION = "land_compensation", "征地补偿"
    RESETTLEMENT = "resettlement", "拆迁安置"
    HOUSING = "housing", "保障性住房"
    RURAL_HOUSING = "rural_housing", "农村危房改造"
    RELIEF = "relief", "扶贫救灾"
    MUNICIPAL = "municipal", "市政服务"
    PUBLIC_RESOURCES = "public_resources", "公共资源交易"
    EDUCATION = "education", "义务教育"

    @property
    def guideline_domains(self) -> tuple[str, ...]:
        """The names of the guidelines (标准指引) that this area falls under."""
        return _GUIDELINES.get(self, (self.label,))


_GUIDELINES = {
    PilotArea.LAND_COMPENSATION: ("征地补偿(农村集体土地征收)",),
    PilotArea.RESETTLEMENT: ("国有土地上房屋征收与补偿",),
    PilotArea.RELIEF: ("扶贫领域", "救灾领域"),
}
