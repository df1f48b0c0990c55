"""ResourceSync over static files (Z39.99-2017): what is there, and what changed.

::

    .well-known/resourcesync      where the capability list is
    capabilitylist.xml            which lists there are
    resourcelist.xml              every file, with hash and length; parts above 50,000
    changelist.xml                the latest changes, oldest first
    changelists/00000001.xml …    older changes, sealed
    changelist-archive.xml        where those are

A receiver takes the resource list once and the change list from then on; one that was
away longer than the change list reaches back (its ``from``) reads the sealed lists, or
the resource list again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from govsync.sync import resource as lists
from govsync.sync.resource import CAPABILITIES, DESCRIPTION, Links, Resource, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Held = Callable[[str], bytes | None]
    Files = dict[str, bytes | None]

RESOURCES = "resourcelist.xml"
CHANGES = "changelist.xml"
ARCHIVE = "changelist-archive.xml"
LIST_SIZE = 50_000
"""Entries of one sitemap (sitemaps.org)."""
CHANGES_KEPT = 1000
"""Changes of a sealed list; the open one holds at least as many of the latest."""


class Change(NamedTuple):
    """A change as it is told."""

    path: str
    kind: str
    """``created``, ``updated`` or ``deleted`` (§ 12)."""
    resource: Resource | None


def publish(
    held: Held,
    changes: Mapping[str, Resource | None],
    *,
    base: str,
    at: datetime,
    size: int = CHANGES_KEPT,
    list_size: int = LIST_SIZE,
) -> Files:
    """Return the lists that tell of some files that changed.

    Args:
        held: Gives what is published now.
        changes: What each path holds now; None where it fell away. What is held as it
            is makes no entry; the first publication makes no changes, only a list.
        base: The address of the published folder.
        at: When the change is made; not before the one that was told last.
        size: Of a sealed change list, in entries.
        list_size: Of a part of the resource list, in entries.

    Returns:
        The documents that change, by path; none where nothing changed.

    Raises:
        InputError: The base is no web address, or what is held is not ours.
    """
    links = lists.links(base)
    known = read_list(held, links)
    found = [*_changes(known or {}, changes)]
    if known is not None and not found:
        return {}
    now = _applied(known or {}, found)
    files: Files = _capabilities(links)
    files |= _resource_list(held, now, links, at, list_size)
    files |= _change_lists(held, found if known is not None else [], links, at, size)
    return {path: new for path, new in files.items() if new != held(path)}


def read_list(held: Held, links: Links) -> dict[str, Resource] | None:
    """Read the published resource list, by path; None where there is none.

    Raises:
        InputError: It is not ours.
    """
    content = held(RESOURCES)
    if content is None:
        return None
    parts = [content]
    if b"<sitemapindex " in content:
        count = len(lists.entries_of(content))
        parts = [held(_part(number)) or b"" for number in range(1, count + 1)]
    read = (lists.read(line) for part in parts for line in lists.entries_of(part))
    return {links.path(url): resource for url, resource in read}


def _changes(
    known: Mapping[str, Resource], changes: Mapping[str, Resource | None]
) -> Sequence[Change]:
    found = []
    for path in sorted(changes):
        new, old = changes[path], known.get(path)
        if new is None and old is not None:
            found.append(Change(path, "deleted", None))
        elif new is not None and not new.says_the_same(old):
            found.append(Change(path, "updated" if old else "created", new))
    return found


def _applied(
    known: Mapping[str, Resource], found: Sequence[Change]
) -> dict[str, Resource]:
    now = dict(known)
    for path, _, resource in found:
        if resource is None:
            del now[path]
        else:
            now[path] = resource
    return now


def _capabilities(links: Links) -> Files:
    capabilities = links.url(CAPABILITIES)
    members = {
        "resourcelist": RESOURCES,
        "changelist": CHANGES,
        "changelist-archive": ARCHIVE,
    }
    described = [lists.member(capabilities, ' capability="capabilitylist"')]
    entries = [
        lists.member(links.url(path), f' capability="{name}"')
        for name, path in members.items()
    ]
    up = links.url(DESCRIPTION)
    return {
        DESCRIPTION: lists.document("description", "", described, up=""),
        CAPABILITIES: lists.document("capabilitylist", "", entries, up=up),
    }


def _resource_list(
    held: Held, now: Mapping[str, Resource], links: Links, at: datetime, size: int
) -> Files:
    up, said = links.url(CAPABILITIES), f' at="{moment(at)}"'
    entries = [lists.listed(links.url(path), now[path]) for path in sorted(now)]
    parts = [entries[start : start + size] for start in range(0, len(entries), size)]
    if len(parts) < 2:
        whole = lists.document("resourcelist", said, entries, up=up)
        return {RESOURCES: whole, **_fallen(held, 1)}
    numbered = {_part(number): part for number, part in enumerate(parts, 1)}
    members = (
        lists.member(links.url(path), said, element="sitemap") for path in numbered
    )
    index = lists.document("resourcelist", said, members, up=up, index=True)
    written: Files = {
        path: lists.document("resourcelist", said, part, up=up)
        for path, part in numbered.items()
    }
    return {RESOURCES: index, **written, **_fallen(held, len(parts) + 1)}


def _fallen(held: Held, first: int) -> Files:
    """Take away the parts that the list no longer has."""
    fallen: Files = {}
    while held(_part(first)) is not None:
        fallen[_part(first)] = None
        first += 1
    return fallen


def _part(number: int) -> str:
    return f"resourcelists/{number:04}.xml"


def _change_lists(
    held: Held, found: Sequence[Change], links: Links, at: datetime, size: int
) -> Files:
    """Add changes to the open list, and seal what is oldest of it."""
    content = held(CHANGES)
    since = lists.said_in(content, "from") if content else moment(at)
    entries = lists.entries_of(content) if content else []
    last = datetime.fromisoformat(_datetime(entries[-1]) if entries else since)
    told = max(at, last)  # chronological, even where a clock was set back
    # Of what is gone only that is told: a client that finds "created" and "deleted" in
    # one reading may take it for nothing, and keep a copy that it had.
    gone = tuple(
        lists.opening(links.url(path)) for path, kind, _ in found if kind == "deleted"
    )
    entries = [entry for entry in entries if not entry.startswith(gone)]
    entries += [
        lists.changed(links.url(path), kind, told, resource)
        for path, kind, resource in found
    ]
    sealed = lists.entries_of(held(ARCHIVE) or b"")
    files: Files = {}
    up = links.url(CAPABILITIES)
    while len(entries) >= 2 * size:
        oldest, entries = entries[:size], entries[size:]
        path = f"changelists/{len(sealed) + 1:08}.xml"
        until = _datetime(oldest[-1])
        said = f' from="{since}" until="{until}"'
        files[path] = lists.document("changelist", said, oldest, up=up)
        sealed.append(lists.member(links.url(path), f' capability="changelist"{said}'))
        since = until
    files[CHANGES] = lists.document("changelist", f' from="{since}"', entries, up=up)
    files[ARCHIVE] = lists.document("changelist-archive", "", sealed, up=up)
    return files


def _datetime(entry: str) -> str:
    return entry.partition(' datetime="')[2].partition('"')[0]
