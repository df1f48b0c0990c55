"""A page of five hundred awkward records, the same at each run."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from govsync.model import Attachment, ItemRef, Record, Relation, RelationKind, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 500
_TEXTS = (
    "关于公布权责清单的通知",
    "𠮷野家与𡈽地",
    "表情 👨‍👩‍👧‍👦 与 🇨🇳",
    "结束 ]]> 标记",
    "A&B 与 &amp; 与 &nbsp;",
    "五 < 六 > 四",
    "<b>粗</b>体",
    "分行\u2028之后",
    "引号 “” \" ' ‘’",
    "全角（括号）、顿号；冒号：",
    "很长" * 150,
    "ﬁ ①② ㈱ ½ é",
    "𝒜𝓁𝓅𝒽𝒶 العربية עברית",
    "100% + 1/2 = ?",
)
_LINKS = (
    "https://www.example.gov.cn/info/{n}.html",
    "https://www.example.gov.cn/info?id={n}&type=a&b=",
    "https://www.example.gov.cn/政务公开/{n}/公告 一.html",
    "http://例子.测试:8080/{n}?q=中文&r=100%#片段",
    "https://www.example.gov.cn/%E5%85%AC/{n}%20a.html",
)
_BODIES = (
    "",
    "<p>一、范围 &amp; 期限</p>",
    '<p>见 <a href="https://www.example.gov.cn/a?b=1&amp;c=2">附件</a></p>',
    "<table><tr><td>甲</td><td>乙 &lt; 丙</td></tr></table>",
    "<p>𠮷 👍 ]]&gt; \u2028</p>",
)
# None before 1970: newsboat keeps seconds without a sign.
_DATES = (
    datetime(1970, 1, 2, 22, 59, 59, tzinfo=UTC),
    datetime(2000, 2, 29, tzinfo=UTC),
    datetime(2026, 3, 1, 3, 59, 59, 999_999, tzinfo=UTC),
    datetime(2099, 12, 31, 16, tzinfo=UTC),
)


def page(size: int = SIZE) -> list[Record]:
    """Return that many records, each with an address of its own."""
    return [*_records(size)]


def _records(size: int) -> Iterator[Record]:
    chance = random.Random(20260301)
    for number in range(size):
        published = chance.choice(_DATES) + timedelta(days=chance.randrange(30))
        given: dict[str, Any] = {
            "id": f"{chance.choice(('n', '编号 甲'.replace(' ', '/')))}-{number}",
            "title": f"{chance.choice(_TEXTS)} {number}",
            "issuer": chance.choice(("示例市人民政府", "示例市 A&B 局")),
            "link": chance.choice(_LINKS).format(n=number),
            "body": chance.choice(_BODIES),
            "summary": chance.choice(("", *_TEXTS)),
            "published": published,
            "keywords": tuple(chance.sample(_TEXTS, chance.randrange(4))),
        }
        yield Record.model_validate(given | _more(chance, number, published))


def _more(chance: random.Random, number: int, published: datetime) -> dict[str, Any]:
    """Give one in three what most records have not."""
    if chance.randrange(3):
        return {}
    return {
        "updated": published + timedelta(hours=1, microseconds=number),
        "item": ItemRef(area="征地补偿", level1="征地<报批>"),
        "stage": chance.choice([*Stage]),
        "co_issuers": ("示例市财政局",),
        "relation": Relation(kind=RelationKind.INTERPRETS, target="编号/1 甲"[:4]),
        "attachments": (
            Attachment(
                name='附件 "一".pdf',
                href=f"https://www.example.gov.cn/附件/{number}.pdf?a=1&b=2",
                media_type="application/pdf",
                size=number,
            ),
        ),
        "extra": {"备注 <1>": "值 & 更多"},
    }
