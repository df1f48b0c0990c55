"""The cells of an item, as the official layout prints them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govsync.model import ChannelCode, Demand, Level, Mode, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.model import ChannelDemand, Item

FILLED, EMPTY, TICK = "■", "□", "√"


class Cell(NamedTuple):
    """One column of the layout: its header, and what it says of an item."""

    holds: str
    """What sources call the column, such as ``deadline`` or ``level:县级``."""
    top: str
    below: str
    """The second header; empty: the first reaches over both rows."""
    of: Callable[[Item], str]


def channels(item: Item) -> str:
    """Return the boxes of 公开渠道和载体, one a line."""
    return "\n".join(
        f"{FILLED if one.demand is Demand.REQUIRED else EMPTY}{_words(one)}"
        for one in item.channels
    )


def _words(one: ChannelDemand) -> str:
    if one.code is ChannelCode.OTHER and one.label:
        return f"{ChannelCode.OTHER.label}:{one.label}"
    return one.label or one.code.label


def audience(scope: Scope) -> Callable[[Item], str]:
    """Return what the column of an audience says of an item."""

    def printed(item: Item) -> str:
        notes = [one.note for one in item.audience if one.scope is scope]
        words = "、".join(filter(None, notes))
        return (f"{TICK}({words})" if words else TICK) if notes else ""

    return printed


def mode(one: Mode) -> Callable[[Item], str]:
    """Return what the column of a mode says of an item."""
    return lambda item: TICK if one in item.modes else ""


def level(one: Level) -> Callable[[Item], str]:
    """Return what the column of a level says of an item."""
    return lambda item: TICK if one in item.levels else ""


def unknown(title: str) -> Callable[[Item], str]:
    """Return what a column that the model does not know says of an item."""
    return lambda item: item.extra.get(title, "")


_ITEM, _AUDIENCE, _MODE, _LEVEL = "公开事项", "公开对象", "公开方式", "公开层级"
NUMBER = Cell("number", "序号", "", lambda item: item.number)
NAMES = (
    Cell("level1", _ITEM, "一级事项", lambda item: item.ref.level1),
    Cell("level2", _ITEM, "二级事项", lambda item: item.ref.level2),
    Cell("level3", _ITEM, "三级事项", lambda item: item.ref.level3),
)
CONTENT = (
    Cell("content", "公开内容(要素)", "", lambda item: item.content),
    Cell("basis", "公开依据", "", lambda item: "\n".join(item.basis)),
    Cell("deadline", "公开时限", "", lambda item: item.deadline),
    Cell("bodies", "公开主体", "", lambda item: "、".join(item.bodies)),
)
CHANNELS = Cell("channels", "公开渠道和载体", "", channels)
AUDIENCE = (
    Cell("all", _AUDIENCE, "全社会", audience(Scope.ALL)),
    Cell("special", _AUDIENCE, "特定群体", audience(Scope.SPECIAL)),
)
MODES = (
    Cell("proactive", _MODE, "主动", mode(Mode.PROACTIVE)),
    Cell("on_request", _MODE, "依申请公开", mode(Mode.ON_REQUEST)),
)
LEVELS = {
    one: Cell(f"level:{one.label}", _LEVEL, one.label, level(one)) for one in Level
}
FIXED = (NUMBER, *NAMES, *CONTENT, CHANNELS, *AUDIENCE, *MODES, *LEVELS.values())
"""Every column of the layout but those that the model does not know."""
