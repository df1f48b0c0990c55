"""Judging XML: bytes, schema, rules, and then every record as a receiver reads it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from govsync.errors import FormatError
from govsync.formats import (
    atom,
    atom_reading,
    catalog_xml,
    dcat,
    extension,
    oai_dc,
    rss_reading,
    sitemap,
)
from govsync.formats.address import record_id
from govsync.formats.reading import line_of
from govsync.validation.fault import Place, fault
from govsync.validation.feeds import atom_faults, rss_faults
from govsync.validation.grammar import broken
from govsync.validation.wellformed import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from govsync.validation.fault import Fault

    Rules = Callable[[_Element, str, str], Iterator[Fault]]

_A = f"{{{atom.NAMESPACE}}}"
_OAI = f"{{{oai_dc.PROTOCOL}}}"
_SITEMAP = f"{{{sitemap.NAMESPACE}}}"
_DELETED = f"{{{atom.TOMBSTONES}}}deleted-entry"
_FEEDS = frozenset({"atom", "rss"})


class _Form(NamedTuple):
    """How a format of XML is judged."""

    schema: str
    members: tuple[str, ...]
    """The elements that are a record or a tombstone."""
    id: Callable[[_Element], str]
    """Gives the id of such an element."""
    rules: Rules | None = None
    read: Callable[[_Element], object] | None = None
    """Makes the record or tombstone of such an element."""


_FORMS = {
    "atom": _Form(
        "atom-1.rng",
        (f"{_A}entry", _DELETED),
        lambda entry: entry.get("ref", "") or entry.findtext(f"{_A}id", ""),
        atom_faults,
        atom_reading.member,
    ),
    "rss": _Form(
        "rss-1.rng",
        ("item",),
        lambda item: item.findtext("guid", ""),
        rss_faults,
        rss_reading.member,
    ),
    "xml": _Form(
        "catalog-1.xsd",
        (extension.RECORD, extension.TOMBSTONE),
        lambda record: record.get("id", ""),
        read=catalog_xml.member,
    ),
    "oai_dc": _Form(
        "oai_dc-1.rng",
        (f"{_OAI}record",),
        lambda record: record.findtext(f"{_OAI}header/{_OAI}identifier", ""),
    ),
    "sitemap": _Form(
        "sitemap-1.rng",
        (f"{_SITEMAP}url", f"{_SITEMAP}sitemap"),
        lambda page: page.findtext(f"{_SITEMAP}loc", ""),
    ),
}


def check(content: bytes, name: str, address: str) -> tuple[int, list[Fault]]:
    """Judge a document of a format.

    Returns:
        How many records and tombstones it holds, and what is wrong.
    """
    root, found = parsed(content)
    if root is None:
        return 0, found
    form = _FORMS.get(name)
    if form is None:
        return _count(content, found)
    members = [*root.iter(*form.members)]
    found += broken("schema", form.schema, root)
    if form.rules:
        found += form.rules(root, content.decode(errors="replace"), address)
    if name in _FEEDS:
        found += _of_details(root)
    if form.read:
        spoilt = {each.place.line for each in found if not each.warning}
        whole = (member for member in members if line_of(member) not in spoilt)
        found += _of_reading(form.read, whole)
    return len(members), _named(found, members, form.id)


def _count(content: bytes, found: list[Fault]) -> tuple[int, list[Fault]]:
    """Judge RDF/XML, which says one thing in many ways: it is read, as receivers do."""
    count = 0
    try:
        for _ in dcat.read(content):
            count += 1
    except FormatError as error:
        found.append(of_error(error))
    return count, found


def of_error(error: FormatError, line: int = 0) -> Fault:
    """Return what a reader says of a record as a fault."""
    place = Place(line, record=error.record, path=error.field or error.where)
    return fault("record", error.message, place, error.mend)


def _of_details(root: _Element) -> Iterator[Fault]:
    """Judge our own words inside others' elements."""
    for element in root.iter(extension.DETAILS, extension.TOMBSTONE):
        for each in broken("details", "catalog-1.xsd", _alone(element)):
            yield each.at(each.place._replace(line=line_of(element)))


def _alone(element: _Element) -> _Element:
    from lxml import etree

    return etree.fromstring(etree.tostring(element, with_tail=False))


def _of_reading(
    read: Callable[[_Element], object], members: Iterator[_Element]
) -> Iterator[Fault]:
    """Read every record as a receiver does; its digest must be its own."""
    for member in members:
        try:
            read(member)
        except FormatError as error:
            yield of_error(error, line_of(member))


def _named(
    found: list[Fault], members: list[_Element], id_of: Callable[[_Element], str]
) -> list[Fault]:
    """Say of each fault whose record it is, by its line."""
    starts = [line_of(member) for member in members]

    def named(each: Fault) -> Fault:
        at = bisect_right(starts, each.place.line) - 1
        if at < 0 or each.place.record:
            return each
        said = id_of(members[at])
        return each.at(each.place._replace(record=record_id(said) or said))

    return [*map(named, found)]
