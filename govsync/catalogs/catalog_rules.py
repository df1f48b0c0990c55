"""What may be wrong in a catalog as a whole: a table of rules. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govsync.model import Level
from govsync.sources.header import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govsync.model import Catalog
    from govsync.sources import SheetPlaces

    Found = Iterator[tuple[int | None, str]]
    """The place of an item among the catalog's, or None; and what is wrong."""


class CatalogRule(NamedTuple):
    """A rule of a whole catalog."""

    name: str
    column: str
    find: Callable[[Catalog, SheetPlaces], Found]
    mend: str
    error: bool = True


def _empty(catalog: Catalog, places: SheetPlaces) -> Found:
    del places
    if not catalog.items:
        yield None, "the catalog has no items"


def _levels(catalog: Catalog, places: SheetPlaces) -> Found:
    used = {level for item in catalog.items for level in item.levels}
    for held, letter in places.columns:
        name = held.removeprefix("level:")
        meant = set(map(Level, LEVELS.get(name, ()))) if name != held else set()
        if catalog.items and meant and not meant & used:
            yield None, f"nobody fills {name} (column {letter})"


def _numbering(catalog: Catalog, places: SheetPlaces) -> Found:
    """Numbers go up by one from wherever they begin; codes are not looked at.

    Rows that share a merged number share it.
    """
    del places
    before: int | None = None
    for place, item in enumerate(catalog.items):
        number = int(item.number) if _counts(item.number) else None
        if before is not None and number is not None and number - before not in {0, 1}:
            yield place, f"{before} is followed by {number}"
        before = number if number is not None else before


def _counts(number: str) -> bool:
    return number.isascii() and number.isdecimal() and not number.startswith("0")


CATALOG_RULES = (
    CatalogRule("lint.empty", "", _empty, "take the sheet out, or fill it"),
    CatalogRule(
        "lint.level", "", _levels, "tick who publishes, or take the column out"
    ),
    CatalogRule(
        "lint.numbering", "number", _numbering, "number the rows anew", error=False
    ),
)
