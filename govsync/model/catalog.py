"""Item and Catalog: what must be public (基层政务公开标准目录)."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints

from govsync.model.base import Value, canonical_json, digest_of
from govsync.model.codes import (
    BoxSemantics,
    ChannelCode,
    Demand,
    Level,
    Mode,
    Reach,
    Scope,
)

Line = Annotated[str, StringConstraints(strip_whitespace=True)]
"""Text of one field, without blanks at its ends."""
Extra = Annotated[
    Mapping[str, str],
    AfterValidator(lambda given: MappingProxyType(dict(given))),
    PlainSerializer(dict, return_type=dict[str, str]),
]
"""Columns that the model does not know, by their header, kept and carried along."""


def comparable(text: str) -> str:
    """Return a name as it is compared: NFKC, no blanks, so ``(`` equals ``（``."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class ItemRef(Value):
    """The name of an item: its area and its two or three levels."""

    area: Line
    level1: Line
    level2: Line = ""
    level3: Line = ""

    def __str__(self) -> str:
        return " / ".join(filter(None, self.parts))

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """Area and levels, outermost first."""
        return self.area, self.level1, self.level2, self.level3

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What two references of the same item have in common."""
        return tuple(map(comparable, self.parts))


class Audience(Value):
    """公开对象: everybody, or a group in the words of its row."""

    scope: Scope = Scope.ALL
    note: Line = ""
    """Who they are, such as 面向拟征收土地所在地的村集体成员."""


class ChannelDemand(Value):
    """One box of 公开渠道和载体."""

    code: ChannelCode
    demand: Demand = Demand.REQUIRED
    label: Line = ""
    """The row's own words, where they are not the standard label."""


class Item(Value):
    """公开事项: one row of the standard catalog."""

    ref: ItemRef
    number: Line = ""
    """序号 as printed; some catalogs print codes."""
    content: Line = ""
    """公开内容(要素), as printed."""
    basis: tuple[Line, ...] = ()
    """公开依据, one document each."""
    deadline: Line = ""
    """公开时限, as printed."""
    bodies: tuple[Line, ...] = ()
    """公开主体."""
    channels: tuple[ChannelDemand, ...] = ()
    audience: tuple[Audience, ...] = ()
    modes: tuple[Mode, ...] = ()
    levels: tuple[Level, ...] = ()
    extra: Extra = Field(default_factory=lambda: MappingProxyType({}))

    def demand(self, code: ChannelCode) -> Demand | None:
        """What this row says of a channel: required, optional, or None for absent."""
        return next((c.demand for c in self.channels if c.code is code), None)

    def allows(self, code: ChannelCode) -> bool:
        """Whether a record under this item may go to a channel of this code.

        A row that is only for a special group, or only on request, never goes where
        anybody can read it, whatever its boxes say (社会救助暂行办法 art. 11 and the
        like bind such publication to a place or to persons).
        """
        if code.reach is Reach.ANYBODY and not self.for_anybody:
            return False
        return self.demand(code) is not None

    @property
    def for_anybody(self) -> bool:
        """Whether the row is for the whole of society, on the body's initiative."""
        everybody = not self.audience or any(
            a.scope is Scope.ALL for a in self.audience
        )
        return everybody and (not self.modes or Mode.PROACTIVE in self.modes)


class Catalog(Value):
    """标准目录: the items of one area, in a dated version."""

    area: Line
    title: Line = ""
    version: Line = ""
    """The date or number of this version; empty where the source gives none."""
    valid_from: date | None = None
    """The first day on which this version is in force; None: from the beginning."""
    box_semantics: BoxSemantics = BoxSemantics.OFFICIAL
    items: tuple[Item, ...] = ()
    notes: tuple[Line, ...] = ()
    """What stands below the rows, such as 填表说明."""


class Catalogs(Value):
    """The catalogs of all areas in all their versions; finds an item by its name.

    A version of an area is in force until the day on which the next one begins, and
    the first one is taken for the days before it too: the duty to publish is older
    than the catalogs that spell it out.
    """

    catalogs: tuple[Catalog, ...] = ()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item of every version, in the order of the catalogs."""
        return tuple(item for catalog in self.catalogs for item in catalog.items)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for equal catalogs."""
        return digest_of(canonical_json(self.model_dump(mode="json")))

    def find(self, ref: ItemRef, on: date | None = None) -> Item | None:
        """Return the item of this name in the version that is in force, or None.

        Args:
            ref: The item's name.
            on: The day to judge by; None: the newest version.
        """
        versions = self._by_area.get(ref.key[0])
        return versions.on(on).get(ref.key) if versions else None

    def in_force(self, on: date | None = None) -> tuple[Catalog, ...]:
        """Return the catalogs in force on a day, in order; None: the newest ones."""
        return tuple(
            catalog
            for catalog in self.catalogs
            if self._by_area[comparable(catalog.area)].start(on) == _start(catalog)
        )

    def versions(self, area: str) -> tuple[date, ...]:
        """Return the days on which the versions of an area begin, oldest first."""
        versions = self._by_area.get(comparable(area))
        return tuple(versions.starts) if versions else ()

    @cached_property
    def _by_area(self) -> dict[str, _Versions]:
        found: dict[str, dict[date, _Items]] = defaultdict(lambda: defaultdict(dict))
        for catalog in self.catalogs:
            start = _start(catalog)
            found[comparable(catalog.area)][start].update({})
            for item in catalog.items:
                found[item.ref.key[0]][start][item.ref.key] = item
        return {area: _Versions(versions) for area, versions in found.items()}


_Items = dict[tuple[str, ...], Item]


class _Versions:
    """The versions of one area, found by a day."""

    def __init__(self, versions: Mapping[date, _Items]) -> None:
        self.starts = sorted(versions)
        self._items = [versions[start] for start in self.starts]

    def start(self, on: date | None) -> date:
        """Return the day on which the version in force on a day begins."""
        return self.starts[self._place(on)]

    def on(self, on: date | None) -> _Items:
        """Return the items in force on a day."""
        return self._items[self._place(on)]

    def _place(self, on: date | None) -> int:
        return -1 if on is None else max(0, bisect_right(self.starts, on) - 1)


def _start(catalog: Catalog) -> date:
    return catalog.valid_from or date.min
