"""Find what contradicts itself in catalogs, each with its place and what mends it.

Rules are a table: those of one row, and those of a whole catalog. What reading already
found (a row without a channel, a row twice) stands before what the rules find.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from govsync.catalogs.catalog_rules import CATALOG_RULES
from govsync.catalogs.row_rules import ROW_RULES, Known
from govsync.sources import Problem, SheetPlaces
from govsync.sources.problem import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from govsync.model import Catalog, Item
    from govsync.sources import CatalogReading

_COMPARED = ("basis", "deadline", "channels", "audience", "modes")
"""What copies of one row must say alike; who publishes differs from town to town."""
_COLUMNS = {"audience": "all", "modes": "proactive"}


class _Placed(NamedTuple):
    item: Item
    places: SheetPlaces
    row: int


def lint(
    readings: Sequence[CatalogReading], bodies: Iterable[str] = ()
) -> tuple[Problem, ...]:
    """Return what is wrong, file by file, then between the copies of one area.

    Args:
        readings: Of each file.
        bodies: The names of the city's bodies (机构名录); none: not looked at.
    """
    known = Known(frozenset(bodies))
    found: list[Problem] = []
    for reading in readings:
        found += reading.problems
        sheets = zip(reading.catalogs.catalogs, reading.places, strict=True)
        for catalog, places in sheets:
            found += _of_catalog(catalog, places, known)
    return (*found, *_between(readings))


def _of_catalog(
    catalog: Catalog, places: SheetPlaces, known: Known
) -> Iterator[Problem]:
    for item, row in zip(catalog.items, places.rows, strict=True):
        for rule in ROW_RULES:
            for message in rule.find(item, known):
                yield _problem(rule.name, message, places, row, rule.column).changed(
                    error=rule.error, mend=rule.mend, value=shown(str(item.ref))
                )
    for whole in CATALOG_RULES:
        for place, message in whole.find(catalog, places):
            at = None if place is None else places.rows[place]
            yield _problem(whole.name, message, places, at, whole.column).changed(
                error=whole.error, mend=whole.mend
            )


def _between(readings: Sequence[CatalogReading]) -> Iterator[Problem]:
    """Yield where copies of one row, such as those of towns, do not say the same."""
    copies: dict[tuple[object, ...], list[_Placed]] = defaultdict(list)
    for reading in readings:
        sheets = zip(reading.catalogs.catalogs, reading.places, strict=True)
        for catalog, places in sheets:
            for item, row in zip(catalog.items, places.rows, strict=True):
                version = (catalog.version, catalog.valid_from)
                copies[version, item.ref.key].append(_Placed(item, places, row))
    for first, *others in copies.values():
        for other in others:
            yield from _differences(first, other)


def _differences(one: _Placed, other: _Placed) -> Iterator[Problem]:
    for field in _COMPARED:
        if getattr(one.item, field) != getattr(other.item, field):
            where = ", ".join(
                filter(None, (one.places.file, one.places.sheet, f"row {one.row}"))
            )
            column = _COLUMNS.get(field, field)
            yield _problem(
                "lint.copies",
                f"says something else of {field} than {where}",
                other.places,
                other.row,
                column,
            ).changed(
                mend="let all copies of the row say the same",
                value=shown(str(other.item.ref)),
            )


def _problem(
    rule: str, message: str, places: SheetPlaces, row: int | None, column: str
) -> Problem:
    return Problem(
        rule=rule,
        message=message,
        file=places.file,
        sheet=places.sheet,
        row=row,
        column=places.letter(column),
    )
