"""Make the anchors of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.anchors.folder import Folder
from govsync.anchors.settings import FolderSettings, MailboxSettings, WitnessSettings
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from govsync.anchors.contract import Anchor
    from govsync.anchors.settings import AnchorSettings
    from govsync.channels.contract import Clock


def open_anchor(
    settings: AnchorSettings,
    *,
    root: Path,
    secret: Callable[[str], str | None],
    clock: Clock,
) -> Anchor:
    """Return an anchor, ready for use; nothing is reached yet.

    Args:
        settings: As configured.
        root: What relative paths begin at.
        secret: Returns a secret by name; None where it is given nowhere.
        clock: Gives the present moment, aware.

    Raises:
        ConfigError: A secret, a file or an address cannot be used.
    """
    match settings:
        case FolderSettings():
            return Folder(settings, root / settings.path)
        case MailboxSettings():
            return _mailbox(settings, root, secret, clock)
        case WitnessSettings():
            return _witness(settings, root, clock)


def _mailbox(
    settings: MailboxSettings,
    root: Path,
    secret: Callable[[str], str | None],
    clock: Clock,
) -> Anchor:
    from govsync.anchors.mailbox import Mailbox

    password = secret("password")
    if settings.user and password is None:
        raise ConfigError(
            "no password",
            where=f"audit.anchors.{settings.name}",
            mend="name password_file",
        )
    return Mailbox(
        settings,
        clock=clock,
        password=password or "",
        ca_file=settings.ca_file and root / settings.ca_file,
    )


def _witness(settings: WitnessSettings, root: Path, clock: Clock) -> Anchor:
    from govsync.anchors.witness import Witness
    from govsync.channels.http import HttpClient

    client = HttpClient(
        base_url=settings.url,
        timeout_s=settings.timeout_s,
        max_response_bytes=64 * 1024,
        ca_file=str(root / settings.ca_file) if settings.ca_file else None,
        proxy=settings.proxy,
        private=settings.private,
    )
    return Witness(settings, client, clock)
