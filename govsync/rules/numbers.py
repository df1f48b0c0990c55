"""Find the numbers that name a person: resident IDs, mobile phones, bank cards.

A text is made plain (:mod:`govsync.rules.digits`), and the :mod:`govsync.rules.shapes`
are looked for in it, each by a class of first characters: linear in the length of the
text, fast where it is all digits. Sums, index numbers and credit codes are none of
these.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from govsync.model.index_number import uscc_valid
from govsync.rules.digits import NUMERAL, Plain, plain, spoken
from govsync.rules.shapes import SHAPES, Kind, Shape, id_checksum_holds
from govsync.rules.sketch import borders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


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
    sure: bool = True
    """Whether it is such a number; else it only looks like one."""


_FAILS = "its check digit fails"
_A_DIGIT_A_CELL = "a digit a cell"
_DOUBTS = frozenset({_FAILS, _A_DIGIT_A_CELL})
"""Counts may stand in eleven cells, too."""
KEPT = {Kind.ID: (2, 3), Kind.MOBILE: (3, 4), Kind.CARD: (4, 4)}
"""How many characters a mask leaves, before and after the stars."""
# 万 alone may begin the name of who is called; 元 makes a sum of the digits, but not
# where it begins the name of a place or person: 元宝镇; nor is 10 in .10月 a fraction.
_SUM_AFTER = re.compile(
    r"(?:\.\d+)?(?: ?[万亿]元|元(?![宝村家])| 元(?![\u4e00-\u9fff]))"
    r"|\.\d\d(?![\d.、年月日号])"
)
_SUM_BEFORE = re.compile(r"[¥$] ?\Z")
_INDEX_AFTER = re.compile(r"/(?:19|20)\d{2,4}-")
_DIGIT = re.compile(rf"[\d{NUMERAL}]")
_FEWEST = 11
"""The shortest number has so many digits."""
_SHORT = 300
"""Counting them pays only in texts below so many characters, such as titles."""
_NO_DIGIT = re.compile("[^0-9X]")
_BEFORE = 26
"""Six digits with three marks after each, and two characters more."""
_AROUND = 12
"""How many characters beside a number may tell that it is another thing."""


def scan(text: str) -> Iterator[Hit]:
    """Yield the numbers in a text, from left to right, never two at one place."""
    if len(text) < _SHORT and len(_DIGIT.findall(text)) < _FEWEST:
        return
    whole = plain(text)
    found = [
        *_in_plain(whole, text),
        *(hit for part in spoken(whole) for hit in _in_plain(part, text)),
    ]
    end = 0
    for _, hit in sorted(found, key=lambda one: (one[1].start, one[0])):
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


def _in_plain(part: Plain, text: str) -> Iterator[tuple[int, Hit]]:
    """Yield hits with the place of their shape in the table."""
    padded = f" {part.text}"  # a number may begin the text
    for order, shape in enumerate(SHAPES):
        for match in _matches(shape, padded):
            start = _start(shape, match)
            if start is None:
                continue
            for end in _ends(match):
                hit = _judged(
                    shape, padded[start:end], part.places[start - 1 : end - 1]
                )
                if hit and not _other_thing(hit, text):
                    yield order, hit
                    break


def _matches(shape: Shape, padded: str) -> Iterator[re.Match[str]]:
    if not shape.long:
        yield from shape.pattern.finditer(padded)
        return
    for at in borders(padded):
        if match := shape.pattern.match(padded, at):
            yield match


def _start(shape: Shape, match: re.Match[str]) -> int | None:
    """Return where the number begins; None where it is the end of another."""
    if shape.before is None:
        return match.start(1)
    text, end = match.string, match.start()
    before = shape.before.search(text[max(0, end - _BEFORE) : end])
    return None if before is None else end - len(before[0])


def _ends(match: re.Match[str]) -> Iterator[int]:
    yield match.end(1)
    if match.re.groups > 1 and match[2]:  # the last group may be another number
        yield match.start(2)


def _judged(shape: Shape, written: str, places: Sequence[int]) -> Hit | None:
    digits = _NO_DIGIT.sub("", written)
    for kind, holds in shape.judges:
        if holds(digits, written):
            note = _note(kind, digits, written)
            return _hit(kind, digits, note, places)
    return None


def _hit(kind: Kind, digits: str, note: str, places: Sequence[int]) -> Hit:
    if kind is Kind.MOBILE:
        digits = digits[-11:]  # without the country code
    head, tail = KEPT[kind]
    mask = f"{digits[:head]}{'*' * (len(digits) - head - tail)}{digits[-tail:]}"
    return Hit(kind, places[0], places[-1] + 1, mask, note, note not in _DOUBTS)


def _note(kind: Kind, digits: str, written: str) -> str:
    if kind is Kind.MOBILE and ("\t" in written or "\n" in written):
        return _A_DIGIT_A_CELL
    if kind is not Kind.ID:
        return ""
    if len(digits) == 15:
        return "of the old 15 digits"
    return "" if id_checksum_holds(digits) else _FAILS


def _other_thing(hit: Hit, text: str) -> bool:
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
    return bool(_INDEX_AFTER.match(after)) and uscc_valid(text[hit.start : hit.end])
