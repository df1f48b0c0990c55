"""govsync: publish what the open-government catalog demands.

The library's front door is :func:`load`, :func:`load_catalogs` and :func:`convert`;
the values are in :mod:`govsync.model`. Names are imported when they are first used,
so ``import govsync`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsync.conversion import Loaded, convert, load, load_catalogs
    from govsync.errors import GovsyncError
    from govsync.formats import Feed
    from govsync.model import Catalog, Catalogs, Finding, Item, Record
    from govsync.sources import Problem

__all__ = [
    "Catalog",
    "Catalogs",
    "Feed",
    "Finding",
    "GovsyncError",
    "Item",
    "Loaded",
    "Problem",
    "Record",
    "convert",
    "load",
    "load_catalogs",
]

_HOMES = {
    "Catalog": "govsync.model",
    "Catalogs": "govsync.model",
    "Feed": "govsync.formats",
    "Finding": "govsync.model",
    "GovsyncError": "govsync.errors",
    "Item": "govsync.model",
    "Loaded": "govsync.conversion",
    "Problem": "govsync.sources",
    "Record": "govsync.model",
    "convert": "govsync.conversion",
    "load": "govsync.conversion",
    "load_catalogs": "govsync.conversion",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("govsync")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'govsync' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
