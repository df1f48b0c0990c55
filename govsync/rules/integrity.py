"""Integrity: values that a machine left behind, markup shown as text, missing dates.

The faults that inspectors report: ``None`` and ``null`` in index numbers, hijacked
names, interpretations that name no document, records without a date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govsync.model import Finding, Record, Severity, Step
from govsync.rules import hijack
from govsync.rules.fields import Field, carried, filed, readable
from govsync.rules.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EMPTY = re.compile(
    r"none|null|nan|undefined|n/a|#n/a|#(?:ref|value|name|num|null|div/0)[!?]"
    r"|\[object object\]",
    re.IGNORECASE,
)
"""What programs print for nothing, as a whole value."""
_EMPTY_PART = re.compile(
    r"(?<![a-z])(?:none|null|undefined|#n/a)(?![a-z])|(?<![a-z0-9])nan(?![a-z0-9])",
    re.IGNORECASE,
)
"""The same within an index number: ``11370302004216167U/2023-None``."""
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What is no Char of XML 1.0 (§ 2.2)."""
_LEFT_OVER = re.compile(
    r"</?(?:a|b|br|div|font|iframe|img|li|o:p|p|script|span|strong|style|table|td|th"
    r"|tr|ul)\b(?=[\s/>])|&(?:nbsp|lt|gt|amp|quot|ldquo|rdquo|mdash|#\d{1,7});",
    re.IGNORECASE,
)
"""Tags and entities that a reader would see as such."""
_BELONGING = frozenset({Step.INTERPRETATION, Step.RESPONSE})


def findings(record: Record) -> Iterator[Finding]:
    """Yield what is broken in a record, the graver first."""
    yield from _characters(record, carried(record))
    yield from hijack.findings(record)
    yield from _placeholders(record)
    yield from _dates(record)
    yield from _left_over(record)
    yield from _unlinked(record)
    yield from _index_number(record)


def of_withdrawal(record: Record) -> Iterator[Finding]:
    """Look only at the reason: nothing else of a withdrawn record travels."""
    yield from _characters(record, [("status.reason", record.status.reason)])


def _characters(record: Record, texts: Iterable[Field]) -> Iterator[Finding]:
    for field, text in texts:
        if match := _NO_CHARACTER.search(text):
            yield Finding(
                rule="integrity.control-character",
                severity=Severity.BLOCK,
                message=f"U+{ord(match[0]):04X} cannot stand in XML 1.0",
                record=record.id,
                field=field,
                place=f"offset {match.start()}",
                mend="remove the character in the source",
            )


def _placeholders(record: Record) -> Iterator[Finding]:
    for field, text in filed(record):
        match = _EMPTY.fullmatch(text)
        if field == "index_number":
            match = match or _EMPTY_PART.search(text)
        if match:
            yield Finding(
                rule="integrity.placeholder",
                severity=Severity.BLOCK,
                message=f"{match[0]!r} stands where a value is missing",
                record=record.id,
                field=field,
                mend="enter the value, or leave the field empty",
            )


def _dates(record: Record) -> Iterator[Finding]:
    published = record.published and record.published.date()
    if not (record.formed or record.issued or published):
        yield Finding(
            rule="integrity.no-date",
            severity=Severity.HOLD,
            message="the record has no date at all",
            record=record.id,
            field="formed",
            mend="the issuer enters 成文日期 or 发布日期",
        )
    if record.formed and published and published < record.formed:
        yield Finding(
            rule="integrity.date-order",
            severity=Severity.WARN,
            message=f"published {published}, before it was formed on {record.formed}",
            record=record.id,
            field="published",
            mend="check 成文日期 and 发布日期 against the original",
        )


def _left_over(record: Record) -> Iterator[Finding]:
    # Only what is escaped in a clean body can be read as markup.
    escaped = "&lt;" in record.body or "&amp;" in record.body
    body = shown(record.body).text if escaped else ""
    for field, text in [("body", body), *readable(record)]:
        if match := _LEFT_OVER.search(text):
            yield Finding(
                rule="integrity.markup",
                severity=Severity.WARN,
                message=f"{match[0]!r} would be read as it stands",
                record=record.id,
                field=field,
                place=f"offset {match.start()}",
                mend="remove the markup, or escape it once only",
            )


def _unlinked(record: Record) -> Iterator[Finding]:
    if record.step in _BELONGING and record.relation is None:
        yield Finding(
            rule="integrity.unlinked",
            severity=Severity.WARN,
            message=f"the {record.step} names no record that it belongs to",
            record=record.id,
            field="relation",
            mend="enter the index number of that record in 关联索引号",
        )


def _index_number(record: Record) -> Iterator[Finding]:
    if record.index.checked is False:
        yield Finding(
            rule="integrity.index-number",
            severity=Severity.WARN,
            message="the check digit of the body's code does not hold",
            record=record.id,
            field="index_number",
            mend="check the code against the body's certificate",
        )
