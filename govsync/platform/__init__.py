"""The receiving side that a province runs: intake, receipts, manifest, feedback, pages.

::

    serve(load_settings("platform.toml"), "127.0.0.1", 8460)

The contract on the wire is told in docs/platform.md.
"""

from govsync.platform.app import create_app, open_office
from govsync.platform.server import serve
from govsync.platform.settings import (
    AnswerKey,
    CityKey,
    PlatformSettings,
    load_settings,
)

__all__ = [
    "AnswerKey",
    "CityKey",
    "PlatformSettings",
    "create_app",
    "load_settings",
    "open_office",
    "serve",
]
