"""Runs of digits in a text, with what people put between them, made plain.

The cheap first pass of :mod:`govsync.rules.numbers`: full-width and mathematical digits
count as digits; blanks, hyphens and dots may part groups; characters that nobody sees
part nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DIGIT = "0-9\uff10-\uff19\U0001d7ce-\U0001d7ff"
_X = "Xx\uff38\uff58\u2169\u2179"
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u20e3"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_BLANKS = " \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HYPHENS = "\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DOTS = ".\xb7\u2022\u30fb\uff0e"
_BETWEEN = f"[{_UNSEEN}]*(?:[{_BLANKS}{_HYPHENS}{_DOTS}][{_UNSEEN}]*){{0,3}}"
# Possessive: a run of a million digits must not keep a million ways back.
_RUN = re.compile(f"[{_DIGIT}](?:{_BETWEEN}[{_DIGIT}]){{10,}}+(?:{_BETWEEN}[{_X}])?")
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]")


class Run(NamedTuple):
    """At least eleven digits, perhaps an X at the end, with what parts them."""

    plain: str
    """Digits as ``0-9``, the X as ``X``, without what nobody sees."""
    places: Sequence[int]
    """Where each character of it stands in the text, from 0."""


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of a text from left to right, in linear time."""
    for match in _RUN.finditer(text):
        written = match[0]
        if written.isascii():
            places: Sequence[int] = range(match.start(), match.end())
            yield Run(written.upper(), places)
        else:
            yield _plain(written, match.start())


def _plain(written: str, start: int) -> Run:
    seen = [i for i, c in enumerate(written) if not _UNSEEN_ONE.match(c)]
    # Of the characters of a run, NFKC makes one of one.
    plain = unicodedata.normalize("NFKC", "".join(written[i] for i in seen))
    return Run(plain.upper(), [start + i for i in seen])
