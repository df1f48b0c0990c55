"""The rules of feeds that no schema can say: one function a rule.

Each takes the tree (or, for one, the text) and gives the faults it finds, with their
lines; whose record it is comes later, from the line.
"""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING

from govsync.formats import atom, rss
from govsync.formats.address import to_uri
from govsync.formats.moments import DAYS, MONTHS
from govsync.formats.reading import line_of
from govsync.validation.content import faults_of
from govsync.validation.fault import Fault, Place, fault
from govsync.validation.wellformed import place_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

_A = f"{{{atom.NAMESPACE}}}"
_ENCODED = f"{{{rss.CONTENT}}}encoded"
_DATE = re.compile(r"(\w{3}), (\d\d) (\w{3}) (\d{4}) ")
_TITLE = re.compile(r"<title>([^<]*?(?:&(?:amp|lt|gt|quot|apos);|<!\[CDATA\[)[^<]*)")


def atom_faults(root: _Element, text: str, address: str) -> Iterator[Fault]:
    """Give what no schema finds in an Atom document."""
    del text
    for content in root.iter(f"{_A}content", f"{_A}summary"):
        if content.get("type") in {"html", "text/html"}:
            yield from faults_of(content.text or "", _place(content))
    yield from _twice(root.iter(f"{_A}id"))
    if root.tag == f"{_A}feed":
        own = (link for link in root.iterfind(f"{_A}link") if link.get("rel") == "self")
        yield from _self_faults(root, own, address)


def rss_faults(root: _Element, text: str, address: str) -> Iterator[Fault]:
    """Give what no schema finds in an RSS document."""
    for item in root.iter("item"):
        for body in item.iterfind(_ENCODED):
            yield from faults_of(body.text or "", _place(body))
        for body in item.iterfind("description"):
            yield from faults_of(body.text or "", _place(body))
    yield from _twice(root.iter("guid"))
    for moment in root.iter("pubDate", "lastBuildDate"):
        yield from _weekday_faults(moment)
    for found in _TITLE.finditer(text):
        message = "a title writes & or < as readers take for HTML"
        yield fault("plain-text", message, place_in(text, found.start(1)))
    channel = root.find("channel")
    if channel is not None and len(channel.findall("item")) != 1:
        yield from _self_faults(channel, channel.iterfind(f"{_A}link"), address)


def _place(element: _Element) -> Place:
    parent = element.getparent()
    names = [_local(each) for each in (parent, element) if each is not None]
    return Place(line_of(element), path="/".join(names))


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _twice(ids: Iterable[_Element]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for element in ids:
        value = (element.text or "").strip()
        if value in seen:
            message = f"{value!r:.200} stands on line {seen[value]} already"
            yield fault("duplicate-id", message, _place(element))
        seen.setdefault(value, line_of(element))


def _weekday_faults(moment: _Element) -> Iterator[Fault]:
    """Give a date whose weekday is another; what is no date, the schema finds."""
    said = _DATE.match(moment.text or "")
    if said is None or said[3] not in MONTHS:
        return
    try:
        day = date(int(said[4]), MONTHS.index(said[3]), int(said[2]))
    except ValueError:
        message = f"there is no {said[2]} {said[3]} {said[4]}"
        yield fault("weekday", message, _place(moment))
        return
    if DAYS[day.weekday()] != said[1]:
        message = f"{said[2]} {said[3]} {said[4]} was a {DAYS[day.weekday()]}"
        yield fault("weekday", message, _place(moment))


def _self_faults(
    head: _Element, links: Iterable[_Element], address: str
) -> Iterator[Fault]:
    link = next(iter(links), None)
    if link is None:
        yield fault("self", "the feed does not name its own address", _place(head))
    elif address and to_uri(link.get("href", "")) != to_uri(address):
        message = f"it names {unescape(link.get('href', ''))!r:.200}, not {address}"
        yield fault("self-address", message, _place(link))
