"""The one cleaner: what a body may hold, before any channel sees it.

Receivers do not protect their readers: WordPress stores an editor's script unchanged.
So a body is cleaned once, when a record is made, and every record's body is clean.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

TAGS = frozenset(
    "a abbr article b blockquote br caption code col colgroup dd div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img li ol p pre s section small span"
    " strong sub sup table tbody td tfoot th thead time tr u ul".split()
)
ATTRIBUTES = {
    "*": {"lang", "title"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_DROPPED_WHOLE = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"}
)
_ACTIVE_TAGS = frozenset(
    {"script", "iframe", "object", "embed", "applet", "base", "form", "svg", "math"}
)
# Plain paragraphs, as most bodies are, come out of the cleaner as they went in.
_PLAIN = re.compile(r"(?:<p>[^<>&\r\0\xa0]*</p>)*")
# Every parser drops the first line break of a pre.
_AFTER_PRE = re.compile(r"(<pre(?: [^<>]*)?>)\n+")
_MOST_PASSES = 10
"""What has not settled by then is nesting made to deceive: its text alone is kept."""


def clean(html: str) -> str:
    """Return the HTML with only allowed tags, attributes and addresses left.

    Cleaning twice gives what cleaning once gave, so nobody who parses it again sees
    another tree than the one that was cleaned.
    """
    if _PLAIN.fullmatch(html):
        return html
    settled = _settled(html, passes=_MOST_PASSES)
    return escape(text_of(html), quote=False) if settled is None else settled


def _settled(html: str, *, passes: int) -> str | None:
    """Clean until cleaning changes nothing; None where that takes too long.

    A tag that goes can leave others nested as no parser nests them.
    """
    for _ in range(passes):
        cleaned = _cleaned_once(html)
        if cleaned == html:
            return html
        html = _AFTER_PRE.sub(r"\1", cleaned)
    return None


def _cleaned_once(html: str) -> str:
    import nh3

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        clean_content_tags=set(_DROPPED_WHOLE),
        link_rel=None,
    )


def active_content(html: str) -> tuple[str, ...]:
    """Name what acts in some HTML (``script``, ``onclick``, ``javascript:``), in order.

    For reports: :func:`clean` removes all of it, and more.
    """
    if "<" not in html:
        return ()
    scan = _ActiveScan()
    scan.feed(html)
    scan.close()
    return tuple(dict.fromkeys(scan.found))


def text_of(html: str) -> str:
    """Return the text of some HTML: blocks and cells on lines of their own."""
    text = _text(html) if "<" in html or "&" in html else html
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _text(html: str) -> str:
    scan = _TextScan()
    scan.feed(html)
    scan.close()
    return "".join(scan.parts)


class _ActiveScan(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\x00-\x20]", "", value or "").partition(":")[0].lower()
            if name.startswith("on"):
                self.found.append(name)
            elif scheme in {"javascript", "vbscript"}:
                self.found.append(f"{scheme}:")


class _TextScan(HTMLParser):
    _INLINE = frozenset("a abbr b code em i s small span strong sub sup time u".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._border(tag)

    def handle_endtag(self, tag: str) -> None:
        self._border(tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def _border(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.parts.append("\n")
