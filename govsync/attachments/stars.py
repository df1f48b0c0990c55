"""Put stars into numbers where they stand: ``138 **** 0001``, parts and cells kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.rules.digits import plain
from govsync.rules.numbers import KEPT, Hit, scan
from govsync.rules.persons import Told, in_text
from govsync.rules.shapes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_LENGTH_OF_MOBILE = 11


def starred(texts: Sequence[str], joints: Sequence[str]) -> list[str]:
    """Return texts with the numbers in them starred, also those that go over several.

    Args:
        texts: Pieces of one text.
        joints: What readers see after each piece: nothing, a tab or a line break.
    """
    joined = zip(texts, joints, strict=True)
    whole = "".join(part for pair in joined for part in pair)
    places = sorted(
        {place for hit in scan(whole) for place in _hidden(whole, hit)}
        | {place for told in in_text(whole) for place in _after(told)}
    )
    out, begin, at = [], 0, 0
    for text, joint in zip(texts, joints, strict=True):
        end = begin + len(text)
        characters = list(text) if at < len(places) and places[at] < end else None
        while characters and at < len(places) and places[at] < end:
            characters[places[at] - begin] = "*"
            at += 1
        out.append("".join(characters) if characters else text)
        begin = end + len(joint)
    return out


def _hidden(text: str, hit: Hit) -> list[int]:
    """Return the places of the digits that the mask hides."""
    digits = [i for i in range(hit.start, hit.end) if _is_digit(text[i])]
    head, tail = KEPT[hit.kind]
    if hit.kind is Kind.MOBILE:
        head += max(0, len(digits) - _LENGTH_OF_MOBILE)  # the country code
    return digits[head : len(digits) - tail]


def _after(told: Told) -> range:
    """Return the places that a mask such as ``裴德镇***`` hides."""
    head, tail = told.mask.partition("*")[0], told.mask.rpartition("*")[2]
    return range(told.start + len(head), told.end - len(tail))


def _is_digit(character: str) -> bool:
    return character not in "\t\n" and plain(character).text not in ("", " ", "-", ".")
