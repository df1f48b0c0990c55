"""What may be wrong in one row of a catalog: a table of rules. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import Demand, Mode, Reach
from govsync.model.catalog import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govsync.model import Item

_DOCUMENT = re.compile(
    r"《.+》|[〔\[(\uff08]\d{4}[〕\])\uff09].*号|第\d+号|[法例定则法]$|规定|办法|文件"
)
_VAGUE = re.compile(r"(按.*)?(及时|长期|实时|适时)(公开|发布|更新)?|同上|长期")
_BODY = re.compile(
    r"[局委办府院厅署队所站处科中社司部会行团校库馆]$|中心$|部门$|机构$|单位$|政府$"
    r"|街道$|企业$|[镇乡村]$|法人$|[\uff08(].*[)\uff09]$"
)


@dataclass(frozen=True)
class Known:
    """What is known of the city beside its catalogs."""

    bodies: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        names = frozenset(map(comparable, self.bodies))
        object.__setattr__(self, "bodies", names)


class RowRule(NamedTuple):
    """A rule of one row."""

    name: str
    column: str
    """What the column holds in which it is seen."""
    find: Callable[[Item, Known], Iterator[str]]
    """Yields what is wrong."""
    mend: str
    error: bool = True
    """Whether it is wrong for certain; else it is a note."""


def _mandatory(item: Item, known: Known) -> Iterator[str]:
    del known
    if item.for_anybody:
        return
    for one in item.channels:
        if one.demand is Demand.REQUIRED and one.code.reach is Reach.ANYBODY:
            yield (
                f"demands {one.code.label}, which anybody reads, of a row that is for a"
                " special group or on request"
            )


def _no_deadline(item: Item, known: Known) -> Iterator[str]:
    del known
    if not item.deadline:
        yield "names no deadline"


def _vague_deadline(item: Item, known: Known) -> Iterator[str]:
    del known
    if _VAGUE.fullmatch(item.deadline.rstrip("。;")):
        yield f"the deadline gives no number of days: {item.deadline}"


def _no_basis(item: Item, known: Known) -> Iterator[str]:
    del known
    if not item.basis:
        yield "names no basis"


def _basis(item: Item, known: Known) -> Iterator[str]:
    del known
    for one in item.basis:
        if not _DOCUMENT.search(one):
            yield f"the basis is not the name of a document: {one}"


def _modes(item: Item, known: Known) -> Iterator[str]:
    del known
    if {Mode.PROACTIVE, Mode.ON_REQUEST} <= set(item.modes):
        yield "ticks both 主动公开 and 依申请公开"


def _no_mode(item: Item, known: Known) -> Iterator[str]:
    del known
    if not item.modes:
        yield "ticks neither 主动公开 nor 依申请公开"


def _no_audience(item: Item, known: Known) -> Iterator[str]:
    del known
    if not item.audience:
        yield "names no audience"


def _no_body(item: Item, known: Known) -> Iterator[str]:
    del known
    if not item.bodies:
        yield "names no responsible body"


def _odd_body(item: Item, known: Known) -> Iterator[str]:
    for one in item.bodies:
        if not known.bodies and not _BODY.search(one):
            yield f"does not read like the name of a body: {one}"


def _unknown_body(item: Item, known: Known) -> Iterator[str]:
    for one in item.bodies:
        if known.bodies and comparable(one) not in known.bodies:
            yield f"the list of bodies does not have {one}"


_TICK = "tick the one that holds"
_NAME = "name it as the list of bodies (机构名录) does"
ROW_RULES = (
    RowRule(
        "lint.mandatory",
        "channels",
        _mandatory,
        "leave such channels open (□), or correct 公开对象",
    ),
    RowRule("lint.deadline-empty", "deadline", _no_deadline, "write 公开时限"),
    RowRule(
        "lint.deadline-vague",
        "deadline",
        _vague_deadline,
        "give a number of days, such as 20个工作日 (条例 art. 26)",
        error=False,
    ),
    RowRule("lint.basis-empty", "basis", _no_basis, "name the document: 《…》"),
    RowRule("lint.basis", "basis", _basis, "name the document: 《…》 or its number"),
    RowRule("lint.modes", "proactive", _modes, _TICK),
    RowRule("lint.mode-empty", "proactive", _no_mode, _TICK, error=False),
    RowRule("lint.audience-empty", "all", _no_audience, "tick 全社会 or 特定群体"),
    RowRule("lint.body-empty", "bodies", _no_body, "name the responsible body"),
    RowRule("lint.body-odd", "bodies", _odd_body, "write its full name", error=False),
    RowRule("lint.body-unknown", "bodies", _unknown_body, _NAME),
)
