"""Text made plain for the search for numbers: digits as ``0-9``, nothing unseen.

Full-width, mathematical and Chinese digits count as digits; blanks, hyphens and dots
may part groups; characters that nobody sees part nothing. All in linear time.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u20e3"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_BLANKS = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DOTS = "\xb7\u2022\u30fb\uff0e"
_DIGITS = "\uff10-\uff19\U0001d7ce-\U0001d7ff"
_X = "x\uff38\uff58\u2169\u2179"
_ODD = re.compile(f"[{_UNSEEN}{_BLANKS}{_HYPHENS}{_DOTS}{_DIGITS}{_X}]")
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]+")
_BLANK = re.compile(f"[{_BLANKS}]")
_HYPHEN = re.compile(f"[{_HYPHENS}]")
_DOT = re.compile(f"[{_DOTS}]")
_ROWS = ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○幺貳參肆伍陸柒捌玖")
"""Chinese digits in order; 幺 is how one is read aloud in numbers."""
_NUMERALS = {ord(c): str(i) for row in _ROWS for i, c in enumerate(row)}
NUMERAL = "".join(map(chr, _NUMERALS))
"""For classes of characters."""
_SPOKEN = re.compile(rf"[{NUMERAL}](?:[ .\-]{{0,3}}[{NUMERAL}0-9X]){{5,}}+")
_NUMERAL_ONE = re.compile(f"[{NUMERAL}]")
_FEWEST = 3
"""Fewer of them before digits are the end of a word: 张三 138…"""
_BEFORE = re.compile(r"(?:[0-9][ .\-]{0,3})+\Z")


class Plain(NamedTuple):
    """A text made plain, or a part of it."""

    text: str
    places: Sequence[int]
    """Where each character of it stands in the text it was made of, from 0."""


def plain(text: str) -> Plain:
    """Return the text with digits, X, blanks, hyphens and dots of ASCII alone."""
    if text.isascii():
        return Plain(text.replace("x", "X"), range(len(text)))
    if not _ODD.search(text):
        return Plain(text, range(len(text)))
    places: Sequence[int] = range(len(text))
    if _UNSEEN_ONE.search(text):
        ends = [0, *(m.end() for m in _UNSEEN_ONE.finditer(text))]
        starts = [*(m.start() for m in _UNSEEN_ONE.finditer(text)), len(text)]
        places = [i for a, b in zip(ends, starts, strict=True) for i in range(a, b)]
        text = _UNSEEN_ONE.sub("", text)
    return Plain(_ODD.sub(_plain_one, text), places)


def spoken(whole: Plain) -> Iterator[Plain]:
    """Yield the parts of a plain text that are written in Chinese digits."""
    if whole.text.isascii():
        return
    for match in _SPOKEN.finditer(whole.text):
        if len(_NUMERAL_ONE.findall(match[0])) < _FEWEST:
            continue
        # Digits may stand before: 138零四六七0001.
        before = _BEFORE.search(whole.text, max(0, match.start() - 40), match.start())
        start = before.start() if before else match.start()
        part = whole.text[start : match.end()].translate(_NUMERALS)
        yield Plain(part, whole.places[start : match.end()])


def _plain_one(match: re.Match[str]) -> str:
    return _TABLE[match[0]]


class _Table(dict[str, str]):
    """By odd character, what it is; filled as they are met."""

    def __missing__(self, character: str) -> str:
        marks = ((_BLANK, " "), (_HYPHEN, "-"), (_DOT, "."))
        # One digit, or an X: NFKC makes one character of each.
        digit = unicodedata.normalize("NFKC", character).upper()
        shown = next((to for one, to in marks if one.match(character)), digit)
        self[character] = shown
        return shown


_TABLE = _Table()
