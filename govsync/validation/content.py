"""What the HTML of a body must not hold when it stands on a page of strangers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from govsync.validation.fault import Fault, Place, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACTIVE = frozenset(
    "script iframe frame object embed applet base form meta link svg math".split()
)
_ADDRESSES = frozenset("href src action background cite data poster".split())
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|#")
_CODE = re.compile(r"(?i)\s*(?:javascript|vbscript|data:text/html)")


def faults_of(html: str, place: Place) -> list[Fault]:
    """Return what is wrong with a body.

    Args:
        html: As readers see it, unescaped.
        place: Of the element or member that holds it.
    """
    if "<" not in html:
        return []
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [
        fault(rule, message, place) for rule, message in dict.fromkeys(reader.found)
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(
        self, tag: str, attrs: Sequence[tuple[str, str | None]]
    ) -> None:
        if tag in _ACTIVE:
            self.found.append(("active-content", f"the body holds a <{tag}>"))
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            message = f"<{tag}> has the event handler {name}"
            self.found.append(("active-content", message))
        elif name in _ADDRESSES and _CODE.match(value):
            self.found.append(("active-content", f"the {name} of <{tag}> is a program"))
        elif name in _ADDRESSES and not _ABSOLUTE.match(value):
            message = f"the {name} {value[:80]!r} of <{tag}> is relative"
            self.found.append(("relative-address", message))
