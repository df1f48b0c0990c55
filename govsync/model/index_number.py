"""Index numbers (索引号): read in every kind seen, issued only in the two proper kinds.

《政府信息公开目录系统实施指引(试行)》 part 2: "每条信息唯一不变的标识", an organisation
code (GB 11714, nine characters) or a unified social credit code (GB 32100, eighteen),
a slash, the year, a hyphen and a serial of five digits.
"""

from __future__ import annotations

import re
from typing import Self

from govsync.errors import IndexNumberError
from govsync.model.base import Value
from govsync.model.codes import Code

_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class IndexKind(Code):
    """The kinds of index number that official records carry."""

    ORG_CODE = "org_code", "组织机构代码/年-序号"
    USCC = "uscc", "统一社会信用代码/年-序号"
    USCC_MONTH = "uscc_month", "统一社会信用代码/年月-序号"
    ORG_CODE_HYPHEN = "org_code_hyphen", "组织机构代码(带连字符)/年-序号"
    DATE_SERIAL = "date_serial", "日期-序号"
    SIX_PARTS = "six_parts", "六段式"
    NAMED = "named", "机构简称/年-序号"
    BROKEN = "broken", "含None或null"
    OTHER = "other", "其他"


# The order matters: the first that matches names the kind.
_SHAPES = (
    (IndexKind.BROKEN, r"(?i).*(?:\bnone\b|null).*"),
    (
        IndexKind.ORG_CODE,
        r"(?P<body>[0-9A-Z]{8}[0-9X])/(?P<year>\d{4})-(?P<serial>\d{5})",
    ),
    (IndexKind.USCC, r"(?P<body>[0-9A-Z]{18})/(?P<year>\d{4})-(?P<serial>\d{5})"),
    (
        IndexKind.USCC_MONTH,
        r"(?P<body>[0-9A-Z]{18})/(?P<year>\d{4})(?:0[1-9]|1[0-2])-(?P<serial>\d{5})",
    ),
    (
        IndexKind.ORG_CODE_HYPHEN,
        r"(?P<body>[0-9A-Z]{7,8}-[0-9X])/(?P<year>\d{4})-(?P<serial>\d+)",
    ),
    (IndexKind.DATE_SERIAL, r"(?P<year>\d{4})\d{4}-(?P<serial>\d+)"),
    (
        IndexKind.SIX_PARTS,
        r"(?P<body>\w+-\w+-\w+-\w+)-(?P<year>\d{4})\d{4}-(?P<serial>\d+)",
    ),
    (IndexKind.NAMED, r"(?P<body>[A-Za-z]\w*)/(?P<year>\d{4})-(?P<serial>\d+)"),
)
_SHAPES_COMPILED = tuple((kind, re.compile(shape, re.ASCII)) for kind, shape in _SHAPES)


class IndexNumber(Value):
    """An index number, taken apart as far as its kind allows."""

    text: str
    """The number as it was written."""
    kind: IndexKind
    body_code: str = ""
    """The code of the body that made it, without hyphen; may be empty."""
    year: int | None = None
    serial: str = ""
    """The serial, leading zeros kept."""
    checked: bool | None = None
    """Whether the code's check digit holds; None where the kind has none."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take an index number apart; never fails, an unknown shape is ``OTHER``."""
        text = text.strip()
        for kind, shape in _SHAPES_COMPILED:
            if match := shape.fullmatch(text):
                parts = match.groupdict()
                code = (parts.get("body") or "").replace("-", "")
                year = parts.get("year")
                return cls(
                    text=text,
                    kind=kind,
                    body_code=code
                    if kind is not IndexKind.SIX_PARTS
                    else parts["body"],
                    year=int(year) if year else None,
                    serial=parts.get("serial") or "",
                    checked=_checked(kind, code),
                )
        return cls(text=text, kind=IndexKind.OTHER)

    @classmethod
    def issue(cls, body_code: str, year: int, serial: int) -> Self:
        """Make a new index number of one of the two proper kinds.

        Args:
            body_code: An organisation code (9 characters) or credit code (18).
            year: The year of issue, four digits.
            serial: From 1 to 99999 within the year.

        Raises:
            IndexNumberError: The code, its check digit, the year or the serial does
                not hold.
        """
        code = body_code.replace("-", "").upper()
        valid = {9: org_code_valid, 18: uscc_valid}.get(len(code), lambda _: False)
        if not valid(code):
            raise IndexNumberError(
                f"{body_code!r} is not an organisation code or credit code",
                mend="check its nine or eighteen characters against the certificate",
            )
        if not (1900 <= year <= 9999 and 1 <= serial <= 99999):
            raise IndexNumberError(
                f"year {year}, serial {serial} are out of range",
                mend="a year of four digits and a serial from 1 to 99999",
            )
        return cls.parse(f"{code}/{year:04d}-{serial:05d}")


def org_code_valid(code: str) -> bool:
    """Whether the check digit of an organisation code holds (GB 11714)."""
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    total = sum(int(c, 36) * w for c, w in zip(code, _ORG_WEIGHTS, strict=False))
    check = 11 - total % 11
    return code[8] == {10: "X", 11: "0"}.get(check, str(check))


def uscc_valid(code: str) -> bool:
    """Whether the check character of a credit code holds (GB 32100)."""
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code):
        return False
    values = [_USCC_ALPHABET.index(c) for c in code]
    total = sum(v * w for v, w in zip(values, _USCC_WEIGHTS, strict=False))
    return values[17] == (31 - total % 31) % 31


def _checked(kind: IndexKind, code: str) -> bool | None:
    if kind in {IndexKind.ORG_CODE, IndexKind.ORG_CODE_HYPHEN}:
        return org_code_valid(code)
    if kind in {IndexKind.USCC, IndexKind.USCC_MONTH}:
        return uscc_valid(code)
    return None
