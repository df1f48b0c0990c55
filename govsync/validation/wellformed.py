"""Bytes into a tree, or what keeps them from being one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govsync.validation.fault import Fault, Place, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_BOM = b"\xef\xbb\xbf"
# U+0085 is a line end that somebody meant; the others are somebody's mistake.
_CONTROL = re.compile("[\x7f-\x84\x86-\x9f]")
_FATAL = 2
"""The level of libxml2's errors; those below are of validity."""


def parsed(content: bytes) -> tuple[_Element | None, list[Fault]]:
    """Parse a document.

    Returns:
        Its root, None where it is no XML at all; and what is wrong with its bytes.
    """
    found = [*_of_start(content)]
    content = content.lstrip(b" \t\r\n")
    content, misread = _utf8(content)
    found += misread
    root, errors = _tree(content)
    found += errors
    if root is None:
        return None, found
    if root.getroottree().docinfo.internalDTD is not None:
        return None, [*found, fault("doctype", "the document has a DOCTYPE")]
    return root, [*found, *_controls(content)]


def place_in(text: str, offset: int) -> Place:
    """Return line and column of an offset in characters."""
    line = text.count("\n", 0, offset) + 1
    return Place(line, offset - text.rfind("\n", 0, offset))


def _of_start(content: bytes) -> Iterator[Fault]:
    start = content.removeprefix(_BOM)
    if start[:1].isspace() and start.lstrip().startswith(b"<?xml"):
        yield fault("declaration", "blanks stand before the declaration", Place(1, 1))
    declared = _DECLARED.match(start.lstrip())
    name = declared[1].decode("ascii", "replace") if declared else "UTF-8"
    if name.upper() not in {"UTF-8", "US-ASCII"}:
        yield fault("encoding", f"the document declares {name}", Place(1))


def _utf8(content: bytes) -> tuple[bytes, list[Fault]]:
    """Return the content as UTF-8 as far as it goes, and where it is none."""
    declared = _DECLARED.match(content.removeprefix(_BOM))
    if declared and declared[1].upper() not in {b"UTF-8", b"US-ASCII"}:
        return content, []
    try:
        content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = place_in(before.decode(), len(before.decode()))
        guess = ", but GB 18030" if _is_gb18030(content) else ""
        found = fault("encoding", f"the bytes are not UTF-8{guess}", place)
        return content.decode(errors="replace").encode(), [found]
    return content, []


def _is_gb18030(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _tree(content: bytes) -> tuple[_Element | None, list[Fault]]:
    """Parse, and go on past errors to find the next; a broken tree is not returned."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    found = [
        fault("well-formed", error.message, Place(error.line, error.column))
        for error in parser.error_log
        if error.level >= _FATAL
    ]
    if root is None and not found:
        found.append(fault("well-formed", "the document is empty"))
    return (None if found else root), found


def _controls(content: bytes) -> Iterator[Fault]:
    text = content.decode(errors="replace")
    for found in _CONTROL.finditer(text):
        message = f"U+{ord(found[0]):04X} is a control character"
        yield fault("control-character", message, place_in(text, found.start()))
