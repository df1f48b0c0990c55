"""The shapes of the numbers that name a person, and their check digits, as tables.

Region codes are not looked up: numbers carry codes that ended long ago (Mishan alone
has had five), so a list of today's codes would miss them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from govsync.model.codes import Code
from govsync.model.index_number import uscc_valid


class Kind(Code):
    """A kind of number that must not travel."""

    ID = "id-number", "resident ID number (身份证号码)"
    MOBILE = "mobile-number", "mobile phone number (手机号码)"
    CARD = "bank-card", "bank card number (银行卡号)"


Judge = Callable[[str, str], bool]
"""Given the digits alone, and the number as it was grouped."""


class Shape(NamedTuple):
    """How numbers are written, and which of them are of a kind."""

    pattern: re.Pattern[str]
    """Of a plain text: one character, then its group 1, up to the number's end."""
    before: re.Pattern[str] | None
    """What of the number stands before its second character; None: group 1 is all."""
    judges: tuple[tuple[Kind, Judge], ...]
    """The kinds that it may be, the likeliest first."""
    long: bool = False
    """Whether :mod:`govsync.rules.sketch` says where to look."""


class Issuer(NamedTuple):
    """Bank cards by their first digits and how many they have."""

    prefixes: tuple[str, ...]
    lengths: frozenset[int]


