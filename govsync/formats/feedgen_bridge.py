"""A bridge to feedgen, for systems that already build their feeds with it.

:func:`to_feedgen` gives a generator that holds every record; :func:`register` and
:func:`fill` are its two halves, for a generator and entries of one's own. What feedgen
writes is read back by :mod:`govsync.formats.atom` and :mod:`govsync.formats.rss`
without loss. Needs the extra ``feedgen``.

Worked around here and in :mod:`govsync.formats.feedgen_extension`: entry links that
lose all but the address, a channel link that is the last one added, contents in the
description of an item without a summary, plain text in descriptions escaped once, the
last enclosure instead of the first, prepended entries, names without a letter.

What remains of feedgen 1.0.0:

* no tombstones: withdrawn records are left out, and a receiver does not learn of it;
* the channel's description is Atom's subtitle, escaped once, so markup in it is lost;
* without a record no check: entries of one's own may be invalid;
* ``locale`` is set at each date, for the whole process: build in one thread;
* ``extensions=False`` leaves out the prefixes, not the entries' extensions;
* all records stand in memory, about 9 KB each; :mod:`govsync.formats.atom` streams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from govsync.formats import atom
from govsync.formats.address import to_uri
from govsync.formats.feed import undated
from govsync.formats.feedgen_extension import (
    NAME,
    GovsyncEntryExtension,
    GovsyncExtension,
)
from govsync.formats.feedgen_mending import categories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from feedgen.entry import FeedEntry
    from feedgen.feed import FeedGenerator

    from govsync.errors import FormatError
    from govsync.formats.feed import Feed
    from govsync.model import Record


def to_feedgen(
    feed: Feed,
    records: Iterable[Record],
    *,
    on_error: Callable[[FormatError], None] | None = None,
) -> FeedGenerator:
    """Return a feedgen generator that holds the records, in the order given.

    Withdrawn records are left out: feedgen has no tombstones.

    Args:
        feed: What the document says of itself.
        records: Read once; each is an entry at the end, never before the others.
        on_error: Is told of a record that cannot be carried, which is left out.
            Without it the error is raised.

    Raises:
        FormatError: The feed or a record cannot be carried, for the same reasons as
            in :func:`govsync.formats.atom.write`.
    """
    from feedgen.feed import FeedGenerator

    sound = _sound(feed, records, on_error)
    generator = FeedGenerator()
    register(generator)
    _fill_head(generator, feed)
    moments = [at for record in sound if (at := record.changed_at) is not None]
    generator.updated(feed.updated or max(moments))
    for record in sound:
        fill(generator.add_entry(order="append"), record)
    return generator


def register(generator: FeedGenerator) -> None:
    """Give a generator, and all its entries, our extension and feedgen's ``dc``."""
    # Extensions speak in the order of their registration, and ours has the last word.
    if not hasattr(generator, "dc"):
        generator.load_extension("dc", atom=False, rss=True)
    if not hasattr(generator, NAME):
        generator.register_extension(NAME, GovsyncExtension, GovsyncEntryExtension)


def fill(entry: FeedEntry, record: Record) -> None:
    """Make an entry of a registered generator say all that a record says.

    Raises:
        FormatError: The record was withdrawn, has no date, or XML cannot hold a
            character of it.
    """
    if record.changed_at is None:  # feedgen would give the time of day
        raise undated(record, "updated")
    entry.govsync.record(record)
    entry.guid(record.uri, permalink=False)
    entry.title(record.title)
    entry.updated(record.changed_at)
    entry.published(record.published)
    if record.issuer:
        entry.author(name=record.issuer)
        entry.dc.dc_creator(record.issuer)
    entry.contributor([{"name": name} for name in record.co_issuers])
    entry.dc.dc_contributor([*record.co_issuers])
    entry.link([dict(link) for link in entry.govsync.links])
    entry.category(categories(record))
    if record.summary:
        entry.summary(record.summary)
    if record.body or not to_uri(record.link):
        entry.content(record.body, type="html")


def _fill_head(generator: FeedGenerator, feed: Feed) -> None:
    generator.id(feed.uri)
    generator.title(feed.title)
    generator.description(feed.description or feed.title)
    generator.language(feed.language)
    generator.author(name=feed.author or feed.title)
    generator.generator("govsync")
    # The last link becomes the channel's, which must be the site.
    if own := to_uri(feed.self_url):
        generator.link(rel="self", href=own)
    generator.link(rel="alternate", href=to_uri(feed.site))


def _sound(
    feed: Feed,
    records: Iterable[Record],
    on_error: Callable[[FormatError], None] | None,
) -> list[Record]:
    """Return the standing records that our own Atom writer takes."""
    sound: list[Record] = []

    def standing() -> Iterator[Record]:
        for record in records:
            if not record.withdrawn:
                sound.append(record)
                yield record

    def refused(error: FormatError) -> None:
        sound.pop()  # the one that was asked for last
        if on_error is None:
            raise error
        on_error(error)

    atom.write(feed, standing(), cast("BinaryIO", _Nowhere()), on_error=refused)
    return sound


class _Nowhere:
    """Takes a document whose writing is the check."""

    def write(self, content: bytes) -> int:
        return len(content)
