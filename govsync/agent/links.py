"""Links: what is linked from what stands live, looked at and kept for reports."""

from __future__ import annotations

import re
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from govsync.agent.link_look import Looker
from govsync.channels.http import HttpClient
from govsync.formats.address import to_uri
from govsync.ledger import links
from govsync.ledger.links import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from govsync.agent.workspace import Workspace
    from govsync.ledger.links import Kept
    from govsync.model import Record

# Tags and attributes as the cleaner prints them.
_TAG = re.compile(r'<(?:a|img)(?: [a-z]+="[^"]*")*>')
_ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')


def links_of(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the web addresses in a record: the field, and the address without its #.

    A relative one is as from the page on which the record first stood.
    """
    given = [("link", record.link)]
    for tag in _TAG.findall(record.body):
        given += [("body", unescape(found)) for found in _ADDRESS.findall(tag)]
    given += [(f"attachments[{i}]", a.href) for i, a in enumerate(record.attachments)]
    for field, address in given:
        if found := _absolute(record.link, address):
            yield field, found


def _absolute(page: str, address: str) -> str | None:
    if not address or address.startswith("#"):
        return None
    try:
        found = to_uri(urljoin(page, address))
    except ValueError:  # brackets that are no host
        return None
    return urldefrag(found).url if found else None


def look(
    workspace: Workspace,
    *,
    sleep: Callable[[float], None],
    limit: int | None = None,
    client: Callable[..., HttpClient] = HttpClient,
) -> list[Kept]:
    """Look at what is longest without a look; return all that is known then.

    What was seen is stored host by host, so that a look that is broken off keeps it.

    Args:
        workspace: Open.
        sleep: Waits between two calls to one host, in seconds.
        limit: How many addresses are looked at; as configured where absent.
        client: Makes a client of one host.
    """
    settings, ledger = workspace.config.links, workspace.ledger
    with workspace.database.read() as connection:
        found = list(standing(links.live(connection)))
    with workspace.database.write() as connection:
        links.set_links(connection, found)
        due = links.longest_unseen(connection, limit or settings.limit)
    looker = Looker(settings, sleep=sleep, client=client)
    try:
        for _, addresses in groupby(sorted(due, key=_host), key=_host):
            looked = [(address, looker.look(address)) for address in addresses]
            with workspace.database.write() as connection:
                for address, seen in looked:
                    links.keep(connection, address, seen, ledger.clock())
    finally:
        looker.close()
    with workspace.database.read() as connection:
        known = links.kept(connection)
    bad = len({one.address for one in known if one.state in links.BAD})
    ledger.tell("links.looked", addresses=str(len(due)), bad=str(bad))
    return known


def standing(live: Iterable[tuple[Record, str, str]]) -> Iterator[Link]:
    """Yield the links of what stands live: a record, a channel, its page there."""
    for record, channel, page in live:
        for field, address in links_of(record):
            yield Link(record.id, address, field)
        if shown := _absolute("", page):
            yield Link(record.id, shown, f"channel {channel}")


def _host(address: str) -> str:
    return urlsplit(address).netloc
