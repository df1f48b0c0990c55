"""Check-boxes and ticks of catalogs, in every glyph that copies have shown. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from govsync.model import BoxSemantics, ChannelCode

FILLED = "■▲R☑☒●√✓✔"
"""▲ and R stand where a font was lost; R is the filled box of Wingdings 2."""
EMPTY = "□£口☐○〇"
"""£ is the empty box of Wingdings 2; 口 is what readers of scans make of it."""
TICKS = "√✓✔☑■●"
_LETTERS = "RvPü?"
"""Ticks that lost their font, or (?) their code page: only where no word goes on."""
_SYMBOLS = {
    0xF052: "R",
    0xF0A3: "£",
    0xF050: "√",
    0xF0FC: "√",
    0xF0FE: "☑",
    0xF0A8: "□",
    0xF06F: "□",
    0xF06E: "■",
    0x2044: "/",
}
"""Glyphs of Wingdings in the private use area, as Word stores them; and ⁄."""
_LABEL = (
    "政府|两微|一微|发布会|新闻|广播|纸质|公开查阅|政务|便民|入户|社区|村公示"
    "|精准|其[他它]"
)
_BOX = re.compile(
    rf"(?:^|(?<=[\s、,;]))([{FILLED}{EMPTY}])\s*(?=\S)"
    rf"|([■□☑☐▲£]|(?<![A-Za-z])R(?={_LABEL})|(?<!窗)口(?={_LABEL}))\s*",
    re.MULTILINE,
)
"""A box at the start of a word; the sure ones anywhere, for lists without blanks."""
_PLAIN = re.compile(r"[、,;\n]+")

_LABELS = {
    "政府网站": "gov_site",
    "政府公报": "gazette",
    "两微一端": "new_media",
    "微博微信客户端": "new_media",
    "一微一端": "new_media",
    "政务新媒体": "new_media",
    "发布会/听证会": "press",
    "发布会听证会": "press",
    "新闻发布会": "press",
    "广播电视": "broadcast",
    "纸质媒体": "print",
    "纸质媒介": "print",
    "报刊": "print",
    "公开查阅点": "reading_point",
    "公开查阅点/政务公开专区": "reading_point",
    "政务公开专区": "reading_point",
    "政务服务中心": "service_center",
    "便民服务站": "convenience",
    "便民服务窗口": "convenience",
    "入户/现场": "onsite",
    "社区/企事业单位/村公示栏(电子屏)": "notice_board",
    "社区/企事业单位/村公示栏": "notice_board",
    "社区/企事业单位公示栏(电子屏)": "notice_board",
    "村公示栏": "notice_board",
    "村公示栏(电子屏)": "notice_board",
    "公示栏": "notice_board",
    "精准推送": "targeted",
    "公开栏": "notice_board",
    "其他": "other",
    "其它": "other",
}


def channels(
    text: str, semantics: BoxSemantics
) -> tuple[list[dict[str, Any]], list[str]]:
    """Read a cell of 公开渠道和载体.

    Args:
        text: The cell.
        semantics: What an empty box means.

    Returns:
        The demands as plain data, and the labels that are none of the thirteen: they
        are kept as ``other`` with their own words.
    """
    cell = plain(text)
    boxes = list(_BOX.finditer(cell))
    if not boxes:
        parts = [(True, part) for part in _PLAIN.split(cell)]
    else:
        ends = [box.start() for box in boxes[1:]] + [len(cell)]
        parts = [
            ((box[1] or box[2]) in FILLED, cell[box.end() : end])
            for box, end in zip(boxes, ends, strict=True)
        ]
        lost = cell[: boxes[0].start()].strip()
        parts = [(True, lost), *parts] if lost else parts
    demands, unknown = [], []
    for filled, part in parts:
        demand = _demand(part, filled=filled, semantics=semantics)
        if demand is not None:
            demands.append(demand)
            if demand["code"] == "other" and not _is_other(part):
                unknown.append(demand["label"])
    return demands, unknown


def _demand(
    part: str, *, filled: bool, semantics: BoxSemantics
) -> dict[str, Any] | None:
    label = "".join(part.split()).strip("_、,;。.")
    if not label or (not filled and semantics is BoxSemantics.USED):
        return None
    demand = {"demand": "required" if filled else "optional"}
    code = _LABELS.get(label)
    if code is None:
        code = "other"
        demand["label"] = _own_words(label)
    elif label != unicodedata.normalize("NFKC", ChannelCode(code).label):
        demand["label"] = label
    return demand | {"code": code}


def _own_words(label: str) -> str:
    """Return what ``其他:…`` or ``其他(…)`` says, without the form's own brackets."""
    inside = re.fullmatch(r"其[他它][:_]*\((.*)\)", label)
    return inside[1] if inside else re.sub(r"^其[他它][:_(]*", "", label)


def _is_other(part: str) -> bool:
    return "".join(part.split()).startswith(("其他", "其它"))


def plain(text: str) -> str:
    """Return a cell with one form of each character, its boxes as boxes."""
    return unicodedata.normalize("NFKC", text).translate(_SYMBOLS).strip()


def ticked(text: str) -> tuple[bool, str]:
    """Read a cell that may hold a tick: whether it says yes, and in which words.

    ``√(申请人)`` is yes with 申请人; words without a tick are yes too.
    """
    cell = text.translate(_SYMBOLS).strip()
    if not cell or unicodedata.normalize("NFKC", cell) in _NO:
        return False, ""
    tick, rest = cell[0], cell[1:].strip()
    lost = tick in _LETTERS and (not rest or rest[0] in "(（")
    return True, _unbracketed(rest if tick in TICKS or lost else cell)


_NO = set(EMPTY) | set("-—─/无×否")


def _unbracketed(words: str) -> str:
    enclosed = len(words) > 1 and words[0] in "(（" and words[-1] in ")）"
    return words[1:-1].strip() if enclosed else words
