"""Text that was GB 18030: code points of its first edition put right."""

from __future__ import annotations

import re

# GB 18030-2022 gives these 18 code points characters of Unicode; Python's codec still
# decodes the first edition's private use. The standard's own list of changed mappings.
_CHANGED = {
    0xE78D: 0xFE10,
    0xE78E: 0xFE12,
    0xE78F: 0xFE11,
    0xE790: 0xFE13,
    0xE791: 0xFE14,
    0xE792: 0xFE15,
    0xE793: 0xFE16,
    0xE794: 0xFE17,
    0xE795: 0xFE18,
    0xE796: 0xFE19,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE832: 0x9FB8,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE864: 0x9FBB,
}
_PRIVATE = re.compile("[\ue78d-\ue796\ue81e-\ue864]")


def current(text: str) -> str:
    """Return text with the private-use code points of old GB 18030 put right."""
    return text.translate(_CHANGED) if _PRIVATE.search(text) else text
