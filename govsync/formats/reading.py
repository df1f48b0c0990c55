"""Reading XML that others wrote: streamed, offline, without DTD or entities."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from govsync.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    _Event = tuple[str, _Element]

_AT_ONCE = 64 * 1024
Read = TypeVar("Read")


def elements(
    source: BinaryIO | bytes, *, roots: frozenset[str], tags: frozenset[str]
) -> Iterator[_Element]:
    """Read a document and give the elements of some names, each when it is complete.

    An element is emptied when the next is asked for, so memory stays constant.

    Args:
        source: The document, in any encoding that it declares.
        roots: What the document may be, as ``{namespace}name``.
        tags: What is looked for; may hold a root.

    Raises:
        FormatError: It is not well-formed, has a DOCTYPE, or another root.
    """
    root: _Element | None = None
    for event, element in _events(source):
        if root is None:
            root = element
            _check_root(root, roots)
        if event == "end" and element.tag in tags:
            yield element
            _forget(element)
    if root is None:
        raise FormatError("the document is empty", mend="send a whole document")


def only(found: Iterator[Read]) -> Read:
    """Return the one thing that was read.

    Raises:
        FormatError: There is none, or more than one.
    """
    first = next(found, None)
    if first is None or next(found, None) is not None:
        count = "no entry" if first is None else "more than one entry"
        raise FormatError(f"{count} where one was expected")
    return first


def said(element: _Element) -> dict[str, str]:
    """Return an element's attributes."""
    return {str(name): str(value) for name, value in element.items()}


def line_of(element: _Element) -> int:
    """Return the line on which an element starts, from 1."""
    return cast("int | None", element.sourceline) or 0


def _events(source: BinaryIO | bytes) -> Iterator[_Event]:
    from lxml import etree

    stream = BytesIO(source) if isinstance(source, bytes) else source
    parser = etree.XMLPullParser(
        ("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    fed = False
    try:
        while chunk := stream.read(_AT_ONCE):
            fed = True
            parser.feed(chunk)
            yield from cast("Iterator[_Event]", parser.read_events())
        if fed:
            parser.close()
            yield from cast("Iterator[_Event]", parser.read_events())
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"not well-formed XML: {error.msg}", where=f"line {error.lineno}"
        ) from error


def _check_root(root: _Element, roots: frozenset[str]) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError(
            "the document has a DOCTYPE",
            where="line 1",
            mend="send it without; entities and DTDs are not read",
        )
    if root.tag not in roots:
        raise FormatError(
            f"the document is a {root.tag}, not one of {', '.join(sorted(roots))}",
            where=f"line {line_of(root)}",
        )


def _forget(element: _Element) -> None:
    """Drop an element that was read, and what stands before it with the same parent."""
    parent = element.getparent()
    if parent is None:
        return
    element.clear()
    parent.remove(element)
