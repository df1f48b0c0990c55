"""What a record is in the fifteen elements of Dublin Core: both ways by one table.

The elements are those of the Dublin Core Metadata Element Set 1.1 (ISO 15836-1); what
each holds follows the core metadata of 《政府信息公开目录系统实施指引(试行)》 part 2,
which were modelled on it. Dublin Core says less than a record: body, review, revision,
digest, steps between records and what we do not know stay behind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from govsync.formats.address import media_type, record_id, record_uri, to_uri
from govsync.model import ItemRef, Scope, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from govsync.model import Record

    Values = Mapping[str, list[str]]
    """What each element says, in order."""

_BETWEEN = " / "
"""Between area and levels in a subject, as :class:`ItemRef` prints them."""
_STEPS = {step.label: step for step in Step}
_DAY_LENGTH = len("2026-03-01")
_INDEX_NUMBER = re.compile(r"[0-9A-Za-z]{8,18}/?[0-9]{4}-[0-9]{5}")
_DOCUMENT_NUMBER = re.compile(r".*[〔\[(][0-9]{4}[〕\])].*号")
_LANGUAGE = "zh-CN"


def said(record: Record) -> Iterator[tuple[str, str]]:
    """Give what a record says: an element's name and its text, in schema order.

    What is blank is not said.
    """
    for name, values in ELEMENTS.items():
        yield from ((name, value) for value in values(record) if value.strip())


def heard(values: Values) -> dict[str, Any]:
    """Return the fields of a record that elements say, for ``Record.model_validate``.

    Where an element may hold several things, each is known by its shape.
    """
    named = {name: [*values.get(name, ())] for name in ELEMENTS}
    days = sorted(named["date"], key=len)
    subjects = named["subject"]
    items = [*filter(None, map(_item, subjects))]
    return {
        **_identified(named["identifier"]),
        "title": _first(named["title"]),
        "issuer": _first(named["publisher"]) or _first(named["creator"]),
        "co_issuers": named["contributor"],
        "keywords": [word for word in subjects if _item(word) is None],
        "item": items[0] if items else None,
        "summary": _first(named["description"]),
        "published": next((at for at in days if len(at) > _DAY_LENGTH), None),
        "formed": next((day for day in days if len(day) == _DAY_LENGTH), None),
        "step": next((_STEPS[kind] for kind in named["type"] if kind in _STEPS), None)
        or Step.RELEASE,
        "attachments": [*map(_attachment, filter(_address, named["relation"]))],
    }


def _identifiers(record: Record) -> Iterable[str]:
    """索引号, 文号, and where it is; the record's own IRI first."""
    uri = record_uri(record.id)
    link = to_uri(record.link) if record.link else None
    return uri, record.index_number, record.document_number, link or ""


def _identified(given: list[str]) -> dict[str, Any]:
    own = next(filter(None, map(record_id, given)), None)
    links = [*filter(_address, given)]
    return {
        "id": own or _first(links) or _first(given),
        "link": _first(links),
        "index_number": _first([*filter(_INDEX_NUMBER.fullmatch, given)]),
        "document_number": _first([*filter(_DOCUMENT_NUMBER.fullmatch, given)]),
    }


def _dates(record: Record) -> Iterable[str]:
    """发布日期 to the second, 成文日期 to the day (W3CDTF)."""
    published, formed = record.published, record.formed
    return (
        published.isoformat(timespec="seconds") if published else "",
        formed.isoformat() if formed else "",
    )


def _relations(record: Record) -> Iterator[str]:
    if record.relation:
        yield record_uri(record.relation.target)
    for attachment in record.attachments:
        yield to_uri(attachment.href) or ""


def _attachment(address: str) -> dict[str, str]:
    return {"name": unquote(address.rpartition("/")[2]) or address, "href": address}


def _formats(record: Record) -> Iterable[str]:
    kinds = (media_type(attachment.media_type) for attachment in record.attachments)
    return dict.fromkeys(["text/html", *kinds])


def _item(subject: str) -> ItemRef | None:
    """Return the item that a subject names; None where it is a keyword."""
    levels = subject.split(_BETWEEN)
    names = ("area", "level1", "level2", "level3")
    if not 2 <= len(levels) <= len(names):
        return None
    return ItemRef(**dict(zip(names, levels, strict=False)))


def _address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _first(texts: list[str]) -> str:
    return texts[0] if texts else ""


ELEMENTS: Mapping[str, Callable[[Record], Iterable[str]]] = {
    "title": lambda record: (record.title,),  # 名称
    "creator": lambda record: (record.issuer,),  # harvesters show no other body
    "subject": lambda record: (
        *((str(record.item),) if record.item else ()),
        *record.keywords,
    ),
    "description": lambda record: (record.summary,),  # 内容概述
    "publisher": lambda record: (record.issuer,),  # 发布机构
    "contributor": lambda record: record.co_issuers,
    "date": _dates,
    "type": lambda record: ("Text", record.step.label),  # DCMI Type, 环节
    "format": _formats,
    "identifier": _identifiers,
    "source": lambda _: (),  # an original that this was made from: none is kept
    "language": lambda _: (_LANGUAGE,),
    "relation": _relations,
    "coverage": lambda _: (),  # a place or a time: an area of law is neither
    "rights": lambda record: (
        (record.audience.note,) if record.audience.scope is Scope.SPECIAL else ()
    ),
}
"""The fifteen elements, and what of a record each says."""
