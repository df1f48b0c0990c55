"""Find the numbers that name a person: resident IDs, mobile phones, bank cards.

A scan has two passes. One cheap expression finds runs of at least eleven digits, with
what may stand between them; only in those runs are the shapes below looked for. Both
are linear in the length of the text.

Region codes are not looked up: numbers carry codes that ended long ago (Mishan alone
has had five), so a list of today's codes would miss them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from govsync.model.codes import Code
from govsync.model.index_number import uscc_valid


class Kind(Code):
    """A kind of number that must not travel."""

    ID = "id-number", "居民身份证号码"
    MOBILE = "mobile-number", "手机号码"
    CARD = "bank-card", "银行卡号"


class Hit(NamedTuple):
    """A number in a text, without the number."""

    kind: Kind
    start: int
    """In characters from 0."""
    end: int
    masked: str
    """As the rules for publication mask it: ``138****0001``."""
    note: str = ""
    """What is doubtful about it."""


class _Shape(NamedTuple):
    kind: Kind
    pattern: re.Pattern[str]
    holds: Callable[[str, str], bool]
    """Given the digits and the number as it was grouped."""


class _Issuer(NamedTuple):
    prefixes: tuple[str, ...]
    lengths: frozenset[int]


_DIGIT = "0-90-9\U0001d7ce-\U0001d7ff"
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u20e3"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_BLANKS = " \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HYPHENS = "\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DOTS = ".\xb7\u2022\u30fb\uff0e"
_BETWEEN = f"[{_UNSEEN}]*(?:[{_BLANKS}{_HYPHENS}{_DOTS}][{_UNSEEN}]*){{0,3}}"
# Possessive: a run of a million digits must not keep a million ways back.
_RUN = re.compile(
    f"[{_DIGIT}](?:{_BETWEEN}[{_DIGIT}]){{10,}}+(?:{_BETWEEN}[XxXxⅩⅹ])?"
)
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]")

# In a run there are only digits, an X at its end, and what stands between groups.
_MAYBE = "[^0-9X]{0,3}"
_GAP = "[^0-9X]{1,3}"


def _loose(*digits: str) -> str:
    """Join the digits of a pattern so that anything may stand between them."""
    return _MAYBE.join(digits)


_D = "[0-9]"
_MONTH = f"(?:{_loose('0', '[1-9]')}|{_loose('1', '[0-2]')})"
_DAY = f"(?:{_loose('0', '[1-9]')}|{_loose('[12]', _D)}|{_loose('3', '[01]')})"
_CENTURY = f"(?:{_loose('1', '9')}|{_loose('2', '0')})"
_REGION = _loose("[1-9]", _D, _D, _D, _D, _D)
_ID_18 = _loose(_REGION, _CENTURY, _D, _D, _MONTH, _DAY, _D, _D, _D, "[0-9X]")
_ID_15 = rf"[1-9]\d{{5}}(?:{_GAP})?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_15 += rf"(?:{_GAP})?\d{{3}}"
_MOBILE = rf"(?:(?:00)?86{_MAYBE}|0)?1[3-9]\d"
_MOBILE += rf"(?:\d{{8}}|{_GAP}\d{{8}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}})"
_CARD_FOURS = rf"\d{{4}}(?:{_GAP}\d{{4}}){{3}}"


def _standing(pattern: str) -> re.Pattern[str]:
    """Compile a number with no digit beside it; matches may overlap."""
    return re.compile(rf"(?<![0-9])(?=({pattern})(?![0-9]))", re.ASCII)


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_GROUPS = frozenset({(18,), (6, 8, 4), (6, 4, 4, 4), (6, 12), (14, 4), (17, 1)})
"""How people group an ID number: a failed check digit counts only so grouped."""
_ISSUERS = (
    _Issuer(("62",), frozenset({16, 17, 18, 19})),  # UnionPay
    _Issuer(("9558", "9559", "6013"), frozenset({19})),  # older debit cards
    _Issuer(("4",), frozenset({16, 19})),  # Visa; older debit cards have 19
    _Issuer(("51", "52", "53", "54", "55"), frozenset({16})),  # Mastercard
    _Issuer(("35", "6011"), frozenset({16})),  # JCB, Discover
    _Issuer(("34", "37"), frozenset({15})),  # American Express
)
"""Issuer prefixes (ISO/IEC 7812) and how many digits their cards have."""


def id_checksum_holds(number: str) -> bool:
    """Whether the last character of 18 is the right one (GB 11643, ISO 7064)."""
    total = sum(int(c) * w for c, w in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def luhn_holds(number: str) -> bool:
    """Whether the check digit of a card number holds (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in reversed(number)]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _groups(written: str) -> tuple[int, ...]:
    return tuple(map(len, re.findall("[0-9X]+", written)))


