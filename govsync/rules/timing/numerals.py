"""Numbers as catalogs write them: ``20``, ``二十``, ``廿``, ``一百二十``, ``两``."""

from __future__ import annotations

NUMBER = r"(?:\d{1,3}(?!\d)|[一二两三四五六七八九十百廿卅]{1,5})"
"""A number below 1000, as an expression."""
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"廿": 20, "卅": 30}


def number_of(written: str) -> int | None:
    """Return the number that is written, or None where it is none.

    >>> number_of("二十"), number_of("一百二十"), number_of("十百")
    (20, 120, None)
    """
    if written.isascii():
        return int(written) if written.isdigit() else None
    hundreds, mark, rest = written.rpartition("百")
    if mark and hundreds not in _DIGITS:
        return None
    below = _below_hundred(rest) if rest or not mark else 0
    if below is None:
        return None
    return 100 * _DIGITS.get(hundreds, 0) + below


def _below_hundred(written: str) -> int | None:
    if written[:1] in _TENS:
        tens, ones = _TENS[written[0]], written[1:]
    elif "十" in written:
        lead, _, ones = written.partition("十")
        if lead and lead not in _DIGITS:
            return None
        tens = 10 * _DIGITS.get(lead, 1)
    else:
        tens, ones = 0, written
    if ones and ones not in _DIGITS:
        return None
    return tens + _DIGITS.get(ones, 0)
