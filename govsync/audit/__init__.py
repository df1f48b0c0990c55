"""The tamper-evident log (审计日志): RFC 6962 tree, C2SP signed checkpoints."""

from govsync.audit.keys import SigningKey, VerifierKey
from govsync.audit.log import (
    Entry,
    append,
    checkpoint,
    checkpoints,
    entries,
    export_json_lines,
    head,
    proof_until,
    told_until,
)
from govsync.audit.merkle import Frontier
from govsync.audit.note import (
    Checkpoint,
    open_checkpoint,
    sign_checkpoint,
    split_checkpoints,
)
from govsync.audit.verification import Verified, verify, verify_lines

__all__ = [
    "Checkpoint",
    "Entry",
    "Frontier",
    "SigningKey",
    "Verified",
    "VerifierKey",
    "append",
    "checkpoint",
    "checkpoints",
    "entries",
    "export_json_lines",
    "head",
    "open_checkpoint",
    "proof_until",
    "sign_checkpoint",
    "split_checkpoints",
    "told_until",
    "verify",
    "verify_lines",
]
