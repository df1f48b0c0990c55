"""Scope: a record goes only where its catalog row names the channel.

Several statutes bind publication to a place or to persons (国有土地上房屋征收与补偿条例
art. 15 and 29, 社会救助暂行办法 art. 11), so a row or a record for a special group, or
on request only, never goes where anybody can read it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import (
    Catalogs,
    Demand,
    Finding,
    Item,
    ItemRef,
    Mode,
    Reach,
    Record,
    Scope,
    Severity,
)
from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from govsync.rules.destination import Destination


class _Refusal(NamedTuple):
    rule: str
    message: str
    mend: str


_NOT_NAMED = _Refusal(
    "scope.not-named",
    "the catalog row of {item} does not name {channel}",
    "if it is to go there, the catalog's row is changed first",
)
_ROW_LIMITED = _Refusal(
    "scope.limited",
    "the catalog row of {item} is for a special group or on request,"
    " and anybody can read {channel}",
    "publish it where the row says, such as the notice board",
)
_RECORD_LIMITED = _Refusal(
    "scope.limited",
    "the record says that it is for a special group or on request,"
    " and anybody can read {channel}",
    "publish it to its audience, or correct 公开对象 and 公开方式",
)
_OPTIONAL = _Refusal(
    "scope.optional",
    "the catalog row of {item} leaves {channel} open (□),"
    " and this channel takes required rows only",
    "set optional = true for the channel if it is to take such rows",
)
_WITHOUT_ITEM = _Refusal(
    "scope.without-item",
    "the record stands under no item of the catalog",
    "name its item, or set without_item = true for the channel",
)


def findings(
    record: Record, *, catalogs: Catalogs, destinations: Sequence[Destination]
) -> Iterator[Finding]:
    """Refuse each destination that the record may not go to.

    The version of the catalog counts that is in force on the record's own day. An item
    that it does not have holds the whole record.
    """
    item = catalogs.find(record.item, record.day) if record.item else None
    if record.item and item is None:
        yield _unknown_item(record, record.item, catalogs)
        return
    for destination in destinations:
        refusal = _refusal(record, item, destination)
        if refusal is not None:
            yield _refused(record, destination, refusal)


def _refusal(
    record: Record, item: Item | None, destination: Destination
) -> _Refusal | None:
    to_anybody = destination.serves.reach is Reach.ANYBODY
    if item is None and not destination.without_item:
        return _WITHOUT_ITEM
    demand = item.demand(destination.serves) if item else Demand.REQUIRED
    if demand is None:
        return _NOT_NAMED
    if item and not item.allows(destination.serves):
        return _ROW_LIMITED
    if to_anybody and _says_limited(record):
        return _RECORD_LIMITED
    if demand is Demand.OPTIONAL and not destination.optional:
        return _OPTIONAL
    return None


def _says_limited(record: Record) -> bool:
    return record.audience.scope is Scope.SPECIAL or record.mode is Mode.ON_REQUEST


def _refused(record: Record, destination: Destination, refusal: _Refusal) -> Finding:
    return Finding(
        rule=refusal.rule,
        severity=Severity.BLOCK,
        message=refusal.message.format(
            item=record.item or "", channel=destination.serves.label
        ),
        record=record.id,
        field="item",
        mend=refusal.mend,
        channel=destination.name,
    )


def _unknown_item(record: Record, ref: ItemRef, catalogs: Catalogs) -> Finding:
    closest = _closest(ref, record.day, catalogs)
    mend = (
        f"did you mean {' or '.join(closest)}?"
        if closest
        else "name an item as the catalog prints it"
    )
    return Finding(
        rule="scope.unknown-item",
        severity=Severity.HOLD,
        message=f"no catalog has the item {masked(str(ref))}"
        f"{_in_force(ref, record.day, catalogs)}",
        record=record.id,
        field="item",
        mend=mend,
    )


def _in_force(ref: ItemRef, day: date | None, catalogs: Catalogs) -> str:
    """Say which version was asked, where the area has several."""
    starts = catalogs.versions(ref.area)
    if len(starts) < 2:
        return ""
    on = f"on {day}" if day else "in its newest version"
    known = [str(start) for start in starts if catalogs.find(ref, start)]
    return f" {on}" + (f"; the version from {known[-1]} has it" if known else "")


def _closest(ref: ItemRef, day: date | None, catalogs: Catalogs) -> list[str]:
    area = ref.key[0]
    refs = [item.ref for one in catalogs.in_force(day) for item in one.items]
    # The names of one area first: comparing with every item of every area is slow.
    names = [str(one) for one in refs if one.key[0] == area] or list(map(str, refs))
    return get_close_matches(str(ref), names, n=3, cutoff=0.5)
