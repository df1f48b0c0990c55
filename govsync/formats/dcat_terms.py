"""The elements of DCAT as RDF/XML: a dataset, a distribution, an agent, and names.

The classes and their mandatory properties are those of DCAT-AP 3.0.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from govsync.errors import FormatError
from govsync.formats.address import record_uri, to_uri
from govsync.formats.text import attribute, text
from govsync.model import ItemRef

if TYPE_CHECKING:
    from datetime import datetime

    from govsync.model import Item, Record

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
LANGUAGE = "zh-CN"
"""Of names, titles and summaries; what a feed says of itself has its own language."""
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
BOUND = "".join(f' xmlns:{name}="{iri}"' for name, iri in NAMESPACES.items())

_AREA = "urn:govsync:area:"
_BODY = "urn:govsync:body:"
_CATALOG = "urn:govsync:catalog:"
_ITEM = "urn:govsync:item:"
_HTML = "http://www.iana.org/assignments/media-types/text/html"
_MOMENT = 'rdf:datatype="http://www.w3.org/2001/XMLSchema#dateTime"'


def item_uri(ref: ItemRef) -> str:
    """Return the IRI of an item: area and levels, each a segment."""
    return _ITEM + "/".join(map(_segment, ref.parts)).rstrip("/")


def item_of(uri: str) -> ItemRef | None:
    """Return the item of an IRI; None where it is not of an item."""
    if not uri.startswith(_ITEM):
        return None
    parts = map(unquote, uri.removeprefix(_ITEM).split("/"))
    names = ("area", "level1", "level2", "level3")
    return ItemRef(**{"level1": "", **dict(zip(names, parts, strict=False))})


def catalog_uri(area: str) -> str:
    """Return the IRI of the standard catalog of an area, in whatever version."""
    return _CATALOG + _segment(area)


def area_of(uri: str) -> str | None:
    """Return the area of a standard catalog by its IRI; None where it is of none."""
    return unquote(uri.removeprefix(_CATALOG)) if uri.startswith(_CATALOG) else None


def opened(kind: str, uri: str) -> str:
    """Render the start of a resource of a class of DCAT."""
    return f'<dcat:{kind} rdf:about="{attribute(uri)}">'


def dataset(uri: str, inside: str) -> str:
    """Render a ``dcat:Dataset``."""
    return f"{opened('Dataset', uri)}{inside}</dcat:Dataset>\n"


def catalogued(catalog: str, inside: str) -> str:
    """Say of a catalog that stands elsewhere that it has a dataset, too."""
    about = attribute(catalog)
    return (
        f'<rdf:Description rdf:about="{about}"><dcat:dataset>{inside}</dcat:dataset>'
        "</rdf:Description>\n"
    )


def described(title: str, description: str, language: str) -> str:
    """Render title and description; the former twice where there is no latter."""
    return said("dct:title", title, language) + said(
        "dct:description", description or title, language
    )


def said(name: str, value: str, language: str) -> str:
    """Render a text with its language."""
    return f'<{name} xml:lang="{language}">{text(value)}</{name}>'


def moment(name: str, at: datetime | None) -> str:
    """Render a date and time of Dublin Core terms; nothing for None."""
    return f"<dct:{name} {_MOMENT}>{at.isoformat()}</dct:{name}>" if at else ""


def agent(role: str, name: str, language: str) -> str:
    """Render who publishes or makes: a ``foaf:Agent`` with a name."""
    about = _BODY + _segment(name)
    return (
        f'<dct:{role}><foaf:Agent rdf:about="{about}">'
        f"{said('foaf:name', name, language)}</foaf:Agent></dct:{role}>"
    )


def access(uri: str, address: str, inside: str = "") -> str:
    """Render a ``dcat:Distribution`` of the dataset around it."""
    return (
        f"<dcat:distribution>{opened('Distribution', uri)}"
        f'<dcat:accessURL rdf:resource="{attribute(address)}"/>{inside}'
        "</dcat:Distribution></dcat:distribution>"
    )


def item(given: Item) -> str:
    """Render an item as a dataset: name, content, bodies, rules, area.

    DCAT-AP allows one publisher; the bodies after the first are creators.
    """
    bodies = [body for body in given.bodies if body]
    roles = ("publisher", *("creator" for _ in bodies[1:]))
    agents = (agent(*pair, LANGUAGE) for pair in zip(roles, bodies, strict=False))
    rules = (
        f"<dct:conformsTo><dct:Standard>{said('dct:title', rule, LANGUAGE)}"
        "</dct:Standard></dct:conformsTo>"
        for rule in given.basis
        if rule
    )
    named = described(str(given.ref), given.content, LANGUAGE)
    theme = _theme(given.ref.area)
    return dataset(item_uri(given.ref), "".join((named, *agents, *rules, theme)))


def distribution(record: Record) -> str:
    """Render a record's page as a distribution.

    Raises:
        FormatError: The record has no web address (DCAT-AP 3.0.1, dcat:accessURL).
    """
    address = to_uri(record.link)
    if address is None:
        raise FormatError(
            "the record has no web address, which a distribution must have",
            record=record.id,
            field="link",
            mend="give the address of its page",
        )
    summary = record.summary
    inside = (
        said("dct:title", record.title, LANGUAGE)
        + (said("dct:description", summary, LANGUAGE) if summary else "")
        + f'<dcat:mediaType rdf:resource="{_HTML}"/>'
        + moment("issued", record.published)
        + moment("modified", record.changed_at)
    )
    return access(record_uri(record.id), address, inside)


def _theme(area: str) -> str:
    if not area:
        return ""
    label = said("skos:prefLabel", area, LANGUAGE)
    about = _AREA + _segment(area)
    concept = f'<skos:Concept rdf:about="{about}">{label}</skos:Concept>'
    return f"<dcat:theme>{concept}</dcat:theme>"


def _segment(name: str) -> str:
    return quote(name, safe="")
