"""Query codes (查询码): eleven random digits and one that checks them. Pure.

The last digit is that of H. M. Damm (2004): it finds every single wrong digit and
every swap of two neighbours, which is how people mistype a number that they were told.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from govsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = 12
"""Digits of a code. Of 10,000 open matters, one guess in ten million hits one."""
_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""The quasigroup of order 10 of Damm's thesis: rows by what came before."""
_BETWEEN = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014")


def new_code(draw: Callable[[int], int]) -> str:
    """Return a fresh code.

    Args:
        draw: Gives a number from 0 to below a bound that nobody can guess, as
            :func:`secrets.randbelow`.

    >>> new_code(lambda bound: 0)
    '000000000000'
    """
    body = f"{draw(10 ** (LENGTH - 1)):0{LENGTH - 1}d}"
    return body + str(_check(body))


def shown(code: str) -> str:
    """Return a code as people read it out.

    >>> shown("123456789018")
    '1234-5678-9018'
    """
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read_code(text: str) -> str:
    """Return the code that somebody typed, with or without hyphens, in any width.

    Raises:
        UsageError: It is none; says whether a digit is wrong or missing.
    """
    code = unicodedata.normalize("NFKC", text).strip().translate(_BETWEEN)
    if not (code.isascii() and code.isdigit() and len(code) == LENGTH):
        raise UsageError(
            f"{text[:40]!r} is no query code", mend=f"a code has {LENGTH} digits"
        )
    if _check(code):
        raise UsageError(
            f"{shown(code)} is no query code", mend="a digit is wrong, or two swapped"
        )
    return code


def _check(digits: str) -> int:
    """Return the digit that follows; 0 where the last one is right."""
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return interim
