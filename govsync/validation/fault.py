"""A fault, its place, and the rules that faults are against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in a document."""

    line: int = 0
    """From 1; 0 where it is not known."""
    column: int = 0
    """In characters from 1; 0 where it is not known."""
    path: str = ""
    """The element or member, such as ``entry/updated`` or ``items[2].url``."""
    record: str = ""
    """The id of the record that it is part of."""

    def __str__(self) -> str:
        parts = (
            f"line {self.line}" if self.line else "",
            f"column {self.column}" if self.column else "",
            f"record {self.record}" if self.record else "",
            self.path,
        )
        return ", ".join(filter(None, parts))


SOMEWHERE = Place()


class Rule(NamedTuple):
    """What documents must keep."""

    mend: str
    source: str
    """Who says so."""
    warning: bool = False
    """Whether a document that breaks it can be taken all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a document; ``str()`` gives one line."""

    rule: str
    """A name in :data:`RULES`."""
    message: str
    place: Place = SOMEWHERE
    mend: str = ""
    """What would put it right."""

    @property
    def warning(self) -> bool:
        """Whether the document can be taken all the same."""
        return RULES[self.rule].warning

    def at(self, place: Place) -> Fault:
        """Return the same fault at another place."""
        return replace(self, place=place)

    def __str__(self) -> str:
        weight = "warning" if self.warning else "error"
        said = f"{weight} {self.rule}: {self.message}"
        placed = f"{self.place}: {said}" if str(self.place) else said
        return f"{placed} ({self.mend})" if self.mend else placed


def fault(rule: str, message: str, place: Place = SOMEWHERE, mend: str = "") -> Fault:
    """Return a fault against a rule, with the rule's mend where no better is given."""
    mended = mend or RULES[rule].mend
    return Fault(rule=rule, message=message, place=place, mend=mended)


RULES: dict[str, Rule] = {
    "format": Rule("send one of the formats that govsync writes", "govsync"),
    "media-type": Rule(
        "let the server send the format's media type", "RFC 9110 § 8.3", warning=True
    ),
    "encoding": Rule("write UTF-8 and declare nothing else", "XML 1.0 § 4.3.3"),
    "declaration": Rule(
        "let nothing stand before the XML declaration", "XML 1.0 § 2.8"
    ),
    "doctype": Rule("leave out the DOCTYPE; no reader reads DTDs", "XML 1.0 § 2.8"),
    "well-formed": Rule(
        "write it with a library that escapes & and < and guards characters",
        "XML 1.0 § 2.1, § 2.2; RFC 8259",
    ),
    "control-character": Rule(
        "remove it at its source; it was Windows-1252 once, most likely",
        "XML 1.0 § 2.2",
        warning=True,
    ),
    "schema": Rule("", "the schema of the format, govsync/formats/schemas"),
    "details": Rule("", "govsync/formats/schemas/catalog-1.xsd"),
    "record": Rule("", "the model of a record, and its digest"),
    "duplicate-id": Rule(
        "give each record once, in its latest revision",
        "RSS Advisory Board profile, guid; RFC 4287 § 4.1.1; JSON Feed 1.1, items",
    ),
    "weekday": Rule("write the weekday of the date, or none", "RFC 822 § 5.2"),
    "plain-text": Rule(
        "write &, < and > of a title as &#x26;, &#x3C; and &#x3E;",
        "RSS Advisory Board profile, character data",
        warning=True,
    ),
    "active-content": Rule(
        "take out scripts, frames and event handlers", "RSS Advisory Board profile"
    ),
    "relative-address": Rule(
        "make it absolute; readers differ on what it is relative to",
        "RSS Advisory Board profile, RFC 4287 § 2",
    ),
    "self": Rule(
        "name the address that the feed is fetched from",
        "RFC 4287 § 4.2.7.2; RSS Advisory Board profile, atom:link",
        warning=True,
    ),
    "self-address": Rule(
        "name the address that it was fetched from",
        "RFC 4287 § 4.2.7.2; RSS Advisory Board profile, atom:link",
    ),
}
"""Every rule by its name."""
