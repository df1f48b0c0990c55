"""What the rules of privacy say of the files beside a record."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from govsync.attachments.piece import UnreadableError
from govsync.attachments.reading import Contents, read
from govsync.model import Finding, Record, Severity
from govsync.rules.numbers import masked, scan
from govsync.rules.persons import Told, demands_masks, in_rows, in_text
from govsync.rules.privacy import Place, found, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Item

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
        name = self._name(href)
        if name is None or ".." in PurePosixPath(name).parts or "\0" in name:
            return None
        root = self.root.resolve()
        path = (root / name).resolve()
        return path if path.is_relative_to(root) else None

    def claims(self, href: str) -> bool:
        """Whether an address says that its file lies here."""
        return self._name(href) is not None

    def _name(self, href: str) -> str | None:
        claimed = bool(self.prefix) and href.startswith(self.prefix)
        if claimed:
            href = href.removeprefix(self.prefix)
        try:
            parts = urlsplit(href)
        except ValueError:  # brackets that are no host
            return "" if claimed else None
        if not claimed and (parts.scheme or href.startswith("//")):
            return None
        return unquote(parts.path).lstrip("/")


def findings(
    record: Record, folder: Folder, item: Item | None = None
) -> Iterator[Finding]:
    """Screen each local file of a record; hold it where one cannot be read.

    Of a file that lies elsewhere is only said that nobody looked into it.

    Args:
        record: Its attachments name the files.
        folder: Where they lie.
        item: Its catalog row, which may demand that names are masked.
    """
    if record.withdrawn:
        return
    for number, attachment in enumerate(record.attachments):
        field = f"attachments[{number}]"
        path = folder.path(attachment.href)
        if path is not None:
            yield from of_file(record.id, field, path, names=demands_masks(item))
        elif folder.claims(attachment.href):
            yield _unreadable(record.id, field, "it lies outside of the folder")
        else:
            yield Finding(
                rule="attachment.elsewhere",
                severity=Severity.WARN,
                message="the file lies elsewhere and was not screened",
                record=record.id,
                field=field,
                mend="screen it where it lies, or keep it in the folder of files",
            )


def of_file(
    record: str, field: str, path: Path, *, names: bool = False
) -> Iterator[Finding]:
    """Screen one file, and its name."""
    try:
        contents = read(path)
    except UnreadableError as error:
        yield _unreadable(record, field, str(error))
        return
    named = ((hit, lambda _: "the file's name") for hit in scan(path.name))
    yield from found(named, record, field)
    yield from _of_contents(record, field, contents)
    yield from told(persons(contents, names=names), record, field)


def persons(contents: Contents, *, names: bool) -> Iterator[tuple[Told, Place]]:
    """Yield what a file tells of persons by its words, each with its place.

    Args:
        contents: What the file says.
        names: Whether names in lists of persons are to be masked.
    """
    for piece in contents.pieces:
        if piece.unit == "row":
            rows = [line.split("\t") for line in piece.text.split("\n")]
            for one in in_rows(rows, names=names):
                yield one, piece.where
        for one in in_text(piece.text):
            yield one, piece.where


def _of_contents(record: str, field: str, contents: Contents) -> Iterator[Finding]:
    for what in contents.tells:
        rule, message = _TOLD[what]
        yield Finding(
            rule=rule,
            severity=Severity.BLOCK,
            message=message,
            record=record,
            field=field,
            mend="save the picture without its Exif, as `govsync redact` does",
        )
    hits = ((hit, p.where) for p in contents.pieces for hit in scan(p.text))
    yield from found(hits, record, field)


def _unreadable(record: str, field: str, why: str) -> Finding:
    return Finding(
        rule="attachment.unreadable",
        severity=Severity.HOLD,
        message=f"the file cannot be screened: {masked(why)}",
        record=record,
        field=field,
        mend="give it in a form that can be read, unlocked and with its text",
    )
