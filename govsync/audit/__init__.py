"""The tamper-evident log (审计日志): RFC 6962 tree, C2SP signed checkpoints."""

from govsync.audit.algorithms import SM2
from govsync.audit.expiry import check_date, expire
from govsync.audit.keeping import keep
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
    told_of_records,
    told_until,
)
from govsync.audit.merkle import Frontier
from govsync.audit.note import (
    Checkpoint,
    open_checkpoint,
    sign_checkpoint,
    split_checkpoints,
)
from govsync.audit.proving import Proof, prove, seqs_of, split_proofs
from govsync.audit.reading import write_csv, write_xlsx
from govsync.audit.rotation import first_key, rotate
from govsync.audit.verification import Verified, verify, verify_lines

__all__ = [
    "SM2",
    "Checkpoint",
    "Entry",
    "Frontier",
    "Proof",
    "SigningKey",
    "Verified",
    "VerifierKey",
    "append",
    "check_date",
    "checkpoint",
    "checkpoints",
    "entries",
    "expire",
    "export_json_lines",
    "first_key",
    "head",
    "keep",
    "open_checkpoint",
    "proof_until",
    "prove",
    "rotate",
    "seqs_of",
    "sign_checkpoint",
    "split_checkpoints",
    "split_proofs",
    "told_of_records",
    "told_until",
    "verify",
    "verify_lines",
    "write_csv",
    "write_xlsx",
]
