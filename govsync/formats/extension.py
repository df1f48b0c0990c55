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
from govsync.formats.moments import rfc3339
from govsync.formats.reading import line_of, said
from govsync.formats.text import attribute, attributes, text
from govsync.model import Mode, Record, Scope, State, Step

if TYPE_CHECKING:
    from lxml.etree import _Element

    from govsync.model import Value

NAMESPACE = "urn:govsync:catalog:1"
_BRACED = f"{{{NAMESPACE}}}"
DETAILS = f"{_BRACED}details"
RECORD = f"{_BRACED}record"
TOMBSTONE = f"{_BRACED}tombstone"

# Bound once: the class of an enumeration is slow to ask, and each record is looked at.
_RELEASE, _PROACTIVE, _ALL, _ACTIVE = (
    Step.RELEASE, Mode.PROACTIVE, Scope.ALL, State.ACTIVE,
)  # fmt: skip

LINES = frozenset(
    "title summary issuer published stage body link index_number document_number"
    " formed issued step mode".split()
)
"""Fields of one text; an element each."""
LISTS = {"co_issuer": "co_issuers", "keyword": "keywords"}
"""Fields of many texts; an element for each text."""
VALUES = frozenset({"item", "relation", "audience", "status", "review"})
"""Fields of a value; an element whose attributes are its fields."""


def details(record: Record, *, first: str = "", updated: str = "") -> str:
    """Render the ``details`` element of an entry, with the prefix ``g``.

    Args:
        record: What the entry is of.
        first: Rendered elements of what the host's own elements cannot carry as it
            is, such as a link that is no web address.
        updated: The record's own ``updated``, where it was rendered already.
    """
    inner = detail_elements(record, "g:")
    return f"<g:details{marks(record, updated)}>{first}{inner}</g:details>"


def marks(record: Record, updated: str = "") -> str:
    """Render the attributes by which a receiver knows a revision and checks it."""
    known = f' revision="{record.revision}" digest="{record.digest}"'
    at = record.updated
    return f'{known} updated="{updated or rfc3339(at)}"' if at else known


def detail_elements(record: Record, p: str) -> str:
    """Render the fields that no other format has an element for, in schema order.

    Args:
        record: Whose fields.
        p: The prefix of our namespace with its colon; empty for the default one.
    """
    said: list[str] = []
    if number := record.index_number:
        said.append(f"<{p}index_number>{text(number)}</{p}index_number>")
    if number := record.document_number:
        said.append(f"<{p}document_number>{text(number)}</{p}document_number>")
    if day := record.formed:
        said.append(f"<{p}formed>{day}</{p}formed>")
    if day := record.issued:
        said.append(f"<{p}issued>{day}</{p}issued>")
    if (step := record.step) is not _RELEASE:
        said.append(f"<{p}step>{step}</{p}step>")
    if (mode := record.mode) is not _PROACTIVE:
        said.append(f"<{p}mode>{mode}</{p}mode>")
    _add_values(said, record, p)
    for attachment in record.attachments:
        said += (f"<{p}attachment", _said(attachment), "/>")
    if extra := record.extra:
        said.extend(
            f'<{p}extra name="{attribute(name)}">{text(extra[name])}</{p}extra>'
            for name in sorted(extra)
        )
    return "".join(said)


def tombstone(grave: Tombstone, p: str) -> str:
    """Render the whole ``tombstone`` element, with a prefix as above."""
    named = f'id="{attribute(grave.id)}"{grave_marks(grave)}'
    when = rfc3339(grave.when)
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


def _add_values(said: list[str], record: Record, p: str) -> None:
    if (item := record.item) is not None:
        said.append(f"<{p}item{_said(item)}/>")
    if (relation := record.relation) is not None:
        target = attribute(relation.target)
        said.append(f'<{p}relation kind="{relation.kind}" target="{target}"/>')
    audience = record.audience
    if audience.note or audience.scope is not _ALL:
        said.append(f"<{p}audience{_said(audience)}/>")
    status = record.status
    if status.reason or status.at or status.state is not _ACTIVE:
        said.append(f"<{p}status{_said(status)}/>")
    if (review := record.review) is not None:
        said.append(f"<{p}review{_said(review)}/>")


def _said(value: Value) -> str:
    return attributes(value.model_dump(mode="json", exclude_defaults=True))
