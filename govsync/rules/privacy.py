"""Privacy: no number that names a person leaves, in whatever field it hides.

政府信息公开条例 art. 15, 个人信息保护法 art. 25 and 28. Lists of households go out with
the number masked (``138****0001``): what is masked passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from govsync.model import Finding, Record, Severity
from govsync.rules.fields import extra_field, readable
from govsync.rules.numbers import Hit, masked, scan
from govsync.rules.persons import Told, demands_masks, in_rows, in_text
from govsync.rules.shown import Shown, place_in, shown, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govsync.model import Item

Place = Callable[[Told], str]
"""Names where somebody is told of."""
MOST_FINDINGS = 20
"""In one field; one more finding counts the rest."""
_MEND = "mask it as {masked}, or leave it out"


def findings(record: Record, item: Item | None = None) -> Iterator[Finding]:
    """Block a record for each full ID, mobile or card number that would travel.

    A finding shows the kind, the place and the masked form, never the number.

    Args:
        record: What would travel.
        item: Its catalog row, which may demand that names are masked.
    """
    body = shown(record.body)
    yield from told(_persons(body, names=demands_masks(item)), record.id, "body")
    yield from _reported(
        record, "body", scan(body.text), lambda hit: place_in(body, hit.start)
    )
    for name, text in body.attributes:
        yield from _in_text(record, "body", text, within=f"attribute {name}, ")
    for field, text in readable(record):
        yield from _in_text(record, field, text)
    for name, text in record.extra.items():
        field = extra_field(name)
        yield from _in_text(record, field, name, within="its name, ")
        yield from _in_text(record, field, text)


def of_withdrawal(record: Record) -> Iterator[Finding]:
    """Look only at the reason: nothing else of a withdrawn record travels."""
    yield from _in_text(record, "status.reason", record.status.reason)


def _persons(body: Shown, *, names: bool) -> Iterator[tuple[Told, Place]]:
    for table, rows in tables(body).items():
        for one in in_rows(rows, names=names):
            yield one, partial(_in_table, table)
    for one in in_text(body.text):
        yield one, lambda one: place_in(body, one.start)


def _in_table(table: int, one: Told) -> str:
    return f"table {table}, row {one.row}, column {one.column}"


def told(
    persons: Iterable[tuple[Told, Place]], record: str, field: str
) -> Iterator[Finding]:
    """Yield a finding for each person told of, and count those after the first many.

    Args:
        persons: Each with what names its place.
        record: The record's id.
        field: Where in the record they are.
    """
    rest = iter(persons)
    for one, place in islice(rest, MOST_FINDINGS):
        yield Finding(
            rule=one.rule,
            severity=one.severity,
            message=f"a {one.what}: {one.mask}",
            record=record,
            field=field,
            place=masked(place(one)),
            mend=_MEND.format(masked=one.mask),
        )
    more = Counter((one.rule, one.severity, one.what) for one, _ in rest)
    for (rule, severity, what), number in sorted(more.items()):
        yield Finding(
            rule=rule,
            severity=severity,
            message=f"{number} more of this kind in this field: {what}",
            record=record,
            field=field,
            mend="mask each of them",
        )


def _in_text(
    record: Record, field: str, text: str, *, within: str = ""
) -> Iterator[Finding]:
    if len(text) < 11:  # the shortest number has eleven digits
        return
    if hits := _hits(text):
        yield from _reported(
            record, field, hits, lambda hit: f"{within}offset {hit.start}"
        )


def _hits(text: str) -> list[Hit]:
    """Scan a plain text as it is; where it holds markup, as it would be shown too."""
    hits = list(scan(text))
    if not hits and ("<" in text or "&" in text):
        return list(scan(shown(text).text))
    return hits


def _reported(
    record: Record, field: str, hits: Iterable[Hit], place: Callable[[Hit], str]
) -> Iterator[Finding]:
    yield from found(((hit, place) for hit in hits), record.id, field)


def found(
    hits: Iterable[tuple[Hit, Callable[[Hit], str]]], record: str, field: str
) -> Iterator[Finding]:
    """Yield a finding for each number, and count those after the first many.

    Args:
        hits: Each with what names its place.
        record: The record's id.
        field: Where in the record they are.
    """
    rest = iter(hits)
    for hit, place in islice(rest, MOST_FINDINGS):
        yield _finding(record, field, hit, masked(place(hit)))
    more = Counter((hit.kind, hit.sure) for hit, _ in rest)
    for (kind, sure), number in sorted(more.items()):
        yield Finding(
            rule=f"privacy.{kind}",
            severity=Severity.BLOCK if sure else Severity.WARN,
            message=f"{number} more of this kind in this field: {kind.label}",
            record=record,
            field=field,
            mend="mask each of them",
        )


def _finding(record: str, field: str, hit: Hit, place: str) -> Finding:
    note = f", {hit.note}" if hit.note else ""
    return Finding(
        rule=f"privacy.{hit.kind}",
        severity=Severity.BLOCK if hit.sure else Severity.WARN,
        message=f"a {hit.kind.label}: {hit.masked}{note}",
        record=record,
        field=field,
        place=place,
        mend=_MEND.format(masked=hit.masked),
    )
