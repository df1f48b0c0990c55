"""Which of our formats a document is, by its content alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from govsync.formats import atom, extension, json_feed, oai_dc, sitemap
from govsync.formats.dcat_terms import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = 4096
"""Characters in which the root element must have begun."""
_ROOT = re.compile(r"<(?![?!])(?:([\w.-]+):)?([\w.-]+)((?:\s[^>]*)?)>", re.DOTALL)
_BEFORE_ROOT = re.compile(r"<\?.*?\?>|<!--.*?-->|<![^>]*>", re.DOTALL)
_BOUND = re.compile(r"""xmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_BY_ROOT: Mapping[tuple[str, str], str] = {
    (atom.NAMESPACE, "feed"): "atom",
    (atom.NAMESPACE, "entry"): "atom",
    (atom.TOMBSTONES, "deleted-entry"): "atom",
    ("", "rss"): "rss",
    (extension.NAMESPACE, "publication"): "xml",
    (extension.NAMESPACE, "record"): "xml",
    (extension.NAMESPACE, "tombstone"): "xml",
    (oai_dc.PROTOCOL, "OAI-PMH"): "oai_dc",
    (oai_dc.NAMESPACE, "dc"): "oai_dc",
    (NAMESPACES["rdf"], "RDF"): "dcat",
    (sitemap.NAMESPACE, "urlset"): "sitemap",
    (sitemap.NAMESPACE, "sitemapindex"): "sitemap",
    ("http://www.w3.org/1999/xhtml", "html"): "page_meta",
}


def recognised(content: bytes) -> str:
    """Return a format's name; empty where the content is of none.

    Faults are forgiven here: what looks like a feed is judged as one.
    """
    start = content[: 4 * _HEAD].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _by_root(start[:_HEAD])
    return _by_members(content) if start.startswith("{") else ""


def _by_root(start: str) -> str:
    root = _ROOT.search(_BEFORE_ROOT.sub("", start))
    if root is None:
        return ""
    prefix, name, attributes = root[1] or "", root[2], root[3]
    bound = {found[1] or "": found[2] for found in _BOUND.finditer(attributes)}
    if name.lower() in {"html", "meta"}:
        return "page_meta"
    return _BY_ROOT.get((bound.get(prefix, ""), name), "")


def _by_members(content: bytes) -> str:
    first = content.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    line, whole = _object(first), _object(content)
    if whole is None:
        # One that is broken somewhere can still be told by how it starts.
        return _broken(content) if line is None else "jsonl"
    if str(whole.get("version", "")).startswith(json_feed.VERSION[:-4]):
        return "json_feed"
    if {"records", "record", "tombstone"} & set(whole):
        return "json"
    return "jsonl" if {"id", "title"} <= set(whole) else ""


def _broken(content: bytes) -> str:
    return "json_feed" if json_feed.VERSION[:-4].encode() in content[:_HEAD] else "json"


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
