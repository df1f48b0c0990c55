"""Anchors: places outside the machine that keep the log's signed heads (存证).

Nothing that is kept in one place shows that its end was cut off, or that all of it was
written anew. Each kind of anchor is one small module: a folder
(:mod:`~govsync.anchors.folder`), a mailbox (:mod:`~govsync.anchors.mailbox`), a witness
(:mod:`~govsync.anchors.witness`). When they are given what is in
:mod:`govsync.agent.anchoring`.
"""

from govsync.anchors.contract import Anchor, AnchorError, ForkError, Head, Kept
from govsync.anchors.opening import open_anchor
from govsync.anchors.settings import (
    AnchorSettings,
    FolderSettings,
    MailboxSettings,
    WitnessSettings,
)

__all__ = [
    "Anchor",
    "AnchorError",
    "AnchorSettings",
    "FolderSettings",
    "ForkError",
    "Head",
    "Kept",
    "MailboxSettings",
    "WitnessSettings",
    "open_anchor",
]
