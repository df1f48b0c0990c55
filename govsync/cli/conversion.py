"""``govsync convert``: read, screen, write; say what became of every row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from govsync.cli.output import complain, say
from govsync.conversion import Loaded, feed_of
from govsync.conversion import convert as write
from govsync.errors import UsageError
from govsync.formats import Feed
from govsync.model import Catalogs, ChannelCode, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from govsync.errors import FormatError
    from govsync.model import Finding, Record

BAD_INPUT = 65
FOR_A_PERSON = 1


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What is converted into what, as the command line says it."""

    sources: Sequence[Path]
    to: str
    out: Path
    catalog: Path | None
    encoding: str | None
    """Of the sources; detected where absent."""
    site: str | None
    """The site's home page; that of the first record where absent."""
    title: str
    serves: str | None
    """What it is for; None writes everything, whatever the rules say."""


def convert(asked: Conversion) -> int:
    """Convert sources into one file; return the exit code."""
    channel = None if asked.serves is None else _channel(asked.serves)
    catalogs = _catalogs(asked.catalog)
    loaded = [Loaded(source, encoding=asked.encoding) for source in asked.sources]
    aside: list[Finding] = []
    refused: list[FormatError] = []
    records: Iterator[Record] = chain.from_iterable(loaded)
    if channel is not None:
        records = _passable(records, catalogs, channel, aside)
    feed, stream = _feed(asked, records)
    written = write(
        stream,
        asked.to,
        asked.out,
        feed=feed,
        catalogs=catalogs,
        on_error=refused.append,
    )
    problems = [problem for source in loaded for problem in source.problems]
    for line in (*problems, *aside, *refused):
        complain(str(line))
    read = sum(source.rows for source in loaded)
    set_aside = len({finding.record for finding in aside}) + len(refused)
    say(f"{read} records read, {written} written to {asked.out}, {set_aside} set aside")
    if any(problem.error for problem in problems) or refused:
        return BAD_INPUT
    return FOR_A_PERSON if aside else 0


def _feed(
    asked: Conversion, records: Iterable[Record]
) -> tuple[Feed, Iterable[Record]]:
    if asked.site is not None:
        return Feed(title=asked.title, site=asked.site), records
    feed, stream = feed_of(records)
    return feed.changed(title=asked.title), stream


def _channel(code: str) -> ChannelCode:
    if code not in set(ChannelCode):
        known = ", ".join(ChannelCode)
        raise UsageError(f"no channel is called {code!r}", mend=f"there are: {known}")
    return ChannelCode(code)


def _catalogs(path: Path | None) -> Catalogs | None:
    if path is None:
        return None
    from govsync.sources import read_catalogs

    reading = read_catalogs(path)
    for problem in reading.problems:
        complain(str(problem))
    areas = len(reading.catalogs.catalogs)
    say(f"{reading.rows_read} catalog rows read in {areas} areas from {path}")
    return reading.catalogs


def _passable(
    records: Iterator[Record],
    catalogs: Catalogs | None,
    serves: ChannelCode,
    aside: list[Finding],
) -> Iterator[Record]:
    """Yield what may go to a channel of this code; name the rest."""
    from govsync.rules import Destination, screen

    destination = Destination(name=serves.value, serves=serves, without_item=True)
    for record in records:
        # Without a catalog there is no row to ask, but still the record's own words.
        asked = record if catalogs else record.changed(item=None)
        screening = screen(
            asked, catalogs=catalogs or Catalogs(), destinations=(destination,)
        )
        if screening.channels:
            yield record
        else:
            grave = (f for f in screening.findings if f.severity is not Severity.WARN)
            aside += grave
