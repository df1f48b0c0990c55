"""Places: the words of a phrase that bind a part of it to a channel of the catalog."""

from __future__ import annotations

import re

from govsync.model import ChannelCode
from govsync.rules.timing.patterns import SAID, SAYING

_CHANNELS = (
    (ChannelCode.GOV_SITE, r"网站|门户|官网|网上|政府网"),
    (ChannelCode.GAZETTE, r"公报"),
    (ChannelCode.NEW_MEDIA, r"[两一]微一端|微信|微博|客户端|新媒体|公众号"),
    (ChannelCode.PRESS, r"发布会"),
    (ChannelCode.BROADCAST, r"广播|电视|大喇叭"),
    (ChannelCode.PRINT, r"报纸|报刊|纸质媒体"),
    (ChannelCode.READING_POINT, r"查阅点|档案馆|图书馆|公开专区"),
    (ChannelCode.SERVICE_CENTER, r"政务服务中心|办事大厅|政务大厅"),
    (ChannelCode.CONVENIENCE, r"便民服务(?:站|窗口|中心|点)"),
    (ChannelCode.ONSITE, r"入户|现场"),
    (ChannelCode.NOTICE_BOARD, r"公示栏|公告栏|公开栏|宣传栏|电子屏|显示屏|张榜"),
    (ChannelCode.TARGETED, r"精准推送"),
)
_NAMED = "|".join(words for _, words in _CHANNELS)
_ONE = rf"[^,。;在于经]{{0,16}}?(?:{_NAMED})"

PLACE = re.compile(
    rf",?(?:并|同时)?[在于经](?P<where>{_ONE}(?:[、和及或]{_ONE})*(?:\(电子屏\))?)"
    rf"[上中内]?(?=$|[,、]|{SAYING})"
)
"""Where something is to be public: 在村公示栏(公开)."""
ONLY_PLACE = re.compile(rf"{PLACE.pattern}{SAID}")
"""A clause that says where and nothing else: it belongs to the clause before it."""
BARE_PLACE = re.compile(rf"(?P<where>[^,。;自]{{0,8}}?(?:{_NAMED})[上中]?){SAID}")
"""A place before a term or a colon: 网站20个工作日内."""


def channels_in(where: str) -> tuple[ChannelCode, ...]:
    """Return the channels that some words name."""
    return tuple(code for code, words in _CHANNELS if re.search(words, where))
