"""Item and Catalog: what must be public (基层政务公开标准目录)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
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

    @property
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
    box_semantics: BoxSemantics = BoxSemantics.OFFICIAL
    items: tuple[Item, ...] = ()
    notes: tuple[Line, ...] = ()
    """What stands below the rows, such as 填表说明."""


class Catalogs(Value):
    """The catalogs of all areas together, in which an item is found by its name."""

    catalogs: tuple[Catalog, ...] = ()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order of the catalogs."""
        return tuple(item for catalog in self.catalogs for item in catalog.items)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for equal catalogs."""
        return digest_of(canonical_json(self.model_dump(mode="json")))

    def find(self, ref: ItemRef) -> Item | None:
        """Return the item of this name, or None."""
        return self._by_key.get(ref.key)

    @cached_property
    def _by_key(self) -> dict[tuple[str, ...], Item]:
        return {item.ref.key: item for item in self.items}
