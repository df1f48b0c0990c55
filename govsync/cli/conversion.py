"""``govsync convert``: read, screen, write; say what became of every row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from govsync.bulk import Work, done
from govsync.cli.output import complain, say
from govsync.conversion import Loaded, checked, feed_of, write
from govsync.errors import UsageError
from govsync.formats import Feed
from govsync.formats.document import Rendered
from govsync.model import Catalogs, ChannelCode, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from govsync.bulk import Outcome
    from govsync.errors import FormatError
    from govsync.model import Finding, Record

    Piece = Record | Rendered

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
    workers: int = 1
    """How many processes screen and render."""


def convert(asked: Conversion) -> int:
    """Convert sources into one file; return the exit code."""
    gate = None if asked.serves is None else _channel(asked.serves)
    catalogs = _catalogs(asked.catalog)
    loaded = [Loaded(source, encoding=asked.encoding) for source in asked.sources]
    work = Work(checked(asked.to), Gate(catalogs, gate) if gate else None)
    aside: list[Finding] = []
    refused: list[FormatError] = []
    worked = done(chain.from_iterable(loaded), work, asked.workers)
    try:
        feed, stream = _feed(asked, _passable(worked, aside))
        written = write(
            stream,
            asked.to,
            asked.out,
            feed=feed,
            catalogs=catalogs,
            on_error=refused.append,
        )
    finally:
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
    asked: Conversion, passed: Iterator[tuple[Record, Piece]]
) -> tuple[Feed, Iterator[Piece]]:
    if asked.site is not None:
        feed = Feed(title=asked.title, site=asked.site)
    else:
        first = [*islice(passed, 1)]
        feed, _ = feed_of(record for record, _ in first)
        feed, passed = feed.changed(title=asked.title), chain(first, passed)
    return feed, (piece for _, piece in passed)


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
    worked: Iterable[tuple[Record, Outcome]], aside: list[Finding]
) -> Iterator[tuple[Record, Piece]]:
    """Yield what may go; name the rest."""
    for record, outcome in worked:
        if outcome is None:
            yield record, record
        elif isinstance(outcome, Rendered):
            yield record, outcome
        else:
            aside += outcome


@dataclass(frozen=True)
class Gate:
    """Says what keeps a record from a channel of one code."""

    catalogs: Catalogs | None
    serves: ChannelCode

    def __call__(self, record: Record) -> tuple[Finding, ...]:
        """Return the findings that keep it; none where it may go."""
        from govsync.rules import Destination, screen

        destination = Destination(
            name=self.serves.value, serves=self.serves, without_item=True
        )
        # Without a catalog there is no row to ask, but still the record's own words.
        asked = record if self.catalogs else record.changed(item=None)
        screening = screen(
            asked, catalogs=self.catalogs or Catalogs(), destinations=(destination,)
        )
        if screening.channels:
            return ()
        return tuple(f for f in screening.findings if f.severity is not Severity.WARN)
