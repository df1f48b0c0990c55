"""Make a copy of a file without the numbers of persons; prove it by screening it.

What is changed are the characters of the numbers alone; a picture loses its Exif.
Kinds whose bytes keep what nobody sees any more are refused, with the reason.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from html import unescape
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from govsync.attachments import images, stripping
from govsync.attachments.piece import UnreadableError
from govsync.attachments.reading import (
    ADDRESS,
    EMBEDDED,
    MARKUP,
    Contents,
    contents,
    encoding_of,
    member_name,
    suffix_of,
)
from govsync.attachments.redacting_office import (
    ORDER,
    is_thumbnail,
    redact_document,
    redact_workbook,
)
from govsync.attachments.screening import persons
from govsync.attachments.stars import starred
from govsync.errors import InputError
from govsync.rules.numbers import masked, scan
from govsync.rules.persons import in_rows
from govsync.rules.shown import INLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REFUSED = {
    ".pdf": "a PDF keeps what is painted over; redact its source, and export it again",
    ".xls": "Excel 97 keeps old values; save it as xlsx first",
    ".doc": "Word 97 keeps old texts; save it as docx first",
}
_TEXT_ONLY = "only text, tables, pages, office documents, pictures and zip are"


class Change(NamedTuple):
    """One thing that a redacted copy no longer says."""

    place: str
    rule: str
    mask: str
    """What stands there instead; empty: nothing."""


class Redacted(NamedTuple):
    """A redacted copy."""

    content: bytes
    changes: tuple[Change, ...]


def redact(name: str, content: bytes, *, names: bool = False) -> Redacted:
    """Return a copy that passes the screening, and what is different in it.

    Args:
        name: The file's.
        content: Its bytes.
        names: Whether names in lists of persons are masked, too.

    Raises:
        InputError: It cannot be read, its kind cannot be redacted, or something would
            be left in it.
    """
    try:
        changes = tuple(_listed(contents(name, content), names=names))
        copy = _copied(name, content, names=names) if changes else content
        left = tuple(_listed(contents(name, copy), names=names))
    except UnreadableError as error:
        raise InputError(f"it cannot be redacted: {error}", where=masked(name)) from (
            error
        )
    if left:
        raise InputError(
            f"{len(left)} would be left, such as {left[0].rule}",
            where=f"{masked(name)}, {left[0].place}",
            mend="redact it by hand, and screen it again",
        )
    return Redacted(copy, changes)


def _listed(said: Contents, *, names: bool) -> Iterator[Change]:
    for told in said.tells:
        yield Change("Exif", f"privacy.photo-{told}", "")
    for piece in said.pieces:
        for hit in scan(piece.text):
            place = masked(piece.where(hit))
            yield Change(place, f"privacy.{hit.kind}", hit.masked)
    for one, where in persons(said, names=names):
        yield Change(masked(where(one)), one.rule, one.mask)


def _copied(name: str, content: bytes, *, names: bool) -> bytes:
    suffix = suffix_of(name, content)
    if images.is_image(content[:12]):
        return stripping.stripped(content)
    if suffix == ".zip" or suffix in _PACKAGES:
        return _zipped(suffix, content, names=names)
    write = _TEXTS.get(suffix)
    if write is None:
        raise UnreadableError(_REFUSED.get(suffix, _TEXT_ONLY))
    encoding = encoding_of(content)
    before = content.decode(encoding)
    text = _csv(before, names=names) if suffix == ".csv" else write(before)
    if encoding == "utf-8-sig" and not content.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8"
    if encoding == "utf-16":
        mark = content[:2]
        order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
        return mark + text.encode(order)
    return text.encode(encoding)


def _zipped(suffix: str, content: bytes, *, names: bool) -> bytes:
    """Copy an archive member by member, in order; names of its files are masked too."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        parts = {one.filename: old.read(one) for one in old.infolist()}
        if suffix in _PACKAGES:
            changed = _PACKAGES[suffix](parts, names=names)
            inner = [name for name in parts if EMBEDDED.search(name)]
        else:
            changed, inner = {}, [name for name in parts if not name.endswith("/")]
        for name in inner:
            changed[name] = redact(name, parts[name], names=names).content
        for one in old.infolist():
            if one.filename == ORDER or is_thumbnail(one.filename):
                continue
            copy = zipfile.ZipInfo(file_name(member_name(one)), one.date_time)
            copy.compress_type = one.compress_type
            copy.external_attr = one.external_attr
            new.writestr(copy, changed.get(one.filename, parts[one.filename]))
    return out.getvalue()


