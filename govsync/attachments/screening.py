"""What the rules of privacy say of the files beside a record."""

from __future__ import annotations

from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from govsync.attachments.reading import Contents, Piece, UnreadableError, read
from govsync.model import Finding, Record, Severity
from govsync.rules.numbers import Hit, masked, scan
from govsync.rules.privacy import MOST_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOLD = {
    "place": ("privacy.photo-place", "the photograph says where it was taken (GPS)"),
    "author": ("privacy.photo-author", "the photograph says who took it"),
}


class Folder(NamedTuple):
    """Where the files of records lie on this machine."""

    root: Path
    prefix: str = ""
    """Addresses that begin so name files of the folder, besides relative ones."""

    def path(self, href: str) -> Path | None:
        """Return the file that an address names; None where it lies elsewhere.

        A path never leads out of the folder.
        """
        if self.prefix and href.startswith(self.prefix):
            href = href.removeprefix(self.prefix)
        elif urlsplit(href).scheme or href.startswith("//"):
            return None
        name = unquote(urlsplit(href).path).lstrip("/")
        if ".." in PurePosixPath(name).parts:
            return None
        root = self.root.resolve()
        path = (root / name).resolve()
        return path if path.is_relative_to(root) else None


def findings(record: Record, folder: Folder) -> Iterator[Finding]:
    """Screen each local file of a record; hold it where one cannot be read."""
    if record.withdrawn:
        return
    for number, attachment in enumerate(record.attachments):
        path = folder.path(attachment.href)
        field = f"attachments[{number}]"
        if path is not None:
            yield from of_file(record.id, field, path)


def of_file(record: str, field: str, path: Path) -> Iterator[Finding]:
    """Screen one file."""
    try:
        contents = read(path)
    except UnreadableError as error:
        yield Finding(
            rule="attachment.unreadable",
            severity=Severity.HOLD,
            message=f"the file cannot be screened: {masked(str(error))}",
            record=record,
            field=field,
            mend="give it in a form that can be read, unlocked and with its text",
        )
        return
    yield from _of_contents(record, field, contents)


def _of_contents(record: str, field: str, contents: Contents) -> Iterator[Finding]:
    for told in contents.tells:
        rule, message = _TOLD[told]
        yield Finding(
            rule=rule,
            severity=Severity.BLOCK,
            message=message,
            record=record,
            field=field,
            mend="save the picture without its Exif",
        )
    hits = ((piece, hit) for piece in contents.pieces for hit in scan(piece.text))
    for piece, hit in islice(hits, MOST_FINDINGS):
        yield _finding(record, field, hit, masked(_place(piece, hit)))
    if number := sum(1 for _ in hits):
        yield Finding(
            rule="privacy.more",
            severity=Severity.BLOCK,
            message=f"{number} more numbers of persons in this file",
            record=record,
            field=field,
            mend="mask each of them",
        )


def _place(piece: Piece, hit: Hit) -> str:
    if piece.cells:
        return f"{piece.place}, column {piece.text.count(chr(10), 0, hit.start) + 1}"
    if piece.place:
        return f"{piece.place}, offset {hit.start}"
    return f"line {piece.text.count(chr(10), 0, hit.start) + 1}"


def _finding(record: str, field: str, hit: Hit, place: str) -> Finding:
    note = f", {hit.note}" if hit.note else ""
    return Finding(
        rule=f"privacy.{hit.kind}",
        severity=Severity.BLOCK if hit.sure else Severity.WARN,
        message=f"a {hit.kind.label}: {hit.masked}{note}",
        record=record,
        field=field,
        place=place,
        mend=f"mask it as {hit.masked}, or leave it out",
    )
