"""Find the numbers that name a person: resident IDs, mobile phones, bank cards.

A scan has two passes: :mod:`govsync.rules.digits` finds runs of at least eleven digits,
and only in those the :mod:`govsync.rules.shapes` are looked for. Both are linear in the
length of the text. Landlines, sums, index numbers and credit codes are none of these.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from govsync.model.index_number import uscc_valid
from govsync.rules.digits import Run, runs
from govsync.rules.shapes import SHAPES, Kind, id_checksum_holds

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hit(NamedTuple):
    """A number in a text, without the number itself."""

    kind: Kind
    start: int
    """In characters from 0."""
    end: int
    masked: str
    """As publications mask it: ``138****0001``, ``23*************018``."""
    note: str = ""
    """What is special about it."""


_KEPT = {Kind.ID: (2, 3), Kind.MOBILE: (3, 4), Kind.CARD: (4, 4)}
"""How many characters a mask leaves, before and after the stars."""
# 万 alone may begin the name of who is called; 元 makes a sum of the digits.
_SUM_AFTER = re.compile(r"(?:\.\d+)? ?[万亿]?元|\.\d\d(?![\d.、])")
_SUM_BEFORE = re.compile(r"[¥$] ?$")
_INDEX_AFTER = re.compile(r"/(?:19|20)\d{2,4}-")
_AROUND = 12
"""How many characters beside a number may tell that it is another thing."""


def scan(text: str) -> Iterator[Hit]:
    """Yield the numbers in a text, from left to right, never two at one place."""
    end = 0
    for run in runs(text):
        for hit in _in_run(run, text):
            if hit.start >= end:
                yield hit
                end = hit.end


def masked(text: str) -> str:
    """Return a text with every such number masked: safe to keep and to show."""
    parts, last = [], 0
    for hit in scan(text):
        parts += [text[last : hit.start], hit.masked]
        last = hit.end
    return "".join([*parts, text[last:]])


def _in_run(run: Run, text: str) -> Iterator[Hit]:
    found = [
        (match.start(1), order, match[1], shape)
        for order, shape in enumerate(SHAPES)
        for match in shape.pattern.finditer(run.plain)
    ]
    for start, _, written, shape in sorted(found, key=lambda entry: entry[:2]):
        digits = re.sub("[^0-9X]", "", written)
        places = run.places[start : start + len(written)]
        hit = _hit(shape.kind, digits, places[0], places[-1] + 1)
        if shape.holds(digits, written) and not _other_thing(hit, digits, text):
            yield hit


def _hit(kind: Kind, digits: str, start: int, end: int) -> Hit:
    if kind is Kind.MOBILE:
        digits = digits[-11:]  # without the country code
    head, tail = _KEPT[kind]
    mask = f"{digits[:head]}{'*' * (len(digits) - head - tail)}{digits[-tail:]}"
    return Hit(kind, start, end, mask, _note(kind, digits))


def _note(kind: Kind, digits: str) -> str:
    if kind is not Kind.ID:
        return ""
    if len(digits) == 15:
        return "of the old 15 digits"
    return "" if id_checksum_holds(digits) else "its check digit fails"


def _other_thing(hit: Hit, digits: str, text: str) -> bool:
    """Whether what stands beside a number shows it to be a sum or an index number."""
    before, after = (
        unicodedata.normalize("NFKC", part)
        for part in (
            text[max(0, hit.start - _AROUND) : hit.start],
            text[hit.end : hit.end + _AROUND],
        )
    )
    if hit.kind is Kind.MOBILE:
        return bool(_SUM_BEFORE.search(before) or _SUM_AFTER.match(after))
    return bool(_INDEX_AFTER.match(after)) and uscc_valid(digits)
