"""Reading a city's existing page: its meta tags, and its body where that is marked.

Pages of many years and makers are read: UTF-8 or GB 18030 by their own declaration,
names of tags in any case, dates with hyphens or with the dashes that some print.
"""

from __future__ import annotations

import codecs
import re
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urljoin

from govsync.errors import FormatError
from govsync.formats import extension
from govsync.formats.page_tags import BETWEEN_BODIES, DEMANDED, OPEN
from govsync.formats.reading import line_of
from govsync.model import SHANGHAI
from govsync.model.gb18030 import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from govsync.model import Record

_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
}
"""The charsets of pages, and the superset that each is decoded as."""
_DECLARED = re.compile(rb"""(?i)<meta[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_HEAD = 8192
"""Bytes in which a page declares its charset; browsers look at fewer."""
_NAMES = {name.lower(): name for name in (*DEMANDED, *OPEN)}
_DATE = re.compile(
    r"(\d{4})[^\d\s]{1,2}(\d{1,2})[^\d\s]{1,2}(\d{1,2})日?"
    r"(?:[\sT]+(\d{1,2})[::](\d{1,2})(?:[::]\d{1,2})?)?"
)
_COMMAS = re.compile("[,,;;、]")
_NO_TEXT = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
"""Characters that neither HTML nor XML has; browsers drop them, too."""

CONTAINERS = (
    "//*[@id='UCAP-CONTENT']",
    "//*[@id='zoom' or @id='Zoom']",
    "//*[contains(concat(' ', @class, ' '), ' TRS_UEDITOR ')]",
    "//*[contains(concat(' ', @class, ' '), ' TRS_Editor ')]",
    "//*[@itemprop='articleBody']",
    "//article/div[@class='body']",
)
"""What usual makers of government pages mark the body with; the first found counts."""


def read(source: BinaryIO | bytes, url: str) -> Iterator[Record]:
    """Read the records whose tags stand in a page; each begins with its title.

    Args:
        source: The page.
        url: Where it was fetched, for one that does not say; empty for unknown.

    Raises:
        FormatError: It is not text of its charset, bears no title, or a record does
            not hold.
    """
    root = _parsed(source if isinstance(source, bytes) else source.read())
    pages = [*_pages(root)]
    if not pages:
        raise FormatError(
            "the page has no title of content",
            where="ArticleTitle",
            mend="give a page that shows a record, not a list of them",
        )
    body = _body(root) if len(pages) == 1 else ""
    for line, tags in pages:
        yield extension.record_of(_fields(tags, url) | {"body": body}, line)


def decoded(content: bytes) -> str:
    """Return the text of a page by its byte order mark or its declared charset.

    A page that declares nothing is UTF-8, or else GB 18030.

    Raises:
        FormatError: It is not in that charset, or in one that pages do not have.
    """
    declared = _DECLARED.search(content[:_HEAD])
    name = declared[1].decode().lower() if declared else ""
    if content.startswith(codecs.BOM_UTF8):
        content, name = content.removeprefix(codecs.BOM_UTF8), "utf-8"
    if name and name not in _CODECS:
        known = ", ".join(_CODECS)
        raise FormatError(f"the charset {name}", where="charset", mend=f"use {known}")
    tried = (_CODECS[name],) if name else ("utf-8", "gb18030")
    return current(_first_decoded(content, tried).translate(_NO_TEXT))


def _first_decoded(content: bytes, tried: tuple[str, ...]) -> str:
    for charset in tried[:-1]:
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    try:
        return content.decode(tried[-1])
    except UnicodeDecodeError as error:
        raise FormatError(
            f"bytes that are not {tried[-1]}",
            where=f"byte {error.start}",
            mend="declare the charset that the page is in",
        ) from error


def _parsed(content: bytes) -> _Element:
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    text = decoded(content)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"no HTML: {error.msg}", where="page") from error
    if root is None:
        raise FormatError("no HTML: the page is empty", where="page")
    return root


def _pages(root: _Element) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the tags of content, by page, with the line on which each begins."""
    tags: dict[str, str] = {}
    line = 0
    for element in root.iter("meta"):
        name = _NAMES.get(element.get("name", "").strip().lower(), "")
        content = element.get("content", "").strip()
        if name == "ArticleTitle":
            if tags:
                yield line, tags
            tags, line = {name: content}, line_of(element)
        elif name and tags:
            tags.setdefault(name, content)
    if tags:
        yield line, tags


def _fields(tags: dict[str, str], url: str) -> dict[str, Any]:
    title = tags["ArticleTitle"]
    bodies = [*_split(tags.get("ContentSource", ""), BETWEEN_BODIES)]
    link = _joined(url, tags.get("Url", ""))
    if not link:
        raise FormatError(
            f"the page of {title!r} does not say its address",
            where="Url",
            mend="give the address that it was fetched from",
        )
    return {
        "id": link,
        "title": title,
        "published": _moment(tags.get("PubDate", ""), link),
        "issuer": next(iter(bodies), ""),
        "co_issuers": bodies[1:],
        "keywords": [*_split(tags.get("Keywords", ""), _COMMAS.pattern)],
        "summary": tags.get("Description", ""),
        "link": link,
    }


def _joined(url: str, said: str) -> str:
    try:
        return urljoin(url, said)
    except ValueError:  # brackets that are no host
        return url


def _moment(said: str, page: str) -> datetime | None:
    """Return a ``PubDate``, which has no zone: it is local time."""
    if not said:
        return None
    found = _DATE.fullmatch(said)
    numbers = found.groups() if found else ("0",) * 5
    year, month, day, hour, minute = (int(part or 0) for part in numbers)
    try:
        return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        raise FormatError(
            f"{said!r:.60} is no date",
            record=page,
            field="PubDate",
            mend="write it as 2017-10-02 15:09",
        ) from None


def _split(text: str, between: str) -> Iterator[str]:
    return filter(None, (part.strip() for part in re.split(between, text)))


def _body(root: _Element) -> str:
    """Return the HTML inside the body's container; empty where none is marked."""
    for path in CONTAINERS:
        found = root.xpath(path)
        if isinstance(found, list) and found:
            return _inner(found[0])
    return ""


def _inner(container: Any) -> str:
    from lxml import etree

    parts = (
        etree.tostring(child, encoding="unicode", method="html") for child in container
    )
    return (escape(container.text or "", quote=False) + "".join(parts)).strip()
