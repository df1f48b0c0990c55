"""The settings of the inbox: terms, and what it reads besides the channels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from govsync.inbox.clock import Terms
from govsync.model import Value


class SourceSettings(Value):
    """A mailbox or a file that feedback is read from."""

    kind: Literal["mailbox", "drop"]
    """``mailbox``: an mbox file or a Maildir folder; ``drop``: JSON Lines."""
    path: Path
    outbox: Path | None = None
    """The folder that answers are put in; without it a person gives them."""
    sender: Annotated[str, StringConstraints(pattern=r"^([^\s@<>]+@[^\s@<>]+)?$")] = ""
    """Whom answers by mail are from; ``outbox`` of a mailbox needs it."""


class InboxSettings(Value):
    """The table ``[inbox]``."""

    terms: Terms = Terms()
    """Working days (``[inbox.terms]``)."""
    sources: dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,40}$")],
        SourceSettings,
    ] = Field(default={})
    """By name, which no channel has (``[inbox.sources.NAME]``)."""
