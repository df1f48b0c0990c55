"""Our own words, in the namespace ``urn:govsync:catalog:1``.

What Atom and RSS cannot say of a record stands in one ``details`` element inside its
entry; the catalog XML uses the same words at the same places. Elements and attributes
are named as the model's fields (one name for one thing), a field that holds its
default is left out, so an absent element and an empty one never mean two things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.errors import FormatError
from govsync.formats.feed import Tombstone
from govsync.formats.reading import line_of, said
from govsync.formats.text import attribute, attributes, text
from govsync.model import Mode, Record, Scope, State, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from govsync.model import Value

NAMESPACE = "urn:govsync:catalog:1"
_BRACED = f"{{{NAMESPACE}}}"
DETAILS = f"{_BRACED}details"
RECORD = f"{_BRACED}record"
TOMBSTONE = f"{_BRACED}tombstone"

LINES = frozenset(
    "title summary issuer published stage body link index_number document_number"
    " formed issued step mode".split()
)
"""Fields of one text; an element each."""
LISTS = {"co_issuer": "co_issuers", "keyword": "keywords"}
"""Fields of many texts; an element for each text."""
VALUES = frozenset({"item", "relation", "audience", "status", "review"})
"""Fields of a value; an element whose attributes are its fields."""


def details(record: Record, *, first: str = "") -> str:
    """Render the ``details`` element of an entry, with the prefix ``g``.

    Args:
        record: What the entry is of.
        first: Rendered elements of what the host's own elements cannot carry as it
            is, such as a link that is no web address.
    """
    inner = detail_elements(record, "g:")
    return f"<g:details{marks(record)}>{first}{inner}</g:details>"


def marks(record: Record) -> str:
    """Render the attributes by which a receiver knows a revision and checks it."""
    updated = f' updated="{record.updated.isoformat()}"' if record.updated else ""
    return f' revision="{record.revision}" digest="{record.digest}"{updated}'


def detail_elements(record: Record, p: str) -> str:
    """Render the fields that no other format has an element for, in schema order.

    Args:
        record: Whose fields.
        p: The prefix of our namespace with its colon; empty for the default one.
    """
    parts: list[str] = []
    add = parts.append
    if number := record.index_number:
        add(f"<{p}index_number>{text(number)}</{p}index_number>")
    if number := record.document_number:
        add(f"<{p}document_number>{text(number)}</{p}document_number>")
    if record.formed is not None:
        add(f"<{p}formed>{record.formed}</{p}formed>")
    if record.issued is not None:
        add(f"<{p}issued>{record.issued}</{p}issued>")
    if record.step is not Step.RELEASE:
        add(f"<{p}step>{record.step}</{p}step>")
    if record.mode is not Mode.PROACTIVE:
        add(f"<{p}mode>{record.mode}</{p}mode>")
    parts.extend(_values(record, p))
    for attachment in record.attachments:
        add(f"<{p}attachment{_said(attachment)}/>")
    for name in sorted(record.extra):
        value = text(record.extra[name])
        add(f'<{p}extra name="{attribute(name)}">{value}</{p}extra>')
    return "".join(parts)


def tombstone(grave: Tombstone, p: str) -> str:
    """Render the whole ``tombstone`` element, with a prefix as above."""
    named = f'id="{attribute(grave.id)}"{grave_marks(grave)}'
    when = grave.when.isoformat()
    reason = text(grave.reason)
    return f'<{p}tombstone {named} when="{when}">{reason}</{p}tombstone>'


def grave_marks(grave: Tombstone) -> str:
    """Render the attributes that name the revision that was withdrawn."""
    return f' revision="{grave.revision}" digest="{grave.digest}"'


def fields(element: _Element) -> dict[str, Any]:
    """Read a ``details`` or ``record`` element: the model's fields, and ``digest``.

    Raises:
        FormatError: The digest is missing, or an element is none of our words.
    """
    found: dict[str, Any] = said(element)
    if "digest" not in found:
        raise FormatError("the element has no digest", where=f"line {line_of(element)}")
    for child in element:
        name = str(child.tag).removeprefix(_BRACED)
        if name in LINES:
            found[name] = child.text or ""
        elif name in VALUES:
            found[name] = said(child)
        elif name in LISTS:
            found.setdefault(LISTS[name], []).append(child.text or "")
        elif name == "attachment":
            found.setdefault("attachments", []).append(said(child))
        elif name == "extra":
            found.setdefault("extra", {})[child.get("name", "")] = child.text or ""
        else:
            raise FormatError(
                f"unknown element {child.tag}",
                where=f"line {line_of(child)}",
                mend="read it with a version of govsync that knows it",
            )
    return found


def record_of(found: dict[str, Any], line: int | None) -> Record:
    """Make the record of what was read, and check its digest where one was given.

    Raises:
        FormatError: The fields do not hold, or the digest is of another record.
    """
    given = found.pop("digest", None)
    try:
        record = Record.model_validate(found)
    except ValidationError as error:
        raise invalid(error, str(found.get("id", "")), line) from error
    if given is not None and given != record.digest:
        raise FormatError(
            f"the digest {given[:80]!r} is not the record's, which is {record.digest}",
            record=record.id,
            field="digest",
            where=_place(record.id, "digest", line),
            mend="fetch it again; it was changed on the way",
        )
    return record


def tombstone_in(element: _Element) -> Tombstone:
    """Read a whole ``tombstone`` element.

    Raises:
        FormatError: It does not hold.
    """
    found = {**said(element), "reason": element.text or ""}
    return tombstone_of_fields(found, line_of(element))


def tombstone_of_fields(found: dict[str, Any], line: int | None) -> Tombstone:
    """Make the tombstone of what was read.

    Raises:
        FormatError: The fields do not hold.
    """
    try:
        return Tombstone.model_validate(found)
    except ValidationError as error:
        raise invalid(error, str(found.get("id", "")), line) from error


def invalid(error: ValidationError, record: str, line: int | None) -> FormatError:
    """Return a validation error as one of a format, without repeating what was read."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"]))
    return FormatError(
        first["msg"],
        record=record,
        field=field,
        where=_place(record, field, line),
    )


def _place(record: str, field: str, line: int | None) -> str:
    named = (
        f"line {line}" if line else "",
        f"record {record}" if record else "",
        field,
    )
    return ", ".join(filter(None, named))


def _values(record: Record, p: str) -> Iterator[str]:
    if record.item is not None:
        yield f"<{p}item{_said(record.item)}/>"
    if relation := record.relation:
        target = attribute(relation.target)
        yield f'<{p}relation kind="{relation.kind}" target="{target}"/>'
    if record.audience.note or record.audience.scope is not Scope.ALL:
        yield f"<{p}audience{_said(record.audience)}/>"
    status = record.status
    if status.reason or status.at or status.state is not State.ACTIVE:
        yield f"<{p}status{_said(status)}/>"
    if record.review is not None:
        yield f"<{p}review{_said(record.review)}/>"


def _said(value: Value) -> str:
    return attributes(value.model_dump(mode="json", exclude_defaults=True))
