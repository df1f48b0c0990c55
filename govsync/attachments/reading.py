"""Read the text of a file, with its places: by what the file is, not by its name alone.

Caps keep a file that unpacks to more than it seems (a bomb) from filling the machine;
what goes beyond them is unreadable, and said so.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from html import unescape
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from govsync.attachments import excel97, images, office
from govsync.attachments.piece import Piece, UnreadableError
from govsync.model.html import clean
from govsync.rules.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_BYTES = 64 * 2**20
"""Of a file."""
MOST_UNPACKED = 256 * 2**20
"""Of all that an archive holds, in bytes."""
MOST_MEMBERS = 2_000
_MOST_DEPTH = 2
"""Archives in archives."""


class Contents(NamedTuple):
    """What a file says."""

    pieces: tuple[Piece, ...] = ()
    tells: tuple[str, ...] = ()
    """What an image tells of persons: ``place``, ``author``."""


def read(path: Path) -> Contents:
    """Return what a file says.

    Raises:
        UnreadableError: It is not there, too large, encrypted, broken, or unknown.
    """
    return contents(path.name, file_bytes(path))


def file_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        UnreadableError: It is not there, or too large.
    """
    try:
        if not path.is_file():
            raise UnreadableError("it is not there")
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(f"it is larger than {MOST_BYTES >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(str(error.strerror)) from error


def contents(name: str, content: bytes, *, depth: int = 0) -> Contents:
    """Return what the bytes of a file say.

    Raises:
        UnreadableError: They are encrypted, broken, too many or of an unknown kind.
    """
    try:
        return _said(suffix_of(name, content), content, depth)
    except UnreadableError:
        raise
    except Exception as error:  # a broken file breaks its reader in any way
        raise UnreadableError(f"it is broken ({type(error).__name__})") from error


def _said(suffix: str, content: bytes, depth: int) -> Contents:
    if images.is_image(content[:12]):
        return Contents(tells=_told(content))
    if suffix in _PACKAGES or suffix == ".zip":
        return _zipped(suffix, content, depth)
    reader = _READERS.get(suffix)
    if reader is None:
        raise UnreadableError(
            f"nobody here reads {suffix or 'a file without a suffix'}"
        )
    return Contents(tuple(reader(content)))


def suffix_of(name: str, content: bytes) -> str:
    """Return what a file is; many an ``.xls`` is an xlsx, or the page of a program."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".xls" and content.startswith(b"PK\x03\x04"):
        return ".xlsx"
    if suffix == ".xls" and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ".html"
    return suffix


def _told(image: bytes) -> tuple[str, ...]:
    try:
        return images.tells(image)
    except ValueError as error:
        raise UnreadableError(str(error)) from error


def _zipped(suffix: str, content: bytes, depth: int) -> Contents:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = _members(archive)
            package = office.Package(archive, members)
            if suffix == ".zip":
                names = Piece("the names in it", "\n".join(map(member_name, members)))
                return _with(members, package, (names,), depth)
            within = [m for m in members if EMBEDDED.search(m.filename)]
            pieces = tuple(_PACKAGES[suffix](package))
            return _with(within, package, pieces, depth)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise UnreadableError("it is broken, or encrypted") from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if any(one.flag_bits & 1 for one in members):
        raise UnreadableError("it is encrypted")
    if len({one.filename for one in members}) < len(members):
        # Some programs unpack the first, some the last, some both.
        raise UnreadableError("two files in it have one name")
    unpacked = sum(one.file_size for one in members)
    if unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS:
        raise UnreadableError(
            f"it unpacks to {unpacked >> 20} MB in {len(members)} files"
        )
    return members


def _with(
    members: list[zipfile.ZipInfo],
    package: office.Package,
    pieces: tuple[Piece, ...],
    depth: int,
) -> Contents:
    """Add what the files in a file say."""
    if members and depth >= _MOST_DEPTH:
        raise UnreadableError("archives stand in it deeper than two")
    told: set[str] = set()
    for member in members:
        name = member_name(member)
        try:
            one = contents(name, package.read(member.filename), depth=depth + 1)
        except UnreadableError as error:
            raise UnreadableError(f"{name} in it: {error}") from error
        told.update(one.tells)
        places = (", ".join(filter(None, (name, p.place))) for p in one.pieces)
        pieces += tuple(map(_placed, one.pieces, places))
    return Contents(pieces, tuple(sorted(told)))


def _placed(piece: Piece, place: str) -> Piece:
    return piece._replace(place=place)


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; unless flagged as UTF-8, Chinese tools mean GB 18030."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _old_workbook(content: bytes) -> Iterator[Piece]:
    for sheet in excel97.sheets(content, most_cells=office.MOST_CELLS):
        text = "\n".join("\t".join(map(_cell, row)) for row in sheet.rows)
        yield Piece(f"sheet {sheet.name}", text, unit="row")


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # workbooks keep numbers as floats
    return re.sub(r"[\t\n\r]+", " ", str(value))


def _pdf(content: bytes) -> Iterator[Piece]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise UnreadableError("it is encrypted")
        texts = [page.extract_text() for page in reader.pages]
        beside = [_beside(page) for page in reader.pages]
        if reader.attachments:
            raise UnreadableError("files are embedded in it")
        pictures = [bool(_pictures(page)) for page in reader.pages]
        properties = [str(value) for value in (reader.metadata or {}).values()]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"it is no sound PDF: {error}") from error
    for number, (text, picture) in enumerate(zip(texts, pictures, strict=True), 1):
        if picture and not text.strip():
            raise UnreadableError(f"page {number} is a picture without text")
        yield Piece(f"page {number}", text)
        yield Piece(f"page {number}, notes and forms", beside[number - 1])
    if not any(map(str.strip, texts)):
        raise UnreadableError("it has no text")
    yield Piece("properties", "\n".join(properties))


def _beside(page: Any) -> str:
    """Return what notes, fields of forms and links on a page say."""
    said: list[Any] = []
    for one in page.get("/Annots") or []:
        note = one.get_object()
        if note.get("/Subtype") == "/FileAttachment":
            raise UnreadableError("files are embedded in it")
        said += [note.get(name) for name in _SAID_BY_NOTES]
        if (field := note.get("/Parent")) is not None:  # a field of several places
            said.append(field.get_object().get("/V"))
        if (action := note.get("/A")) is not None:
            address = str(action.get_object().get("/URI", ""))
            said.append(address if office.is_spoken(address) else None)
    return "\n".join(
        str(one.get_object() if hasattr(one, "get_object") else one)
        for one in said
        if one is not None
    )


_SAID_BY_NOTES = ("/Contents", "/RC", "/V", "/DV", "/TU")
"""Text, rich text, values and the name of a field (ISO 32000-1, 12.5 and 12.7)."""


def _pictures(page: Any) -> list[str]:
    drawn = page.get("/Resources", {}).get("/XObject", {})
    return [n for n in drawn if drawn[n].get("/Subtype") == "/Image"]


def _lines(content: bytes) -> Iterator[Piece]:
    yield Piece("", decoded(content))


def _table(content: bytes) -> Iterator[Piece]:
    text = decoded(content)
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error:  # a cell of more than 128 KB: no table, but text
        rows = [[text]]
    lines = ("\t".join(map(_cell, row)) for row in rows)
    yield Piece("", "\n".join(lines), unit="row")


MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""What is not closed goes on to the end, as browsers take it: no text is read twice."""
ADDRESS = re.compile(
    r"""\b(?:href|src|action)\s*=\s*(?:"(?!tel:|mailto:)[^"]*"|'(?!tel:|mailto:)[^']*')""",
    re.IGNORECASE,
)


_DROPPED = re.compile(
    r"(</?)(?:template|noscript|iframe|object|svg|math|text|tspan|g|defs|symbol|desc"
    r"|foreignobject|m(?:text|row|i|n|o|s))\b",
    re.IGNORECASE,
)
"""Elements that a body loses with all their text, and a file does not."""


def _html(content: bytes) -> Iterator[Piece]:
    """Yield what a page shows, then what stands in its markup and travels unseen."""
    text = decoded(content)
    yield Piece("", shown(clean(_DROPPED.sub(r"\1div", text))).text)
    unseen = (ADDRESS.sub("", one[0]) for one in MARKUP.finditer(text))
    yield Piece("markup", unescape("\n".join(unseen)))


def decoded(content: bytes) -> str:
    """Return the text of some bytes: UTF-8, UTF-16 with its mark, or GB 18030.

    Raises:
        UnreadableError: They are none of these.
    """
    return content.decode(encoding_of(content))


def encoding_of(content: bytes) -> str:
    """Return the encoding of a text.

    Raises:
        UnreadableError: It is none that is known here.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # else it is no text, or hides every second byte
            return encoding
    raise UnreadableError("it is in no encoding that is known here")


EMBEDDED = re.compile(
    r"/embeddings/|\.(?:jpe?g|png|webp|docx|xlsx|pptx|x?html?|txt|rtf|mht)$",
    re.IGNORECASE,
)
"""Documents and pictures in a document; some say parts of its text (altChunk)."""
_PACKAGES: dict[str, Callable[[office.Package], Iterator[Piece]]] = {
    ".xlsx": office.workbook,
    ".xlsm": office.workbook,
    **dict.fromkeys((".docx", ".pptx", ".ods", ".odt", ".odp"), office.document),
}
_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".xls": _old_workbook,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
    ".csv": _table,
    **dict.fromkeys((".tsv", ".txt", ".json", ".jsonl", ".xml", ".md"), _lines),
}
