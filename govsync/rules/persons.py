"""What names a person without a number that proves itself: by the words beside it.

Home addresses below town or street (乡镇/街道), names of pupils, names where the
catalog row demands masks, accounts, passports and licences, fixed lines in lists.
Nothing is guessed from names alone: a column's head or a label says what it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import Severity
from govsync.rules.numbers import masked, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from govsync.model import Item

Rows = list[list[str]]
"""The cells of a table, row by row."""


class Told(NamedTuple):
    """Something that names a person, without what it is."""

    rule: str
    severity: Severity
    what: str
    mask: str
    start: int = 0
    """In the text, in characters from 0."""
    end: int = 0
    row: int = 0
    """In the table, from 1; 0 in a text."""
    column: int = 0


class _Column(NamedTuple):
    """What stands under a head, and when it tells of a person."""

    head: re.Pattern[str]
    kind: tuple[str, Severity, str]
    mask: Callable[[str], str]
    """The mask of a value; empty where the value passes."""
    beside: re.Pattern[str] | None = None
    """Another head that the table must have; None: any list of persons."""


_PERSON = re.compile(r"姓名|户主|申请人|受助人|救助对象|低保对象|特困人员|监护人|学生")
_BODY = re.compile(r"(?:企业|公司|单位|机构)名称|法定代表人")
"""Heads of lists of companies: their seats and phones are no secret."""
_NAME = re.compile(r"[\u4e00-\u9fff]{1,4}·?[\u4e00-\u9fff]{1,8}")
_NO_NAME = re.compile(r"[某*×Xx○]|合计|小计|总计|不详|无$")
_DOOR = re.compile(
    r"[0-9一二三四五六七八九十百]\s?(?:号|室|户|单元|栋|幢|组|门)|[0-9]-[0-9]"
)
_TOWN = re.compile(r".*?(?:街道|乡|镇)")
_MARK = re.compile(r"[*×]")
_FIXED = re.compile(r"(?:0[0-9]{2,3}[- ]?)?[2-8][0-9]{6,7}")
_ACCOUNT = re.compile(r"[0-9]{12,22}")
_PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{7,8}", re.IGNORECASE)


def _mask_name(value: str) -> str:
    if _NO_NAME.search(value) or not _NAME.fullmatch(value):
        return ""
    return value[0] + "*" * (len(value) - 1)


def _mask_address(value: str) -> str:
    if _MARK.search(value) or not _DOOR.search(value):
        return ""
    town = _TOWN.match(value)
    return f"{masked(town[0]) if town else ''}***"


def _mask_number(shape: re.Pattern[str]) -> Callable[[str], str]:
    def mask(value: str) -> str:
        digits = value.replace(" ", "")
        if not shape.fullmatch(digits) or any(scan(value)):
            return ""  # what proves itself is told of as what it is
        return digits[:2] + "*" * (len(digits) - 5) + digits[-3:]

    return mask


_ADDRESS = ("address", Severity.BLOCK, "home address below town (家庭住址)")
_MINOR = ("minor", Severity.BLOCK, "pupil's name (未成年人姓名)")
_NAMED = ("name", Severity.BLOCK, "name where the catalog row demands a mask (姓名)")
_PHONE = ("fixed-line", Severity.WARN, "fixed line beside a person's name (固定电话)")
_BANK = ("account", Severity.BLOCK, "account number of a person (银行账号)")
_PAPER = ("document", Severity.BLOCK, "passport or licence number (护照、驾驶证号)")

_COLUMNS = (
    _Column(re.compile(r"(?:住|地)址|住所|户籍所在地|现住地"), _ADDRESS, _mask_address),
    _Column(
        re.compile(r"学生|姓名"),
        _MINOR,
        _mask_name,
        beside=re.compile(r"年级|班级|监护人|家长|就读学校|所在学校|幼儿园"),
    ),
    _Column(re.compile(r"电话|联系方式"), _PHONE, _mask_number(_FIXED)),
    _Column(re.compile(r"账号|账户|卡号|一卡通"), _BANK, _mask_number(_ACCOUNT)),
    _Column(re.compile(r"护照"), _PAPER, _mask_number(_PASSPORT)),
    _Column(re.compile(r"驾驶证|驾照"), _PAPER, _mask_number(re.compile(r"[0-9]{12}"))),
)
_NAMES = _Column(_PERSON, _NAMED, _mask_name)
_DEMANDS = re.compile(
    r"去标识化|脱敏|隐去|隐名|匿名|屏蔽|姓名[^。;;]{0,6}(?:不公开|遮)"
)
_LONGEST_HEAD = 16
_MOST_HEADS = 4
"""So many rows may stand before the heads: titles, units, dates."""


class _Label(NamedTuple):
    """How a text says that a value follows."""

    word: str
    pattern: re.Pattern[str]
    kind: tuple[str, Severity, str]
    mask: Callable[[str], str]


def _label(
    word: str, value: str, kind: tuple[str, Severity, str], mask: Callable[[str], str]
) -> _Label:
    between = "[为是在]?" if kind is _ADDRESS else "[\u4e00-\u9fff]{0,6}"
    pattern = re.compile(rf"{word}{between}[::\s]{{0,3}}({value})")
    return _Label(word, pattern, kind, mask)


_UNTIL = r"[^,,。;;\n\t]{4,60}"
_HOME = ("address", Severity.WARN, "address with unit and room (单元、室)")
_LABELS = (
    _label("住址", _UNTIL, _ADDRESS, _mask_address),
    _label("家庭地址", _UNTIL, _ADDRESS, _mask_address),
    _label("户籍地址", _UNTIL, _ADDRESS, _mask_address),
    _label("护照", "[A-Za-z]{1,2}[0-9]{7,8}", _PAPER, _mask_number(_PASSPORT)),
    _label("驾驶证", "[0-9]{12}(?![0-9])", _PAPER, _mask_number(_ACCOUNT)),
    _Label(
        "单元", re.compile(r"([0-9]{1,3}单元[0-9]{2,5}室?)"), _HOME, lambda _: "***"
    ),
)


def in_text(text: str) -> Iterator[Told]:
    """Yield what labels in a text tell of persons."""
    taken: set[int] = set()
    for label in _LABELS:
        if label.word not in text:
            continue
        for match in label.pattern.finditer(text):
            mask = label.mask(match[1])
            if mask and taken.isdisjoint(range(*match.span(1))):
                taken.update(range(*match.span(1)))
                rule, severity, what = label.kind
                yield Told(f"privacy.{rule}", severity, what, mask, *match.span(1))


def in_rows(rows: Sequence[Sequence[str]], *, names: bool) -> Iterator[Told]:
    """Yield what a list of persons tells, by what heads its columns.

    Args:
        rows: The cells of a table; one of the first rows has the heads.
        names: Whether names are to be masked, as some catalog rows demand.
    """
    for number, heads in enumerate(rows[:_MOST_HEADS]):
        if any(map(_PERSON.search, heads)) and not any(map(_BODY.search, heads)):
            columns = list(_told_by(heads, names=names))
            for row, cells in enumerate(rows[number + 1 :], number + 2):
                yield from _in_row(row, cells, columns)
            return


def demands_masks(item: Item | None) -> bool:
    """Whether a catalog row says that names are to be masked (去标识化)."""
    return item is not None and bool(_DEMANDS.search(item.content))


def _told_by(heads: Sequence[str], *, names: bool) -> Iterator[tuple[int, _Column]]:
    for number, head in enumerate(heads):
        for column in (*_COLUMNS, *([_NAMES] if names else [])):
            others = [*heads[:number], *heads[number + 1 :]]
            beside = column.beside is None or any(map(column.beside.search, others))
            if beside and column.head.search(head) and len(head) < _LONGEST_HEAD:
                yield number, column
                break


def _in_row(
    row: int, cells: Sequence[str], columns: Sequence[tuple[int, _Column]]
) -> Iterator[Told]:
    for number, column in columns:
        if number >= len(cells):
            continue
        if mask := column.mask(cells[number].strip()):
            rule, severity, what = column.kind
            yield Told(
                f"privacy.{rule}", severity, what, mask, row=row, column=number + 1
            )
