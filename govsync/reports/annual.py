"""Annual figures: what was published in the year, by item of article 20 (条例).

Counts for the tables of 国办公开办函〔2021〕30号 that publications can give; decisions,
fees and applications are other offices' counts and are said to be unknown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from govsync.reports.document import UNKNOWN, Figure, Lists, Section, Table
from govsync.reports.facts import ARTICLE_20_COLUMN, VALIDITY_COLUMN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.reports.document import Row
    from govsync.reports.facts import Fact, Facts

_AROUND = re.compile(r"[\s第()()项]")
_VOID = ("废止", "失效", "宣布失效")
_DIGITS = {name: number for number, name in enumerate("一二三四五六七八九十", 1)}
_DIGITS |= {f"十{name}": 10 + number for name, number in list(_DIGITS.items())[:5]}
_OTHERS_COUNT = (
    ("第(五)项 行政许可", "本年处理决定数量"),
    ("第(六)项 行政处罚", "本年处理决定数量"),
    ("第(六)项 行政强制", "本年处理决定数量"),
    ("第(八)项 行政事业性收费", "本年收费金额"),
)
"""What the form asks that no publication tells."""


class ArticleItem(NamedTuple):
    """One item of article 20."""

    number: int
    text: str
    words: tuple[str, ...]


@cache
def article_20() -> tuple[ArticleItem, ...]:
    """Return the items that govsync ships."""
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath("article20.toml").read_text(encoding="utf-8")
    return tuple(
        ArticleItem(one["number"], one["text"], tuple(one["words"]))
        for one in tomllib.loads(text)["items"]
    )


def item_of(fact: Fact) -> int | None:
    """Return the item of article 20 that a record falls under; None: nobody said.

    The record's own column prevails; else the words of its catalog row tell.
    """
    told = fact.extra.get(ARTICLE_20_COLUMN, "")
    if told := _AROUND.sub("", told):
        number = int(told) if told.isdecimal() else _DIGITS.get(told)
        return number if number in range(1, 16) else None
    if fact.item is None:
        return None
    name = "".join(fact.item.parts)
    for one in article_20():
        if any(word in name for word in one.words):
            return one.number
    return None


def section(facts: Facts) -> Section:
    """Return the section of the year's figures."""
    lists = Lists(section="annual")
    of_year = [one for one in facts.public if _year(facts, one) == facts.as_of.year]
    by_item: dict[int | None, list[Fact]] = {}
    for one in of_year:
        by_item.setdefault(item_of(one), []).append(one)
    unsaid = by_item.get(None, [])
    return Section(
        key="annual",
        title=f"{facts.as_of.year} 年主动公开情况 (条例第二十条)",
        notes=(
            (
                f"归类以信息的“{ARTICLE_20_COLUMN}”列为准, 无该列的按目录事项名称归类;"
                "两者都不能确定的列为未归类, 不作推测。"
            ),
        ),
        figures=(
            Figure(
                key="published",
                label="本年主动公开信息",
                value=len(of_year),
                listing=lists.add("published", "本年主动公开信息", of_year, _by_issuer),
            ),
            Figure(
                key="unsaid",
                label="未归类",
                value=len(unsaid),
                listing=lists.add("unsaid", "未归类的信息", unsaid, _by_issuer),
            ),
        ),
        tables=(_items(by_item, lists), _form(facts, lists)),
        listings=tuple(lists.made),
    )


def _year(facts: Facts, fact: Fact) -> int | None:
    published = facts.published(fact)
    return published.year if published else None


def _items(by_item: dict[int | None, list[Fact]], lists: Lists) -> Table:
    rows, links = [], []
    for one in article_20():
        found = by_item.get(one.number, [])
        rows.append((f"({_numeral(one.number)})", one.text, str(len(found))))
        links.append(lists.add(f"item-{one.number}", one.text, found, _by_issuer))
    return Table(
        key="items",
        title="按第二十条各项",
        header=("项", "内容", "本年公开"),
        rows=tuple(rows),
        links=tuple(links),
    )


def _by_issuer(fact: Fact) -> Row:
    return fact.told(fact.issuer)


def _numeral(number: int) -> str:
    return next(name for name, value in _DIGITS.items() if value == number)


def _form(facts: Facts, lists: Lists) -> Table:
    documents = [
        one for one in facts.records if one.document_number and item_of(one) == 1
    ]
    made = [one for one in documents if _made(one) == facts.as_of.year]
    void = [one for one in documents if _void(one)]
    standing = [one for one in documents if not _void(one) and facts.published(one)]
    told: Sequence[tuple[str, str, list[Fact]]] = (
        ("made", "本年制发件数", made),
        ("void", "废止、失效或撤回件数", void),
        ("standing", "现行有效件数", standing),
    )
    rows = [("第(一)项 规范性文件", label, str(len(found))) for _, label, found in told]
    links = [
        lists.add(key, label, found, lambda one: one.told(one.document_number))
        for key, label, found in told
    ]
    rows += [(name, what, UNKNOWN) for name, what in _OTHERS_COUNT]
    return Table(
        key="form",
        title="年度报告表二 (国办公开办函〔2021〕30号)",
        header=("项", "指标", "数量"),
        rows=tuple(rows),
        links=(*links, *("" for _ in _OTHERS_COUNT)),
    )


def _made(fact: Fact) -> int | None:
    day = fact.formed or fact.issued
    return day.year if day else None


def _void(fact: Fact) -> bool:
    return fact.withdrawn or fact.extra.get(VALIDITY_COLUMN, "").strip() in _VOID
