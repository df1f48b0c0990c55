"""The library's front door: read records, write them in a standard form.

>>> from govsync import convert, load
>>> records = load("records.csv")               # doctest: +SKIP
>>> convert(records, "atom", "feed.xml")        # doctest: +SKIP
36
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote, urljoin, urlsplit

from govsync import formats
from govsync.errors import InputError, UsageError
from govsync.files import replacing
from govsync.formats import Feed
from govsync.formats.address import to_uri
from govsync.sources import read_catalogs, read_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from os import PathLike

    from govsync.errors import FormatError
    from govsync.formats.document import Rendered
    from govsync.model import Catalogs, Record
    from govsync.sources import CatalogReading, Problem


_WITH_CATALOGS = frozenset({"xml", "dcat"})
"""Formats that have a place for catalogs beside the records."""
_FEEDS = frozenset({"atom", "rss", "json_feed"})
"""Formats whose document must say where it is fetched."""


class Loaded:
    """The records of a source, read as they are asked for.

    Iterating reads the source from its start. :attr:`problems` names every row and
    cell that could not be used, as far as the last iteration came.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        kind: str | None = None,
        encoding: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.path = Path(path)
        self.problems: list[Problem] = []
        self.rows = 0
        self._read = partial(
            read_records, self.path, kind=kind, encoding=encoding, columns=columns
        )

    def __iter__(self) -> Iterator[Record]:
        self.problems.clear()
        self.rows = 0
        for row in self._read():
            self.rows += 1
            self.problems += row.problems
            if row.record is not None:
                yield row.record


def load(
    path: str | PathLike[str],
    *,
    kind: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Loaded:
    """Open a source of records: CSV, TSV or JSON Lines.

    Args:
        path: The file.
        kind: ``csv``, ``tsv`` or ``jsonl``; by the file's suffix where absent.
        encoding: Of a table; UTF-8, UTF-16 or GB18030 is detected where absent.
        columns: Our field → the table's header, where it is not one of the usual.

    Raises:
        SourceError: On iteration, where the file cannot be read at all. A row that
            cannot be read is in :attr:`Loaded.problems` instead.
    """
    return Loaded(path, kind=kind, encoding=encoding, columns=columns)


def load_catalogs(path: str | PathLike[str]) -> CatalogReading:
    """Read a county's workbook of standard catalogs.

    Raises:
        SourceError: It is not there or not a workbook. A row that cannot be read is in
            the result's ``problems`` instead.
    """
    return read_catalogs(Path(path))


def convert(
    records: Iterable[Record],
    to: str,
    out: str | PathLike[str] | IO[bytes],
    *,
    feed: Feed | None = None,
    catalogs: Catalogs | None = None,
    on_error: Callable[[FormatError], None] | None = None,
    workers: int = 1,
) -> int:
    """Write records in a standard form; return how many.

    The bytes depend on the records and the feed alone. A file is written whole or not
    at all.

    Args:
        records: Anything that yields records; they are not kept in memory.
        to: A name in :data:`govsync.formats.FORMATS`, such as ``atom``.
        out: A path, or a binary stream.
        feed: Title and addresses; by default those of the first record's site. Where
            it does not say where the document will be fetched, the file's name on
            the site is taken.
        catalogs: Written with the records where the form has a place (``xml``,
            ``dcat``).
        on_error: Takes a record that cannot be carried, which is then left out.
        workers: How many processes render; see :func:`govsync.bulk.done`.

    Raises:
        UsageError: There is no such form.
        InputError: No feed is given and the records do not name their site.
        FormatError: A record cannot be carried, and ``on_error`` is not given.
        OSError: The file cannot be written.
    """
    if feed is None:
        feed, records = feed_of(records)
    pieces: Iterable[Record | Rendered] = records
    if workers > 1:
        from govsync.bulk import Work, done

        worked = done(records, Work(checked(to)), workers)
        pieces = (cast("Rendered | None", piece) or record for record, piece in worked)
    return write(pieces, to, out, feed=feed, catalogs=catalogs, on_error=on_error)


def checked(form: str) -> str:
    """Return the name of a format.

    Raises:
        UsageError: There is no such form.
    """
    if form in formats.FORMATS:
        return form
    known = ", ".join(formats.FORMATS)
    raise UsageError(f"no format {form!r}", mend=f"there are: {known}")


def write(
    pieces: Iterable[Record | Rendered],
    to: str,
    out: str | PathLike[str] | IO[bytes],
    *,
    feed: Feed,
    catalogs: Catalogs | None = None,
    on_error: Callable[[FormatError], None] | None = None,
) -> int:
    """Write records, rendered already or not; otherwise as :func:`convert`."""
    checked(to)
    if isinstance(out, (str, Path)) or hasattr(out, "__fspath__"):
        path = Path(out)
        with replacing(path) as file:
            known = _addressed(feed, to, path.name)
            return _write(pieces, to, file, known, catalogs, on_error)
    known = _addressed(feed, to, f"feed.{to}")
    return _write(pieces, to, out, known, catalogs, on_error)


def _addressed(feed: Feed, to: str, name: str) -> Feed:
    """Say where a feed will be fetched, where it does not say so itself."""
    if to not in _FEEDS or feed.self_url or not to_uri(feed.site):
        return feed
    return feed.changed(self_url=urljoin(to_uri(feed.site) or "", quote(name)))


def feed_of(records: Iterable[Record]) -> tuple[Feed, Iterable[Record]]:
    """Return a feed named after the first record's site, and the records again.

    Raises:
        InputError: There is no record, or its address names no site.
    """
    stream = iter(records)
    first = next(stream, None)
    if first is None:
        raise InputError(
            "there is no record to write",
            mend="for a feed without entries give the site's home page (--site)",
        )
    parts = urlsplit(first.link)
    if not parts.netloc:
        raise InputError(
            "the records do not say whose feed it is",
            mend="give the site's home page (--site, or feed=Feed(...))",
        )
    site = f"{parts.scheme}://{parts.netloc}/"
    feed = Feed(title="基层政务公开", site=site, author=first.issuer)
    return feed, chain([first], stream)


def _write(
    pieces: Iterable[Record | Rendered],
    to: str,
    out: IO[bytes],
    feed: Feed,
    catalogs: Catalogs | None,
    on_error: Callable[[FormatError], None] | None,
) -> int:
    stream = cast("BinaryIO", out)
    form = formats.FORMATS[to]
    if to in _WITH_CATALOGS and catalogs is not None:
        more: dict[str, Any] = {"catalogs": catalogs}
        return form.write(feed, pieces, stream, on_error=on_error, **more)
    return form.write(feed, pieces, stream, on_error=on_error)
