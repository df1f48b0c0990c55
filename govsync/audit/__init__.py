"""The tamper-evident log (审计日志): RFC 6962 tree, C2SP signed checkpoints."""

from govsync.audit.log import (
    Entry,
    Verified,
    append,
    checkpoint,
    entries,
    export_json_lines,
    head,
    split_checkpoints,
    verify,
)
from govsync.audit.merkle import Frontier
from govsync.audit.note import Checkpoint, SigningKey, VerifierKey, open_checkpoint

__all__ = [
    "Checkpoint",
    "Entry",
    "Frontier",
    "SigningKey",
    "Verified",
    "VerifierKey",
    "append",
    "checkpoint",
    "entries",
    "export_json_lines",
    "head",
    "open_checkpoint",
    "split_checkpoints",
    "verify",
]
