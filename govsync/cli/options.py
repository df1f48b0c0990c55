"""The options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="GOVSYNC_CONFIG", help="The configuration."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CONFIG = Path("govsync.toml")
