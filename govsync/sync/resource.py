"""A published file as ResourceSync tells of it, and its entry in a list.

ResourceSync 1.1 (ANSI/NISO Z39.99-2017) lists are sitemaps with elements of its own.
An entry is one line that is moved from list to list as the bytes it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote
from xml.sax.saxutils import unescape

from govsync.errors import InputError
from govsync.formats.address import to_uri
from govsync.formats.text import attribute, text

if TYPE_CHECKING:
    from collections.abc import Iterable

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
TERMS = "http://www.openarchives.org/rs/terms/"
DESCRIPTION = ".well-known/resourcesync"
CAPABILITIES = "capabilitylist.xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_KEPT_IN_URL = "/-._~!$()*+,;=:@"
_ENTRY = re.compile(
    r"<url><loc>(?P<loc>[^<]*)</loc>(?:<lastmod>(?P<modified>[^<]*)</lastmod>)?"
    r"<rs:md(?P<said>(?: [a-z]+=\"[^\"]*\")*)/></url>"
)
_SAID = re.compile(r' ([a-z]+)="([^"]*)"')


class Resource(NamedTuple):
    """What a list says of a file."""

    sha256: str
    """Of its bytes, as 64 hexadecimal digits."""
    length: int
    """In bytes."""
    media_type: str
    modified: datetime
    """When its bytes last changed."""

    def says_the_same(self, other: Resource | None) -> bool:
        """Whether the bytes are the same, whenever they were written."""
        return other is not None and self[:3] == other[:3]


class Links(NamedTuple):
    """How addresses are made of paths."""

    base: str
    """The address of the folder, with a slash at its end."""

    def url(self, path: str) -> str:
        """Return the address of a path, percent-encoded."""
        return self.base + quote(path, safe=_KEPT_IN_URL)

    def path(self, url: str) -> str:
        """Return the path of an address in a list.

        Raises:
            InputError: The address is of another folder.
        """
        if not url.startswith(self.base):
            raise InputError(
                f"{url} is not below {self.base}",
                where="resourcelist.xml",
                mend="publish all lists anew when the address changes: remove them",
            )
        return unquote(url.removeprefix(self.base))


def links(base: str) -> Links:
    """Return the links below a folder's address.

    Raises:
        InputError: It is no absolute web address.
    """
    uri = to_uri(base)
    if uri is None:
        raise InputError(
            f"{base!r} is no absolute web address",
            mend="give the address of the published folder",
        )
    return Links(uri if uri.endswith("/") else f"{uri}/")


def moment(at: datetime) -> str:
    """Return a moment as lists tell it: in UTC (W3C datetime)."""
    known = at.astimezone(UTC).replace(tzinfo=None)
    return f"{known.isoformat()}Z"


def listed(url: str, resource: Resource) -> str:
    """Return the entry of a file in a resource list (§ 10)."""
    return _entry(url, moment(resource.modified), _facts(resource))


def changed(url: str, change: str, at: datetime, resource: Resource | None) -> str:
    """Return an entry of a change list (§ 12), with its moment (new in 1.1)."""
    said = f' change="{change}" datetime="{moment(at)}"'
    if resource is None:
        return _entry(url, "", said)
    return _entry(url, moment(resource.modified), said + _facts(resource))


def opening(url: str) -> str:
    """Return how the entries of an address begin."""
    return f"<url><loc>{text(url)}</loc>"


def read(line: str) -> tuple[str, Resource]:
    """Read an entry of a resource list: the address and what it says.

    Raises:
        InputError: It is not one that :func:`listed` makes.
    """
    match = _ENTRY.fullmatch(line)
    said = dict(_SAID.findall(match["said"])) if match else {}
    if match is None or not {"hash", "length"} <= said.keys():
        raise InputError(
            f"not an entry of ours: {line[:80]!r}",
            where="resourcelist.xml",
            mend="remove the lists; they are published anew",
        )
    resource = Resource(
        said["hash"].removeprefix("sha-256:"),
        int(said["length"]),
        _plain(said.get("type", "")),
        datetime.fromisoformat(match["modified"]),
    )
    return _plain(match["loc"]), resource


def document(
    capability: str, said: str, entries: Iterable[str], *, up: str, index: bool = False
) -> bytes:
    """Return a document.

    Args:
        capability: What it is (§ 7).
        said: More attributes of it, each with a blank before.
        entries: A line each.
        up: The address of the document above; empty for the topmost.
        index: Whether it lists documents of its own kind.
    """
    root = "sitemapindex" if index else "urlset"
    above = f'<rs:ln rel="up" href="{attribute(up)}"/>\n' if up else ""
    lines = "".join(f"{entry}\n" for entry in entries)
    return (
        f'{_DECLARATION}<{root} xmlns="{SITEMAP}" xmlns:rs="{TERMS}">\n'
        f'{above}<rs:md capability="{capability}"{said}/>\n{lines}</{root}>\n'
    ).encode()


def entries_of(content: bytes) -> list[str]:
    """Return the entries of a document of ours, a line each."""
    lines = content.decode().split("\n")
    return [line for line in lines if line.startswith(("<url>", "<sitemap>"))]


def said_in(content: bytes, name: str) -> str:
    """Return an attribute of a document of ours; empty where it has none."""
    head = content.decode().partition("<rs:md ")[2].partition("/>")[0]
    said: dict[str, str] = dict(_SAID.findall(f" {head}"))
    return said.get(name, "")


def member(path_url: str, said: str, *, element: str = "url") -> str:
    """Return the entry of a document in a list of documents."""
    return f"<{element}><loc>{text(path_url)}</loc><rs:md{said}/></{element}>"


def _facts(resource: Resource) -> str:
    kind = f' type="{attribute(resource.media_type)}"' if resource.media_type else ""
    return f' hash="sha-256:{resource.sha256}" length="{resource.length}"{kind}'


def _entry(url: str, modified: str, said: str) -> str:
    known = f"<lastmod>{modified}</lastmod>" if modified else ""
    return f"{opening(url)}{known}<rs:md{said}/></url>"


def _plain(escaped: str) -> str:
    plain: str = unescape(escaped, {"&quot;": '"'})
    return plain