def _is_id_18(digits: str, written: str) -> bool:
    if not _is_day(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])):
        return False
    if id_checksum_holds(digits):
        return True
    # A credit code may be of digits alone; one that holds is no mistyped ID.
    return _groups(written) in _ID_GROUPS and not uscc_valid(digits)


def _is_id_15(digits: str, written: str) -> bool:
    del written
    return _is_day(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))


def _is_card(digits: str, written: str) -> bool:
    del written
    known = any(
        digits.startswith(issuer.prefixes) and len(digits) in issuer.lengths
        for issuer in _ISSUERS
    )
    return known and luhn_holds(digits)


def _is_mobile(digits: str, written: str) -> bool:
    del digits, written
    return True


# The order matters: of two that begin at one place, the first is reported.
_SHAPES = (
    _Shape(Kind.ID, _standing(_ID_18), _is_id_18),
    _Shape(Kind.ID, _standing(_ID_15), _is_id_15),
    _Shape(Kind.MOBILE, _standing(_MOBILE), _is_mobile),
    _Shape(Kind.CARD, _standing(r"\d{15,19}"), _is_card),
    _Shape(Kind.CARD, _standing(rf"{_CARD_FOURS}{_GAP}\d{{1,3}}"), _is_card),
    _Shape(Kind.CARD, _standing(_CARD_FOURS), _is_card),
    _Shape(Kind.CARD, _standing(rf"\d{{6}}{_GAP}\d{{10,13}}"), _is_card),
    _Shape(Kind.CARD, _standing(rf"\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{5}}"), _is_card),
)
_KEPT = {Kind.ID: (2, 3), Kind.MOBILE: (3, 4), Kind.CARD: (4, 4)}
"""How many characters a mask leaves, before and after the stars."""
# 元 alone after the digits makes a sum; 万 may be the name of who is called.
_SUM_AFTER = re.compile(r"(?:\.\d+)? ?[万亿]?元|\.\d\d(?![\d.、])")
_SUM_BEFORE = re.compile(r"[¥$] ?$")
_INDEX_AFTER = re.compile(r"/(?:19|20)\d{2,4}-")


def scan(text: str) -> Iterator[Hit]:
    """Yield the numbers in a text, from left to right, never two at one place."""
    for run in _RUN.finditer(text):
        end = 0
        for hit in _in_run(text, run):
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


def _in_run(text: str, run: re.Match[str]) -> list[Hit]:
    plain = _plain(run[0])
    found = [
        (match.start(1), order, match.end(1), shape)
        for order, shape in enumerate(_SHAPES)
        for match in shape.pattern.finditer(plain)
    ]
    places = _places(run[0], plain)
    hits = []
    for start, _, end, shape in sorted(found, key=lambda entry: entry[:2]):
        written = plain[start:end]
        digits = re.sub("[^0-9X]", "", written)
        begins, ends = (run.start() + places[i] for i in (start, end - 1))
        if shape.holds(digits, written) and not _means_else(
            shape.kind, digits, text[max(0, begins - 2) : begins], text[ends + 1 :][:12]
        ):
            hits.append(_hit(shape.kind, digits, begins, ends + 1))
    return hits
