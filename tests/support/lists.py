"""Lists, tables and files as counties publish them, with what is planted in them.

The same at each run. Every person is a sample (示例), every number made up: check
digits hold, so that screening has to find them, or are spoilt on purpose.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from io import BytesIO

from govsync.model.index_number import uscc_valid
from govsync.rules.shapes import Kind, id_checksum_holds, luhn_holds

SIZE = 2_400
Random = random.Random
Rows = list[list[str]]


@dataclass(frozen=True)
class Paper:
    """A published document and what is in it."""

    name: str
    content: bytes
    planted: tuple[tuple[Kind, str], ...]
    """Each number that must be found, and its mask."""
    doubtful: int
    """How many look like a resident ID, but for their check digit."""
    official: int
    """How many numbers of the office itself must pass."""


@dataclass
class _Draft:
    rng: Random
    planted: list[tuple[Kind, str]] = field(default_factory=list)
    doubtful: int = 0
    official: int = 0


def papers(size: int = SIZE) -> Iterator[Paper]:
    """Yield documents of every form: lists of persons, and papers of the office."""
    rng = random.Random(20260303)
    forms = list(_FORMS.items())
    for number in range(size):
        suffix, write = forms[number % len(forms)]
        draft = _Draft(rng)
        of_persons = number % 2 == number // len(forms) % 2
        rows = _list(draft, suffix) if of_persons else _paper(draft)
        yield Paper(
            name=f"{number}{suffix}",
            content=write(rows, rng),
            planted=tuple(draft.planted),
            doubtful=draft.doubtful,
            official=draft.official,
        )


def resident_id(rng: Random, *, holds: bool = True) -> str:
    """An ID number of nobody, of a region of today or one that ended."""
    region = rng.choice(["230382", "232527", "231026", "239006", "231082", "110101"])
    day = date(1930, 1, 1) + timedelta(days=rng.randrange(30_000))
    head = f"{region}{day:%Y%m%d}{rng.randrange(1000):03d}"
    ends = [c for c in "0123456789X" if id_checksum_holds(head + c) is holds]
    # A credit code that holds is no mistyped ID.
    fit = [c for c in ends if holds or not uscc_valid(head + c)]
    return head + rng.choice(fit)


def mobile(rng: Random) -> str:
    """A mobile number."""
    return f"1{rng.choice('3456789')}{rng.randrange(10**9):09d}"


def card(rng: Random) -> str:
    """A card number whose check digit holds."""
    prefix, length = rng.choice(
        [("6228", 19), ("6217", 19), ("622848", 16), ("9558", 19), ("4", 16)]
    )
    head = prefix + "".join(rng.choices("0123456789", k=length - len(prefix) - 1))
    return next(head + c for c in "0123456789" if luhn_holds(head + c))


def _list(draft: _Draft, suffix: str) -> Rows:
    rows = [["序号", "户主", "证件", "电话", "账号", "金额"]]
    for number in range(1, draft.rng.randint(3, 7)):
        money = f"{draft.rng.randrange(500, 30_000)}"
        draft.official += 1
        name = f"示例{draft.rng.choice('甲乙丙丁')}"
        found = [
            _plant(draft, kind, suffix) for kind in (Kind.ID, Kind.MOBILE, Kind.CARD)
        ]
        rows.append([str(number), name, *found, money])
    return rows


def _plant(draft: _Draft, kind: Kind, suffix: str) -> str:
    """Return a number of a person, a masked one, or one that only looks like it."""
    rng = draft.rng
    made = {Kind.ID: resident_id, Kind.MOBILE: mobile, Kind.CARD: card}[kind](rng)
    head, tail = {Kind.ID: (2, 3), Kind.MOBILE: (3, 4), Kind.CARD: (4, 4)}[kind]
    mask = made[:head] + "*" * (len(made) - head - tail) + made[-tail:]
    chance = rng.random()
    if chance < 0.2:
        draft.official += 1
        return mask
    if chance < 0.3 and kind is Kind.ID:
        draft.doubtful += 1
        return resident_id(rng, holds=False)
    draft.planted.append((kind, mask))
    return rng.choice(_DISGUISES[kind])(made, suffix)


def _spaced(*lengths: int, mark: str) -> Callable[[str, str], str]:
    def write(number: str, suffix: str) -> str:
        del suffix
        parts, at = [], 0
        for length in lengths:
            parts.append(number[at : at + length])
            at += length
        return mark.join(filter(None, [*parts, number[at:]]))

    return write


def _plain(number: str, suffix: str) -> str:
    del suffix
    return number


def _wide(number: str, suffix: str) -> str:
    del suffix
    return "".join(chr(ord(character) + 0xFEE0) for character in number)


def _spoken(number: str, suffix: str) -> str:
    if "X" in number or len(number) > 18:
        return _plain(number, suffix)
    return number.translate(
        dict(zip(map(ord, "0123456789"), "〇一二三四五六七八九", strict=True))
    )


def _unseen(number: str, suffix: str) -> str:
    del suffix
    return "\u200b".join((number[:5], number[5:9], number[9:]))


def _tags(number: str, suffix: str) -> str:
    if suffix != ".html":
        return number
    return f"{number[:4]}<b>{number[4:8]}</b>{number[8:]}"


_EACH = (_plain, _plain, _wide, _spoken, _unseen, _tags)
_DISGUISES: dict[Kind, tuple[Callable[[str, str], str], ...]] = {
    Kind.ID: (
        *_EACH,
        _spaced(6, 8, mark=" "),
        _spaced(6, 8, mark="-"),
        _spaced(6, 8, mark="\t"),
        lambda number, _: "\t".join(number),
    ),
    Kind.MOBILE: (*_EACH, _spaced(3, 4, mark="-"), _spaced(3, 4, mark=" ")),
    Kind.CARD: (*_EACH, _spaced(4, 4, 4, 4, mark=" ")),
}


def _paper(draft: _Draft) -> Rows:
    """A circular or a table of figures: no number of a person, many of the office."""
    rows = []
    for _ in range(draft.rng.randint(3, 8)):
        picked = draft.rng.choices(_OFFICIAL, k=4)
        draft.official += len(picked)
        rows.append([one(draft.rng) for one in picked])
    return rows


def _uscc(rng: Random) -> str:
    body = f"{rng.choice(['11', '91', '12', '52'])}230382{rng.randrange(10**8):08d}"
    body += rng.choice("0123456789X")
    return next(
        body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc_valid(body + c)
    )


def _day(rng: Random) -> date:
    return date(2015, 1, 1) + timedelta(days=rng.randrange(4000))


_OFFICIAL: tuple[Callable[[Random], str], ...] = (
    lambda rng: f"密政办发〔{rng.randint(2010, 2026)}〕{rng.randint(1, 90)}号",
    lambda rng: f"000014349/{rng.randint(2015, 2026)}-{rng.randrange(10**5):05d}",
    lambda rng: f"{_uscc(rng)}/{rng.randint(2015, 2026)}-{rng.randrange(10**5):05d}",
    _uscc,
    lambda rng: f"{rng.randrange(10**11)}元",
    lambda rng: f"{rng.randrange(10**9) / 100:.2f}",
    lambda rng: f"{rng.randrange(10**6)}",
    lambda rng: f"{_day(rng)}",
    lambda rng: f"{_day(rng):%Y%m%d}-{rng.randrange(10**6):06d}",
    lambda rng: f"{_day(rng):%Y年%m月%d日}14:{rng.randint(10, 59)}",
    lambda rng: f"0467-{rng.randint(2, 8)}{rng.randrange(10**6):06d}",
    lambda rng: f"400-{rng.randrange(1000):03d}-{rng.randrange(10**4):04d}",
    lambda rng: " ".join(str(rng.randrange(10**5)) for _ in range(6)),
    lambda rng: f"{_day(rng):%Y%m%d%H%M%S}",
    lambda rng: f"2303{rng.randrange(10**8):08d}",  # codes of villages: 12 digits
    lambda rng: f"合同编号:JXMS[2019]{rng.randrange(10**4):04d}",
    lambda rng: "138****" + f"{rng.randrange(10**4):04d}",
    lambda rng: f"{rng.randint(1, 99)}.{rng.randrange(10**4):04d}%",
)


def _html(rows: Rows, rng: Random) -> bytes:
    del rng
    split = ([part for cell in row for part in cell.split("\t")] for row in rows)
    lines = "".join(f"<tr><td>{'</td><td>'.join(cells)}</td></tr>" for cells in split)
    return f"<h1>公示</h1><table>{lines}</table>".encode()


def _text(rows: Rows, rng: Random) -> bytes:
    lines = "\r\n".join("\t".join(row) for row in rows)
    return lines.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))


def _csv(rows: Rows, rng: Random) -> bytes:
    lines = "\n".join(",".join(row).replace("\t", ",") for row in rows)
    return lines.encode(rng.choice(["utf-8", "gb18030"]))


def _json_lines(rows: Rows, rng: Random) -> bytes:
    del rng
    flat = ([cell.replace("\t", "") for cell in row] for row in rows)
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in flat).encode()


def _xlsx(rows: Rows, rng: Random) -> bytes:
    strings: list[str] = []
    lines = []
    for row in rows:
        cells = []
        for text in (part for cell in row for part in cell.split("\t")):
            if text.isascii() and text.isdigit() and len(text) < 12 and text[0] != "0":
                cells.append(f"<c><v>{text}</v></c>")
            elif rng.random() < 0.5:
                cells.append(f"<c t='inlineStr'><is><t>{escape(text)}</t></is></c>")
            else:
                cells.append(f"<c t='s'><v>{len(strings)}</v></c>")
                strings.append(f"<si><t>{escape(text)}</t></si>")
        lines.append(f"<row>{''.join(cells)}</row>")
    sheet = f"<a><sheetData>{''.join(lines)}</sheetData></a>"
    return _zip(
        **{
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": f"<sst>{''.join(strings)}</sst>",
        }
    )


def _docx(rows: Rows, rng: Random) -> bytes:
    paragraphs = []
    for text in (part for row in rows for cell in row for part in cell.split("\t")):
        at = rng.randint(0, len(text))
        runs = "".join(f"<t>{escape(run)}</t>" for run in (text[:at], text[at:]))
        paragraphs.append(f"<p>{runs}</p>")
    return _zip(**{"word/document.xml": f"<a>{''.join(paragraphs)}</a>"})


def _archive(rows: Rows, rng: Random) -> bytes:
    return _zip(**{"名单.txt": _text(rows, rng), "名单.docx": _docx([["无"]], rng)})


def _zip(**members: str | bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


_FORMS: dict[str, Callable[[Rows, Random], bytes]] = {
    ".html": _html,
    ".txt": _text,
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".xlsx": _xlsx,
    ".docx": _docx,
    ".zip": _archive,
}
