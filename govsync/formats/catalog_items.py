"""Catalogs (标准目录) in our catalog XML: both ways by the same few tables.

Elements and attributes are the model's fields: lists become repeated elements, values
become elements with attributes, what is short becomes an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.errors import FormatError
from govsync.formats.extension import NAMESPACE, invalid
from govsync.formats.reading import line_of, said
from govsync.formats.text import attribute, attributes, text
from govsync.model import Catalog, Catalogs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element

_BRACED = f"{{{NAMESPACE}}}"
_LISTS = {
    "basis": "basis",
    "body": "bodies",
    "channel": "channels",
    "audience": "audience",
    "mode": "modes",
    "level": "levels",
    "item": "items",
    "note": "notes",
}
"""The element of one member, and its field of many."""
_MEMBERS = {field: name for name, field in _LISTS.items()}
_LONG = frozenset({"content", "deadline"})
"""Texts that are elements because they run over lines."""
_PLAIN_TEXT = _LONG | {"basis", "body", "mode", "level", "note"}
"""Elements that hold text; the others hold attributes and elements."""


def markup(catalogs: Catalogs) -> str:
    """Render ``catalog`` elements, in schema order."""
    plain = (
        catalog.model_dump(mode="json", exclude_defaults=True)
        for catalog in catalogs.catalogs
    )
    return "".join(f"{_element('catalog', catalog)}\n" for catalog in plain)


def catalogs_of(elements: Iterable[_Element]) -> Catalogs:
    """Read ``catalog`` elements.

    Raises:
        FormatError: One does not hold; names its line.
    """
    return Catalogs(catalogs=tuple(map(_read_catalog, elements)))


def _element(name: str, plain: Mapping[str, Any]) -> str:
    short = {
        field: value
        for field, value in plain.items()
        if isinstance(value, str) and field not in _LONG
    }
    inner = "".join(
        part
        for field, value in plain.items()
        if field not in short
        for part in _children(field, value)
    )
    opening = f"<{name}{attributes(short)}"
    return f"{opening}>{inner}</{name}>" if inner else f"{opening}/>"


def _children(field: str, value: Any) -> Iterator[str]:
    if field == "extra":
        for name in sorted(value):
            yield f'<extra name="{attribute(name)}">{text(value[name])}</extra>'
        return
    name = _MEMBERS.get(field, field)
    for member in value if isinstance(value, list) else [value]:
        if isinstance(member, str):
            yield f"<{name}>{text(member)}</{name}>"
        else:
            yield _element(name, member)


def _read_catalog(element: _Element) -> Catalog:
    try:
        return Catalog.model_validate(_plain(element))
    except ValidationError as error:
        raise invalid(error, "", line_of(element)) from error


def _plain(element: _Element) -> dict[str, Any]:
    found: dict[str, Any] = said(element)
    for child in element:
        name = str(child.tag).removeprefix(_BRACED)
        if name == "extra":
            found.setdefault("extra", {})[child.get("name", "")] = child.text or ""
            continue
        holds = (child.text or "") if name in _PLAIN_TEXT else _plain(child)
        if name in _LISTS:
            found.setdefault(_LISTS[name], []).append(holds)
        elif name in found:
            raise FormatError(
                f"a second {name} element", where=f"line {line_of(child)}"
            )
        else:
            found[name] = holds
    return found
