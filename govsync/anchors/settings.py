"""The anchors of a configuration: ``[[audit.anchors]]``, told apart by ``kind``.

::

    [[audit.anchors]]
    kind = "file"
    name = "archive"
    path = "/mnt/archive/govsync"
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from govsync.audit.cosignature import WitnessKey
from govsync.errors import ConfigError
from govsync.model import Value

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
Address = Annotated[
    str, StringConstraints(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$", max_length=254)
]
"""An e-mail address (RFC 5321, section 4.1.2), by its shape."""
NOW = timedelta()


class _Common(Value):
    name: Name
    """Under which it is remembered: keep it."""
    every: Annotated[timedelta, Field(ge=NOW)] = NOW
    """Given heads no more often than this."""
    late_after: Annotated[timedelta, Field(gt=NOW)] = timedelta(days=3)
    """Without the newest head for longer, `govsync status` names it."""
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30
    """Seconds that a whole attempt may take."""


class FolderSettings(_Common):
    """A folder, best on another machine; nothing in it is ever overwritten."""

    kind: Literal["file"]
    path: Path


class MailboxSettings(_Common):
    """The inspector's mailbox.

    The password comes from ``password_file`` or ``GOVSYNC_ANCHOR_<NAME>_PASSWORD``.
    """

    kind: Literal["email"]
    every: Annotated[timedelta, Field(ge=NOW)] = timedelta(days=1)
    host: Annotated[str, StringConstraints(pattern=r"^[^\s/]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """By ``security`` where absent: 587, 465 or 25."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    """PEM of the authorities to trust in place of the public ones."""
    user: str = ""
    """Empty: no password is given."""
    password_file: Path | None = None
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1)]


def _witness_key(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return WitnessKey.parse(text)
    except ConfigError as error:
        raise ValueError(error.message) from error


class WitnessSettings(_Common):
    """A witness that speaks c2sp.org/tlog-witness, such as a province's platform."""

    kind: Literal["witness"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
    """What ``/add-checkpoint`` follows."""
    key: Annotated[WitnessKey, BeforeValidator(_witness_key)]
    """Its verifier key, as its keeper tells it."""
    ca_file: Path | None = None
    """PEM of the authorities to trust in place of the public ones."""
    proxy: str | None = None
    private: bool = False
    """Whether it may be this machine or stand in an internal network."""


AnchorSettings = Annotated[
    FolderSettings | MailboxSettings | WitnessSettings, Field(discriminator="kind")
]
"""One anchor."""
