"""The extension ``govsync`` of feedgen: our ``details`` in each entry it builds.

For code that fills its entries by hand, with the setters or with
:func:`govsync.formats.feedgen_bridge.fill`::

    fg.load_extension("dc", atom=False)  # before ours, which has the last word
    fg.register_extension("govsync", GovsyncExtension, GovsyncEntryExtension)
    fe = fg.add_entry(order="append")
    fe.govsync.record(record)

feedgen's ``load_extension`` knows only what lies in its own package, so ours is
registered. It mends what feedgen leaves out, and refuses an entry that says another
thing than its record, because a reader would refuse it for its digest. The classes
need nothing of feedgen but to be called.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.address import to_uri
from govsync.formats.atom import KEYWORD, STAGE
from govsync.formats.body_links import absolute
from govsync.formats.document import refusal
from govsync.formats.feedgen_mending import ENCODED, links, mend_atom, mend_rss, show
from govsync.formats.moments import rfc822
from govsync.formats.rss import DUBLIN_CORE
from govsync.formats.text import encoded, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

    from govsync.model import Record

    _Said = dict[str, list[str]]

NAME = "govsync"
_PREFIX = "g"
_CREATOR = f"{{{DUBLIN_CORE}}}creator"
_CONTRIBUTOR = f"{{{DUBLIN_CORE}}}contributor"


class GovsyncExtension:
    """What feedgen asks of a feed's extension: the namespace, and no more."""

    def extend_ns(self) -> dict[str, str]:
        """Bind our prefix on the root."""
        return {_PREFIX: extension.NAMESPACE}

    def extend_atom(self, feed: _Element) -> _Element:
        """Leave the feed's own elements as they are."""
        return feed

    def extend_rss(self, feed: _Element) -> _Element:
        """Leave the channel's own elements as they are."""
        return feed


class GovsyncEntryExtension:
    """The record of an entry, and its ``details`` in Atom and RSS."""

    def __init__(self) -> None:
        self._record: Record | None = None
        self._details = ""
        self.links: list[dict[str, str]] = []
        """What feedgen is to be told of the record's links."""

    def record(self, record: Record | None = None) -> Record | None:
        """Get or, where one is given, set the record that the entry is of.

        Raises:
            FormatError: The record was withdrawn, or XML cannot hold a character.
        """
        if record is not None:
            self._details = _details(record)
            self.links = links(record)
            self._record = record
        return self._record

    def extend_atom(self, entry: _Element) -> _Element:
        """Mend and check feedgen's Atom entry, and append the details.

        Raises:
            FormatError: The entry says another thing than the record; names the field.
        """
        return self._extended(entry, mend_atom, _ATOM, _atom_texts)

    def extend_rss(self, item: _Element) -> _Element:
        """Mend and check feedgen's RSS item, and append the details.

        Raises:
            FormatError: The item says another thing than the record; names the field.
        """
        return self._extended(item, mend_rss, _RSS, _rss_texts)

    def _extended(
        self,
        element: _Element,
        mend: Callable[[_Element, Record, list[dict[str, str]]], None],
        paths: dict[str, str],
        texts: Callable[[Record], _Said],
    ) -> _Element:
        from lxml import etree

        record = self._record
        if record is None:
            return element
        mend(element, record, self.links)
        _check(element, record, paths, texts(record))
        show(element.find(paths["body"]), record)
        # Parsed at each call: an element has one parent, and feeds are built twice.
        element.append(etree.fromstring(self._details)[0])
        return element


def _details(record: Record) -> str:
    """Render the details inside a root that binds our prefix."""
    if record.withdrawn:
        raise FormatError(
            "a withdrawn record is no entry, and feedgen has no tombstones",
            record=record.id,
            field="status.state",
            mend="leave it out, or write the feed with govsync.formats.atom",
        )
    try:
        markup = extension.details(record, first=_unsaid(record))
        told = "".join(text for texts in _texts(record).values() for text in texts)
        sound = encoded(f"{markup}{told}{record.summary}") is not None
    except UnicodeEncodeError:  # a lone surrogate has neither digest nor address
        sound = False
    if not sound:
        raise refusal(record)
    # A bare carriage return would be read as a line feed (XML 1.0 § 2.11).
    markup = markup.replace("\r", "&#13;")
    return f'<x xmlns:{_PREFIX}="{extension.NAMESPACE}">{markup}</x>'


def _unsaid(record: Record) -> str:
    """Render what RSS dates and web addresses cannot carry as it is."""
    published = record.published
    html = absolute(record.body, record.link)
    first = "" if html == record.body else f"<g:body>{text(record.body)}</g:body>"
    if published and (published.microsecond or published.year < 1000):
        first += f"<g:published>{published.isoformat()}</g:published>"
    if record.link and to_uri(record.link) != record.link:
        first += f"<g:link>{text(record.link)}</g:link>"
    return first


def _check(
    element: _Element, record: Record, paths: dict[str, str], texts: _Said
) -> None:
    for field, path in paths.items():
        there = [
            found.get("term") or found.text or "" for found in element.iterfind(path)
        ]
        if there != texts[field] and any([*there, *texts[field]]):
            raise FormatError(
                f"the entry says {there!r:.80}, its record {texts[field]!r:.80}",
                record=record.id,
                field=field,
                mend="fill the entry from its record with feedgen_bridge.fill",
            )


def _atom_texts(record: Record) -> _Said:
    published = record.published
    return {
        **_texts(record),
        "summary": [record.summary] if record.summary else [],
        "published": [published.isoformat()] if published else [],
        "stage": [str(record.stage)] if record.stage else [],
    }


def _rss_texts(record: Record) -> _Said:
    published = record.published
    summary = escape(record.summary, quote=False)
    return {
        **_texts(record),
        "summary": [summary] if summary else [],
        "published": [rfc822(published)] if published else [],
        "stage": [record.stage.label] if record.stage else [],
    }


def _texts(record: Record) -> _Said:
    return {
        "id": [record.uri],
        "title": [record.title],
        "body": [record.body] if record.body else [],
        "issuer": [record.issuer] if record.issuer else [],
        "co_issuers": [*record.co_issuers],
        "keywords": [*record.keywords],
    }


_ATOM = {
    "id": "id",
    "title": "title",
    "summary": "summary",
    "body": "content",
    "published": "published",
    "issuer": "author/name",
    "co_issuers": "contributor/name",
    "keywords": f"category[@scheme='{KEYWORD}']",
    "stage": f"category[@scheme='{STAGE}']",
}
"""Where feedgen's entry says a field: its elements have no namespace until printed."""
_RSS = {
    "id": "guid",
    "title": "title",
    "summary": "description",
    "body": ENCODED,
    "published": "pubDate",
    "issuer": _CREATOR,
    "co_issuers": _CONTRIBUTOR,
    "keywords": f"category[@domain='{KEYWORD}']",
    "stage": f"category[@domain='{STAGE}']",
}
