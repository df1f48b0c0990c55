"""Markdown: a report as text, and the pieces that other texts are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

    from govsync.reports.document import Listing, Report, Section

CAP = 50
"""Rows of a list that the text shows; it says how many there are."""
_MARKS = re.compile(r"([\\`*_\[\]<>|#~])")


def write(report: Report, out: IO[bytes]) -> None:
    """Write a report as UTF-8 Markdown (CommonMark with tables)."""
    out.writelines(f"{line}\n".encode() for line in lines(report))


def lines(report: Report) -> Iterator[str]:
    """Yield the lines of a report."""
    yield f"# {plain(report.title)}"
    yield ""
    for name, value in report.basis:
        yield f"- {plain(name)}: {plain(value)}"
    for section in report.sections:
        yield from _section(section)


def plain(text: str) -> str:
    """Return text on one line with nothing in it that Markdown takes for a mark."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield ""
    yield f"| {' | '.join(map(plain, header))} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(map(plain, row))} |"
    yield ""


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {plain(section.title)}"
    yield ""
    for note in section.notes:
        yield f"> {plain(note)}"
    for paragraph in section.text:
        yield f"{plain(paragraph)}\n"
    if section.figures:
        cells = ((one.label, one.shown, one.percent) for one in section.figures)
        yield from table(("指标", "数量", "比率"), cells)
    for one in section.tables:
        yield f"### {plain(one.title)}"
        yield from table(one.header, one.rows)
    for listing in section.listings:
        yield from _listing(listing)


def _listing(listing: Listing) -> Iterator[str]:
    rows = listing.rows[:CAP]
    yield f"### {plain(listing.title)}: {listing.counted(len(rows))}"
    yield from table(("编号", "名称", "说明"), rows)
