"""A record that every rule lets pass, its catalog, and destinations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from govsync.model import (
    SHANGHAI,
    Catalog,
    Catalogs,
    ChannelCode,
    ChannelDemand,
    Demand,
    Item,
    ItemRef,
    Record,
)
from govsync.rules import Destination

ID = "230382199102110011"
"""An ID number of nobody: the first row of the sample list."""
MOBILE = "13804670001"
CARD = "6228480000000007"
NOON = datetime(2026, 3, 3, 12, tzinfo=SHANGHAI)
REF = ItemRef(area="农村危房改造", level1="计划实施", level2="任务分配")
SITE = Destination(name="city", serves=ChannelCode.GOV_SITE, without_item=True)
MEDIA = Destination(name="media", serves=ChannelCode.NEW_MEDIA)
BOARD = Destination(name="board", serves=ChannelCode.NOTICE_BOARD)
ALL = (SITE, MEDIA, BOARD)


def good(**changes: Any) -> Record:
    """A record that may go to every destination; ``changes`` spoil it."""
    fields: dict[str, Any] = {
        "id": "000014349/2026-00001",
        "index_number": "000014349/2026-00001",
        "title": "农村危房改造补助农户名单公示",
        "body": "<p>公示期7天。监督电话:0467-5230000。</p>",
        "issuer": "示例市住房和城乡建设局",
        "document_number": "示建发〔2026〕1号",
        "formed": date(2026, 3, 1),
        "published": NOON,
        "item": REF,
        "review": {
            "verdict": "approved",
            "first": "初审人",
            "second": "复审人",
            "final": "签发人",
            "signed": NOON,
        },
    }
    return Record.model_validate(fields | changes)


def item(**changes: Any) -> Item:
    """The row of :data:`REF`: the site required, new media and the board open."""
    channels = (
        ChannelDemand(code=ChannelCode.GOV_SITE),
        ChannelDemand(code=ChannelCode.NEW_MEDIA, demand=Demand.OPTIONAL),
        ChannelDemand(code=ChannelCode.NOTICE_BOARD, demand=Demand.OPTIONAL),
    )
    return Item.model_validate({"ref": REF, "channels": channels, **changes})


def catalogs(*items: Item) -> Catalogs:
    """Catalogs of some items, by default of :func:`item` alone."""
    return Catalogs(catalogs=(Catalog(area=REF.area, items=items or (item(),)),))