def file_name(name: str) -> str:
    """Return the name of a file with its numbers masked; stars cannot stand in it."""
    return masked(name).replace("*", "X")


def _plain(text: str) -> str:
    return starred([text], [""])[0]


def _csv(text: str, *, names: bool = False) -> str:
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error as error:
        raise UnreadableError("a cell in it is too large") from error
    cells = [cell for row in rows for cell in row]
    joints = [j for row in rows for j in [*["\t"] * (len(row) - 1), "\n"][: len(row)]]
    seen = [re.sub(r"[\t\n\r]", " ", cell) for cell in cells]
    grid = iter(starred(seen, joints))
    after = [[next(grid) for _ in row] for row in rows]
    for one in in_rows(rows, names=names):
        after[one.row - 1][one.column - 1] = one.mask
    flat = [cell for row in after for cell in row]
    changed = iter(zip(cells, seen, flat, strict=True))
    out = StringIO()
    end = "\r\n" if "\r\n" in text else "\n"
    writer = csv.writer(out, lineterminator=end)
    for row in rows:
        triples = [next(changed) for _ in row]
        writer.writerow([old if new == was else new for old, was, new in triples])
    return out.getvalue()


def _json(text: str) -> str:
    return json.dumps(_value(_parsed(text)), ensure_ascii=False, indent=2) + "\n"


def _json_lines(text: str) -> str:
    return "".join(map(_json_line, text.splitlines(keepends=True)))


def _json_line(line: str) -> str:
    if not any(True for _ in scan(line)):
        return line
    end = line[len(line.rstrip("\r\n")) :]
    return json.dumps(_value(_parsed(line)), ensure_ascii=False) + end


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError("it is no sound JSON") from error


def _value(value: Any) -> Any:
    """Mask strings and numbers within a JSON value; a masked number is a string."""
    match value:
        case str():
            return _plain(value)
        case dict():
            return {_plain(name): _value(one) for name, one in value.items()}
        case list():
            return [_value(one) for one in value]
        case int() | float() if not isinstance(value, bool):
            shown = _plain(str(value))
            return value if shown == str(value) else shown
    return value


_TOKEN = re.compile(r"&#?\w+;|\s+|[^&\s]+|&")


def _html(text: str) -> str:
    """Star numbers as readers see them: over tags, entities and line breaks."""
    sources: list[str] = []
    seen: list[str] = []
    joints: list[str] = []
    last = 0
    for match in MARKUP.finditer(text):
        _tokens(text[last : match.start()], sources, seen, joints)
        last = match.end()
        tag = re.match(r"</?([a-zA-Z][a-zA-Z0-9]*)", match[0])
        inline = tag is None or tag[1].lower() in INLINE
        sources.append(_markup(match[0]))
        seen.append("")
        joints.append("" if inline else "\n")
    _tokens(text[last:], sources, seen, joints)
    after = starred(seen, joints)
    parts = zip(sources, seen, after, strict=True)
    return "".join(source if was == now else now for source, was, now in parts)


def _tokens(text: str, sources: list[str], seen: list[str], joints: list[str]) -> None:
    for token in _TOKEN.findall(text):
        sources.append(token)
        seen.append(" " if token.isspace() else unescape(token))
        joints.append("")


def _markup(token: str) -> str:
    """Star what stands in a tag, a comment or a script, but for addresses."""
    parts, last = [], 0
    for address in ADDRESS.finditer(token):
        parts += [_plain(token[last : address.start()]), address[0]]
        last = address.end()
    return "".join([*parts, _plain(token[last:])])


_PACKAGES: dict[str, Callable[..., dict[str, bytes]]] = {
    ".xlsx": redact_workbook,
    ".xlsm": redact_workbook,
    **dict.fromkeys((".docx", ".pptx", ".ods", ".odt", ".odp"), redact_document),
}
_TEXTS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys((".txt", ".tsv", ".md", ".xml"), _plain),
    **dict.fromkeys((".html", ".htm"), _html),
    ".csv": _csv,
    ".json": _json,
    ".jsonl": _json_lines,
}
