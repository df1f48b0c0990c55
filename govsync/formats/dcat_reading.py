"""Reading DCAT in RDF/XML: distributions as records, datasets as items.

RDF can be written as XML in many ways; read is the usual one, where resources are
elements named after their class and stand inside each other or side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import ValidationError

from govsync.formats import extension
from govsync.formats.address import record_id
from govsync.formats.dcat_terms import NAMESPACES, area_of, item_of
from govsync.formats.reading import elements, line_of, only
from govsync.model import Catalog, Catalogs, Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from govsync.formats.feed import Tombstone
    from govsync.model import Record

_RDF, _DCAT, _DCT, _FOAF = (
    f"{{{NAMESPACES[name]}}}" for name in ("rdf", "dcat", "dct", "foaf")
)
_ROOTS = frozenset({f"{_RDF}RDF"})
_DISTRIBUTION = f"{_DCAT}Distribution"
_DATASET = f"{_DCAT}Dataset"
_CATALOG = f"{_DCAT}Catalog"


def read(source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
    """Read the distributions that have a title; one without is no record.

    Raises:
        FormatError: It is no RDF/XML, or a record does not hold.
    """
    for element in elements(source, roots=_ROOTS, tags=frozenset({_DISTRIBUTION})):
        if element.find(f"{_DCT}title") is not None:
            yield _record(element)


def read_entry(content: bytes) -> Record | Tombstone:
    """Read a document of one record.

    Raises:
        FormatError: There is not exactly one, or it does not hold.
    """
    return only(read(content))


def read_catalogs(source: BinaryIO | bytes) -> Catalogs:
    """Read the catalogs of areas with their items, in order.

    An item that stands in no area's catalog stands in one of its area.

    Raises:
        FormatError: It is no RDF/XML, or an item does not hold.
    """
    found: dict[str, dict[str, Any]] = {}
    for element in elements(source, roots=_ROOTS, tags=frozenset({_DATASET, _CATALOG})):
        if element.tag == _CATALOG:
            area = area_of(_about(element))
            if area is not None:
                found.setdefault(area, {}).update(_catalog(element, area))
        elif (item := _item(element)) is not None:
            area = _around(element) or item.ref.area
            found.setdefault(area, {"area": area}).setdefault("items", []).append(item)
    return Catalogs(catalogs=tuple(Catalog(**fields) for fields in found.values()))


def _record(element: _Element) -> Record:
    about = _about(element)
    link = _resource(element, f"{_DCAT}accessURL")
    around = next(element.iterancestors(_DATASET), None)
    item = None if around is None else item_of(_about(around))
    found = {
        "id": record_id(about) or about or link,
        "title": _said(element, "title"),
        "summary": _said(element, "description"),
        "link": link,
        "published": _said(element, "issued") or None,
        "updated": _said(element, "modified") or None,
        "item": item,
    }
    return extension.record_of(found, line_of(element))


def _item(element: _Element) -> Item | None:
    """Return the item that a dataset is; None where it is none, or is only named."""
    ref = item_of(_about(element))
    title = _said(element, "title")
    if ref is None or not title:
        return None
    description = _said(element, "description")
    rules = element.iterfind(f"{_DCT}conformsTo/{_DCT}Standard")
    try:
        return Item(
            ref=ref,
            content="" if description == title else description,
            basis=tuple(_said(rule, "title") for rule in rules),
            bodies=(*_names(element, "publisher"), *_names(element, "creator")),
        )
    except ValidationError as error:
        raise extension.invalid(error, "", line_of(element)) from error


def _catalog(element: _Element, area: str) -> dict[str, Any]:
    title = _said(element, "title")
    version = element.findtext(f"{_DCAT}version", "")
    return {
        "area": area,
        "title": "" if title == f"{area}标准目录" else title,
        "version": version,
    }


def _around(element: _Element) -> str | None:
    catalogs = element.iterancestors(_CATALOG)
    areas = (area_of(_about(catalog)) for catalog in catalogs)
    return next((area for area in areas if area is not None), None)


def _about(element: _Element) -> str:
    return element.get(f"{_RDF}about", "")


def _resource(element: _Element, name: str) -> str:
    found = element.find(name)
    return "" if found is None else found.get(f"{_RDF}resource", "")


def _said(element: _Element, name: str) -> str:
    return element.findtext(f"{_DCT}{name}", "").strip()


def _names(element: _Element, role: str) -> Iterator[str]:
    for agent in element.iterfind(f"{_DCT}{role}/{_FOAF}Agent"):
        yield agent.findtext(f"{_FOAF}name", "")
