"""Text in XML: escaping, and the guard of characters that XML cannot hold.

Escaping knows markup only. The guard looks at a whole rendered entry, because that is
one pass instead of one a field, and searches for the field only when it fails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from govsync.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What is no Char of XML 1.0 (§ 2.2)."""
_CLEARED = bytes(
    32 if code < 32 and code not in b"\t\n\r" else code for code in range(256)
)


def text(value: str) -> str:
    """Escape the text of an element; ``>`` too, so that ``]]>`` cannot stand."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """Escape an attribute's value; blanks in it survive normalization (§ 3.3.3)."""
    escaped = text(value).replace('"', "&quot;")
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;")


def twice(value: str) -> str:
    """Escape text that is escaped markup itself, as plain text in RSS is."""
    inner = value.replace("&", "&amp;amp;").replace("<", "&amp;lt;")
    return inner.replace(">", "&amp;gt;")


def uri(address: str) -> str:
    """Escape a URI for either; RFC 3986 leaves it no other character of markup."""
    return address.replace("&", "&amp;")


def attributes(pairs: Mapping[str, Any]) -> str:
    """Render attributes, in order, each with a blank before it."""
    return "".join(f' {name}="{attribute(str(pairs[name]))}"' for name in pairs)


def encoded(markup: str, html: str = "", rest: str = "") -> bytes | None:
    """Return rendered markup as UTF-8, or None where XML cannot hold a character.

    A carriage return becomes a reference: a bare one is read as a line feed (§ 2.11).

    Args:
        markup: Rendered already.
        html: Text after it that is still to be escaped. A body is most of an entry,
            and bytes are escaped in less time than text.
        rest: Rendered markup after that.
    """
    # After an entry's body comes little else than ASCII, which is known at once.
    rare = html if rest.isascii() else html + rest
    if "\ufffe" in rare or "\uffff" in rare:
        return None
    if "\ufffe" in markup or "\uffff" in markup:
        return None
    try:
        inner = html.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        parts = (markup.encode(), inner.replace(b">", b"&gt;"), rest.encode())
    except UnicodeEncodeError:
        return None
    content = b"".join(parts).replace(b"\r", b"&#13;")
    # Faster than any regular expression: a control that is cleared makes a difference.
    return content if content.translate(_CLEARED) == content else None


def forbidden(plain: Any, *, record: str = "", field: str = "") -> FormatError | None:
    """Find the first character that XML cannot hold.

    Args:
        plain: Plain data (dict, list, str and so on), such as a dumped record.
        record: The id of the record, for the error.
        field: The name of the data, before the names of its members.

    Returns:
        The error that names record, field and offset; None where all may stand.
    """
    for path, value in _strings(plain, field):
        if match := _FORBIDDEN.search(value):
            return FormatError(
                f"U+{ord(match[0]):04X} is no character of XML",
                record=_shown(record),
                field=_shown(path),
                offset=match.start(),
                mend="remove the character at its source",
            )
    return None


def _shown(name: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", name)


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Give every string with its path: ``attachments[0].name``, ``extra.备注``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, member in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner, name
            yield from _strings(member, inner)
    elif isinstance(value, list | tuple):
        for place, member in enumerate(value):
            yield from _strings(member, f"{path}[{place}]")
