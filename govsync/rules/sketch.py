"""Where long numbers may begin: found in a sketch, faster than in the text.

A sketch has a byte for each character: ``0`` for a digit, a blank for what may part
groups, ``a`` for all else. In it the groups of a card number are fixed strings, which
are searched for many times faster than classes of characters in the text itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES = {**dict.fromkeys(b"0123456789", b"0"), **dict.fromkeys(b" .-", b" ")}
_TABLE = b"".join(_CLASSES.get(byte, b"a") for byte in range(256))
_NUMBERS = (
    # In fours, or as American Express does.
    rb"0000 (?= {0,2}(?:0000 {1,3}0000|000000 {1,3}00000)(?!0))",
    # Older cards, and ID numbers of the first generation.
    rb"000000 (?= {0,2}000000(?: {1,3}000|0{4,7})(?!0))",
    b"0" * 15,
)
"""How they begin: with a fixed string, which the engine searches for fastest."""
_PATTERNS = tuple(
    re.compile(border + number) for number in _NUMBERS for border in (b" ", b"a")
)


def borders(text: str) -> Iterator[int]:
    """Yield after which characters a number of fifteen digits or more may begin.

    None is missed; what is found is to be looked at.

    Args:
        text: Plain, and padded: no number begins with its first character.
    """
    sketch = text.encode("latin-1", "replace").translate(_TABLE)
    for pattern in _PATTERNS:
        match = pattern.search(sketch)
        while match:
            yield match.start()
            # The next group may begin a number, too.
            match = pattern.search(sketch, match.start() + 1)
