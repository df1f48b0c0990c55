"""A phrase of a catalog, made plain, and where each character of it stood.

Full-width forms, radicals that PDF files leave behind, blanks and line breaks inside a
cell, and the misreadings that occur in published tables.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_MISREAD = (
    (re.compile(r"工做日|工作曰|工作目(?!标)|工作口(?=内)|工昨日"), "工作日"),
    (re.compile(r"之曰(?=起)"), "之日"),
    (re.compile(r"公幵|公廾"), "公开"),
    (re.compile(r"個"), "个"),
    (re.compile(r"內"), "内"),
    (re.compile(r"(?<=\d)[oO〇](?=个|工|日|天|\d)"), "0"),
    (re.compile(r"(?<![A-Za-z])[lI](?=\d)|(?<=\d)[lI](?=个|工|日|天|\d)"), "1"),
)
"""What was misread, and as long a text that it stands for."""
_CIRCLED = re.compile("[\u2460-\u24ff\u2776-\u2793]")
_LINE_END = re.compile(
    r"\s*\n\s*(?=[①-⑳●·○〇▪◆]|[(（]?\d{1,2}[.、．)）](?!\d)"
    r"|[(（]?[一二三四五六七八九十][、)）])"
)
"""A line break before a number or a bullet: it parts; any other only wraps."""


class Plain(NamedTuple):
    """Some plain text; character by character, its place in the phrase as printed."""

    text: str
    places: tuple[int, ...]
    mended: bool = False
    """Whether a misreading was put right."""

    @classmethod
    def of(cls, raw: str) -> Plain:
        """Make a phrase plain."""
        marked = _LINE_END.sub(lambda m: ";".ljust(len(m[0])), raw)
        kept = [(i, c) for i, c in enumerate(marked) if not c.isspace()]
        kept = [(i, c) for i, c in kept if unicodedata.category(c) not in {"Cf", "Cc"}]
        text = "".join(_narrow(c) for _, c in kept)
        mended = text
        for misread, meant in _MISREAD:
            mended = misread.sub(meant, mended)
        return cls(mended, tuple(i for i, _ in kept), mended != text)

    def part(self, begin: int, end: int) -> Plain:
        """Return what stands between two offsets."""
        return self._replace(text=self.text[begin:end], places=self.places[begin:end])

    def without(self, begin: int, end: int) -> Plain:
        """Return what is left when something is cut out."""
        return self._replace(
            text=self.text[:begin] + self.text[end:],
            places=self.places[:begin] + self.places[end:],
        )

    @property
    def span(self) -> tuple[int, int]:
        """Where it begins in the phrase, and where it ends; of no empty text."""
        return self.places[0], self.places[-1] + 1


def _narrow(character: str) -> str:
    if _CIRCLED.match(character):
        return character
    narrow = unicodedata.normalize("NFKC", character)
    # One character for one: every place must stay true.
    return narrow if len(narrow) == 1 else character
