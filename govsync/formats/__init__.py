"""What a record becomes: feeds, catalogs, pages; one module a format.

Every format has the same functions (:class:`Format`) and is imported when it is asked
for. Writing needs nothing but the model; reading needs lxml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from govsync.formats.feed import Feed, Tombstone, tombstone_of

if TYPE_CHECKING:
    from govsync.errors import FormatError
    from govsync.formats.document import Layout, Rendered
    from govsync.model import Record

__all__ = ["FORMATS", "Feed", "Format", "Tombstone", "tombstone_of"]


class Format(Protocol):
    """The functions of a format's module."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """The format's name in :data:`FORMATS`, on the command line, in settings."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802 - a module's constant
        """The media type of a whole document."""

    @property
    def LAYOUT(self) -> Layout:  # noqa: N802 - a module's constant
        """How its entries are rendered, for :mod:`govsync.formats.rendering`.

        Absent where an entry depends on its feed (``dcat``, ``page_meta``).
        """

    def write(
        self,
        feed: Feed,
        records: Iterable[Record | Rendered],
        out: BinaryIO,
        *,
        on_error: Callable[[FormatError], None] | None = None,
    ) -> int:
        """Write a document and return how many entries and tombstones it holds.

        Nothing is written to ``out`` before the whole document is known to hold.

        Args:
            feed: What the document says of itself.
            records: In the order of the entries, those with a ``LAYOUT`` rendered
                already or not; read once.
            out: Takes UTF-8 bytes.
            on_error: Is told of a record that cannot be carried, which is left out.
                Without it the error is raised.

        Raises:
            FormatError: The feed, or a record, cannot be carried.
        """

    def read(self, source: BinaryIO | bytes) -> Iterator[Record | Tombstone]:
        """Read a document: its records and tombstones, in order.

        Raises:
            FormatError: It is not of this format, or a record does not hold.
        """

    def entry(self, record: Record) -> bytes:
        """Return a whole document of one record; of a withdrawn one, its tombstone.

        Raises:
            FormatError: The record cannot be carried.
        """

    def read_entry(self, content: bytes) -> Record | Tombstone:
        """Read a document that :meth:`entry` wrote.

        Raises:
            FormatError: It is not one, or the record is not what its digest says.
        """

    def entry_media_type(self, record: Record) -> str:
        """The media type of what :meth:`entry` returns for a record."""


class _Formats(Mapping[str, Format]):
    """Modules by format name, each imported when it is first asked for."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Format:
        return cast("Format", import_module(self._modules[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


FORMATS: Mapping[str, Format] = _Formats(
    {
        "atom": "govsync.formats.atom",
        "rss": "govsync.formats.rss",
        "xml": "govsync.formats.catalog_xml",
        "json": "govsync.formats.json_records",
        "jsonl": "govsync.formats.json_lines",
        "json_feed": "govsync.formats.json_feed",
        "sitemap": "govsync.formats.sitemap",
        "oai_dc": "govsync.formats.oai_dc",
        "dcat": "govsync.formats.dcat",
        "page_meta": "govsync.formats.page_meta",
    }
)
"""Every format by its name; ``sitemap`` names pages and has no more than ``write``."""
