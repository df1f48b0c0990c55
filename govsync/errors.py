"""Every error that govsync raises on purpose, in one tree.

::

    GovsyncError
    ├── InputError            somebody's data cannot be used        exit 65
    │   ├── SourceError       a file or one of its rows
    │   ├── IndexNumberError  an index number that may not be issued
    │   ├── FormatError       a record that a format cannot carry, bytes it cannot read
    │   └── sync.archive_errors.ArchiveError   documents that do not belong together
    ├── ConfigError           the configuration cannot be used      exit 78
    ├── UsageError            a command was called wrongly          exit 64
    ├── StoreError            the database cannot be used           exit 75
    ├── AuditError            the audit log does not hold           exit 1
    └── channels.errors.ChannelError   what an adapter says of a service

A message says what is wrong, ``where`` says the place (file, row, field, offset),
``mend`` says what would put it right. Unexpected errors are never dressed as these.
"""

from __future__ import annotations


class GovsyncError(Exception):
    """The root: ``str()`` gives place, message and mend in one line.

    Args:
        message: What is wrong, for a person.
        where: The place of it, such as ``records.csv, row 16, column 正文``.
        mend: What would put it right.
    """

    exit_code = 70

    def __init__(self, message: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.mend})" if self.mend else text


class InputError(GovsyncError):
    """Somebody's data cannot be used as it stands."""

    exit_code = 65


class SourceError(InputError):
    """A source cannot be read at all; single rows are reported, not raised."""


class IndexNumberError(InputError, ValueError):
    """An index number (索引号) that may not be issued."""


class FormatError(InputError):
    """A record that a format cannot carry, or bytes that it cannot read.

    Args:
        message: What is wrong, for a person.
        record: The id of the record, where one is known.
        field: The field of it.
        offset: Where in the field, in characters from 0.
        where: The place, made from the three above where it is not given.
        mend: What would put it right.
    """

    def __init__(  # an error that names its place has many parts
        self,
        message: str,
        *,
        record: str = "",
        field: str = "",
        offset: int | None = None,
        where: str = "",
        mend: str = "",
    ) -> None:
        parts = [f"record {record}" if record else "", field]
        if offset is not None:
            parts.append(f"offset {offset}")
        place = where or ", ".join(part for part in parts if part)
        super().__init__(message, where=place, mend=mend)
        self.record = record
        self.field = field
        self.offset = offset


class ConfigError(GovsyncError):
    """The configuration cannot be used; ``where`` is the key's path in the file."""

    exit_code = 78


class UsageError(GovsyncError):
    """A command was called wrongly, or names what does not exist."""

    exit_code = 64


class StoreError(GovsyncError):
    """The database cannot be opened, is locked, full or of another version."""

    exit_code = 75


class AuditError(GovsyncError):
    """The audit log does not hold; ``where`` names the first bad entry."""

    exit_code = 1