ISSUERS = (
    Issuer(("62",), frozenset({16, 17, 18, 19})),  # UnionPay
    Issuer(("9558", "9559", "6013"), frozenset({19})),  # older debit cards
    Issuer(("4",), frozenset({16, 19})),  # Visa; older debit cards have 19
    Issuer(("51", "52", "53", "54", "55"), frozenset({16})),  # Mastercard
    Issuer(("35", "6011"), frozenset({16})),  # JCB, Discover
    Issuer(("34", "37"), frozenset({15})),  # American Express
)
"""Issuer prefixes (ISO/IEC 7812) of the cards met in China."""
_PREFIXES = {
    length: tuple(p for one in ISSUERS if length in one.lengths for p in one.prefixes)
    for length in {length for one in ISSUERS for length in one.lengths}
}
"""Of cards, by how many digits they have."""
_ID_GROUPS = frozenset({(18,), (6, 8, 4), (6, 4, 4, 4), (6, 12), (14, 4), (17, 1)})
"""How people group an ID number: a failed check digit counts only so grouped."""
_ID_CELLS = _ID_GROUPS | {(6, 4, 2, 2, 4), (1,) * 18}
"""How tables part it over cells: in its parts, or a digit a cell."""
_CELL = re.compile(r"[\t\n]")
_OLD_GROUPS = frozenset({(15,), (6, 6, 3)})
_OWN_DAY = re.compile(r"(\D+)\d{4}(?!\1)(\D+)\d\d\2\d\d(?!\d)")
"""A date with marks of its own between two numbers: ``158300 2018-09-25 1234``."""
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_checksum_holds(number: str) -> bool:
    """Whether the last character of 18 is the right one (GB 11643)."""
    total = sum(int(c) * w for c, w in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def luhn_holds(number: str) -> bool:
    """Whether the check digit of a card number holds (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in reversed(number)]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_id_18(digits: str, written: str) -> bool:
    if not _is_day(int(digits[6:10]), digits[10:12], digits[12:14]):
        return False
    if _OWN_DAY.search(written):
        return False
    if _CELL.search(written):
        return id_checksum_holds(digits) and _groups(written) in _ID_CELLS
    if id_checksum_holds(digits):
        return True
    # A credit code may be of digits alone; one that holds is no mistyped ID.
    return _groups(written) in _ID_GROUPS and not uscc_valid(digits)


def _is_id_15(digits: str, written: str) -> bool:
    if len(digits) != 15 or _groups(written) not in _OLD_GROUPS:
        return False
    return _is_day(1900 + int(digits[6:8]), digits[8:10], digits[10:12])


def _is_mobile(digits: str, written: str) -> bool:
    del digits, written
    return True


def _is_mobile_in_cells(digits: str, written: str) -> bool:
    return len(digits) == 11 and bool(_CELL.search(written))


def _is_card(digits: str, written: str) -> bool:
    del written
    prefixes = _PREFIXES.get(len(digits))
    return prefixes is not None and digits.startswith(prefixes) and luhn_holds(digits)


def _is_day(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


def _groups(written: str) -> tuple[int, ...]:
    return tuple(map(len, re.findall("[0-9X]+", written)))


_MAYBE = r"[ .\-\t\n]{0,3}"
"""Between the digits of an ID number, which tables part over cells, too."""
_NEXT = r"[ \t\n]{1,3}"
"""From cell to cell."""
_GAP = r"[ .\-]{1,3}"


def _loose(*parts: str) -> str:
    return _MAYBE.join(parts)


def _begins(first: str, rest: str) -> re.Pattern[str]:
    """Compile a number by its first character; what is found may overlap.

    A pattern that begins with a plain character is searched for many times faster than
    one that begins with an assertion, or with a class of half the digits.
    """
    return re.compile(rf"{first}(?=({rest})(?:(?<=X)|(?![0-9])))")


_MONTH = f"(?:{_loose('0', '[1-9]')}|{_loose('1', '[0-2]')})"
_DAY = f"(?:{_loose('0', '[1-9]')}|{_loose('[12]', '[0-9]')}|{_loose('3', '[01]')})"
_ONE = "[0-9]"
_FROM_DECADE = _loose(_ONE, _ONE, _MONTH, _DAY, _ONE, _ONE, _ONE, "[0-9X]")
REGION = re.compile(rf"(?<![0-9]){_loose('[1-9]', *[_ONE] * 5)}{_MAYBE}\Z")
"""The first six digits of an ID number, where the day of birth follows."""
COUNTRY = re.compile(r"(?<![0-9])(?:(?:00)?86[ .\-]{0,3}|0)?\Z")
"""What may stand before a mobile number and belongs to it."""
_REST_MOBILE = (
    rf"[3-9][0-9](?:[0-9]{{8}}|{_GAP}[0-9]{{8}}|{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}})"
)
_FOURS = rf"[0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{2}}(?P<tail>{_GAP}[0-9]{{1,3}}(?![0-9]))?+"
_GROUPED = (
    r"[1-9][0-9]{3}(?:[0-9]{11,15}"
    rf"|[0-9]{{2}}{_GAP}[0-9]{{6}}(?:{_GAP}[0-9]{{3}}|[0-9]{{4,7}})"
    rf"|{_GAP}(?:[0-9]{{6}}{_GAP}[0-9]{{5}}|{_FOURS}))"
)
"""Of fifteen digits or more: cards, and ID numbers of the first generation."""

# The order matters: of two that begin at one place, the first is reported.
SHAPES = (
    Shape(
        _begins("1", rf"{_MAYBE}9{_MAYBE}{_FROM_DECADE}"),
        REGION,
        ((Kind.ID, _is_id_18),),
    ),
    Shape(
        _begins("2", rf"{_MAYBE}0{_MAYBE}{_FROM_DECADE}"),
        REGION,
        ((Kind.ID, _is_id_18),),
    ),
    Shape(
        _begins("[^0-9]", _GROUPED),
        None,
        ((Kind.ID, _is_id_15), (Kind.CARD, _is_card)),
        long=True,
    ),
    Shape(_begins("1", _REST_MOBILE), COUNTRY, ((Kind.MOBILE, _is_mobile),)),
    Shape(
        _begins("1", rf"{_NEXT}[3-9](?:{_NEXT}[0-9]){{9}}(?!{_NEXT}[0-9](?![0-9]))"),
        re.compile(rf"(?<![0-9])(?<![0-9]{_CELL.pattern})\Z"),
        ((Kind.MOBILE, _is_mobile_in_cells),),
    ),
)
