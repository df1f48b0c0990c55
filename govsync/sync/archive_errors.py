"""What is wrong with an archived feed, on either side."""

from __future__ import annotations

from govsync.errors import InputError


class ArchiveError(InputError):
    """The documents of an archived feed do not belong together."""


class ChainLoopError(ArchiveError):
    """A chain of ``prev-archive`` links comes back to a document it has passed."""


class ForeignHostError(ArchiveError):
    """A ``prev-archive`` link leads to another scheme, host or port."""


class SequenceGapError(ArchiveError):
    """Changes are missing between two documents, or the feed went back."""


class TooManyPagesError(ArchiveError):
    """A chain of ``prev-archive`` links is longer than the receiver allows."""
