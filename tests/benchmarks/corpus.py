"""Seeded Chinese records for the benchmarks, as big as those of a county's site.

A title of 12 to 34 characters, a summary of 120, a body of 560, three of twelve
keywords, an address with ``&``, two moments: what every feed library can carry.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from govsync.model.base import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAN = "".join(map(chr, range(0x4E00, 0x5A00)))
_KEYWORDS = (
    "公共法律服务", "扶贫", "教育", "医疗", "住房", "就业", "环境保护", "食品安全",
    "社会救助", "土地", "税收", "户籍",
)  # fmt: skip
_BEGIN = datetime(2020, 1, 1, tzinfo=SHANGHAI)
_TEXT = 20_000


def plain(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the fields of as many records; the same for the same seed."""
    chance = random.Random(seed)
    text = "".join(chance.choices(_HAN, k=_TEXT))

    def some(length: int) -> str:
        start = chance.randrange(_TEXT - length)
        return text[start : start + length]

    for number in range(count):
        published = _BEGIN + timedelta(seconds=chance.randrange(100_000_000))
        yield {
            "id": f"11610800/2020-{number:06d}",
            "title": some(chance.randrange(12, 35)),
            "summary": some(120),
            "body": (
                f"<p>{some(180)}</p><p>{some(180)} &amp; <strong>{some(100)}</strong>"
                f"</p><p>{some(100)}</p>"
            ),
            "issuer": "榆林市司法局",
            "keywords": tuple(chance.sample(_KEYWORDS, 3)),
            "link": f"https://www.example.gov.cn/info/{number}.html?a=1&b=2",
            "published": published,
            "updated": published + timedelta(hours=1),
        }
