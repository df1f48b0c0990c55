"""``govsync convert``: read, screen, write; say what became of every row."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from govsync.cli.output import complain, say
from govsync.conversion import Loaded, feed_of
from govsync.conversion import convert as write
from govsync.formats import Feed
from govsync.model import Catalogs, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from govsync.errors import FormatError
    from govsync.model import Record

BAD_INPUT = 65
FOR_A_PERSON = 1


def convert(
    sources: Sequence[Path],
    to: str,
    out: Path,
    *,
    catalog: Path | None,
    encoding: str | None,
    site: str | None,
    title: str,
    everything: bool,
) -> int:
    """Convert sources into one file; return the exit code."""
    catalogs = _catalogs(catalog)
    loaded = [Loaded(source, encoding=encoding) for source in sources]
    aside: list[Finding] = []
    refused: list[FormatError] = []
    records: Iterator[Record] = chain.from_iterable(loaded)
    if not everything:
        records = _passable(records, catalogs or Catalogs(), aside)
    if site is None:
        feed, stream = feed_of(records)
        feed = feed.changed(title=title)
    else:
        feed, stream = Feed(title=title, site=site), records
    written = write(
        stream, to, out, feed=feed, catalogs=catalogs, on_error=refused.append
    )
    problems = [problem for source in loaded for problem in source.problems]
    for line in (*problems, *aside, *refused):
        complain(str(line))
    read = sum(source.rows for source in loaded)
    set_aside = len({finding.record for finding in aside}) + len(refused)
    say(f"{read} records read, {written} written to {out}, {set_aside} set aside")
    if any(problem.error for problem in problems) or refused:
        return BAD_INPUT
    return FOR_A_PERSON if aside else 0


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
    records: Iterator[Record], catalogs: Catalogs, aside: list[Finding]
) -> Iterator[Record]:
    """Yield what no finding keeps back, wherever it goes; name the rest."""
    from govsync import rules

    for record in records:
        screening = rules.screen(record, catalogs=catalogs, destinations=())
        grave = [
            finding
            for finding in screening.findings
            if finding.severity is not Severity.WARN
            and (catalogs.catalogs or not finding.rule.startswith("scope."))
        ]
        aside += grave
        if not grave:
            yield record
