"""Read the text of a file, with its places: by what the file is, not by its name alone.

Caps keep a file that unpacks to more than it seems (a bomb, a sheet of a million empty
rows) from filling the machine; what goes beyond them is unreadable, and said so.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from govsync.attachments import images
from govsync.model.html import clean
from govsync.rules.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_BYTES = 64 * 2**20
"""Of a file."""
MOST_UNPACKED = 256 * 2**20
"""Of all that an archive holds, in bytes."""
MOST_CELLS = 5_000_000
MOST_MEMBERS = 2_000
_MOST_DEPTH = 2
"""Archives in archives."""


class UnreadableError(ValueError):
    """A file, or a part of it, that cannot be read; says why."""


class Piece(NamedTuple):
    """A text of a file and where it stands."""

    place: str
    """Such as ``sheet 名单, row 3`` or ``page 2``; empty for the whole file."""
    text: str
    cells: bool = False
    """Whether its lines are the cells of a row."""


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
    try:
        if not path.is_file():
            raise UnreadableError("it is not there")
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(f"it is larger than {MOST_BYTES >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(str(error.strerror)) from error
    return contents(path.name, content)


def contents(name: str, content: bytes, *, depth: int = 0) -> Contents:
    """Return what the bytes of a file say.

    Raises:
        UnreadableError: They are encrypted, broken, too many or of an unknown kind.
    """
    suffix = PurePath(name).suffix.lower()
    if images.is_image(content[:12]):
        return _image(content)
    if suffix in _ZIPPED or suffix == ".zip":
        return _zipped(suffix, content, depth)
    reader = _READERS.get(suffix)
    if reader is None:
        raise UnreadableError(
            f"nobody here reads {suffix or 'a file without a suffix'}"
        )
    return Contents(tuple(reader(content)))


def _image(content: bytes) -> Contents:
    try:
        return Contents(tells=images.tells(content))
    except ValueError as error:
        raise UnreadableError(str(error)) from error


def _zipped(suffix: str, content: bytes, depth: int) -> Contents:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = _members(archive)
            if suffix == ".zip":
                return _archive(archive, members, depth)
            return Contents(tuple(_ZIPPED[suffix](content, archive, members)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise UnreadableError("it is broken, or encrypted") from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if any(one.flag_bits & 1 for one in members):
        raise UnreadableError("it is encrypted")
    unpacked = sum(one.file_size for one in members)
    if unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS:
        raise UnreadableError(
            f"it unpacks to {unpacked >> 20} MB in {len(members)} files"
        )
    return members


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    # A header may lie of the size: no more than it says is read.
    with archive.open(member) as stream:
        return stream.read(member.file_size)


def _archive(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], depth: int
) -> Contents:
    if depth >= _MOST_DEPTH:
        raise UnreadableError("archives stand in it deeper than two")
    pieces: list[Piece] = []
    told: set[str] = set()
    for member in members:
        name = _name(member)
        pieces.append(Piece("the names in it", name))
        try:
            one = contents(name, _unpacked(archive, member), depth=depth + 1)
        except UnreadableError as error:
            raise UnreadableError(f"{name} in it: {error}") from error
        told.update(one.tells)
        pieces += (p._replace(place=f"{name}, {p.place}") for p in one.pieces)
    return Contents(tuple(pieces), tuple(sorted(told)))


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; unless flagged as UTF-8, Chinese tools mean GB 18030."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _workbook(content: bytes, *_: object) -> Iterator[Piece]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise UnreadableError(f"sheet {name} has too many cells")
            for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
                text = "\n".join(map(_cell, row))
                yield Piece(f"sheet {name}, row {number}", text, cells=True)
    except CalamineError as error:
        raise UnreadableError("it is no workbook, or encrypted") from error


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # workbooks keep numbers as floats
    return str(value).replace("\n", " ")


def _office(
    _: bytes, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> Iterator[Piece]:
    """Yield the paragraphs of a document or a presentation (ECMA-376), notes too."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for member in members:
        if not member.filename.endswith(".xml"):
            continue
        try:
            root = etree.fromstring(_unpacked(archive, member), parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableError(f"{member.filename} in it is broken") from error
        for number, text in enumerate(_paragraphs(root), 1):
            yield Piece(f"{PurePath(member.filename).stem}, paragraph {number}", text)


def _paragraphs(root: object) -> Iterator[str]:
    paragraphs = root.xpath("//*[local-name()='p']")  # type: ignore[attr-defined]
    if not paragraphs:  # properties: authors and companies
        yield "\n".join(root.itertext())  # type: ignore[attr-defined]
    for paragraph in paragraphs:
        yield "".join(paragraph.xpath(".//*[local-name()='t']/text()"))


def _pdf(content: bytes) -> Iterator[Piece]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise UnreadableError("it is encrypted")
        texts = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(f"it is no sound PDF: {error}") from error
    if not any(map(str.strip, texts)):
        raise UnreadableError("it is a picture without text")
    yield from (Piece(f"page {number}", text) for number, text in enumerate(texts, 1))


def _lines(content: bytes) -> Iterator[Piece]:
    yield Piece("", _decoded(content))


def _html(content: bytes) -> Iterator[Piece]:
    body = shown(clean(_decoded(content)))
    yield Piece("", body.text)
    yield from (Piece(f"attribute {name}", text) for name, text in body.attributes)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("it is in no encoding that is known here")


_ZIPPED: dict[str, Callable[..., Iterator[Piece]]] = {
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".ods": _workbook,
    ".docx": _office,
    ".pptx": _office,
}
_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".xls": _workbook,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
    **dict.fromkeys((".csv", ".tsv", ".txt", ".json", ".jsonl", ".xml", ".md"), _lines),
}
