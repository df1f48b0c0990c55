"""A new key for the log: named by an entry, under a head that both keys sign.

The entry ``audit.key-rotated`` is the last that this head covers. The old key's
signature says that its owner wanted the new one; the new key's, that somebody has it.
Who holds the first verifier key alone can so follow the log through every change
(:mod:`govsync.audit.heads`). A thief of an old key can still write another past that
ends before the change: against that stand, as ever, the checkpoints kept elsewhere.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from govsync.audit.keys import SigningKey, VerifierKey
from govsync.audit.log import ROTATED, Entry, append, newest, sign
from govsync.audit.note import signers
from govsync.errors import AuditError, ConfigError
from govsync.store import schema as t

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

ACTION = "audit.key-rotated"


def rotate(
    connection: Connection,
    old: SigningKey,
    new: SigningKey,
    *beside: SigningKey,
    origin: str,
    at: datetime,
    actor: str,
) -> str:
    """Write the entry and sign the head with both keys; return the checkpoint.

    Args:
        connection: A writing transaction.
        old: Signs until now.
        new: Signs from now on.
        beside: Further keys that sign every head.
        origin: The log's name.
        at: Now.
        actor: Who asks for it.

    Raises:
        AuditError: The old key did not sign the last head.
    """
    last = newest(connection)
    if last is not None and old.verifier.signer not in signers(last):
        raise AuditError(
            "the last checkpoint was signed by another key than the one to replace",
            mend="put back the key that signed it",
        )
    detail = {"old": str(old.verifier), "key": str(new.verifier)}
    append(connection, [Entry(at=at, actor=actor, action=ACTION, detail=detail)])
    return sign(connection, origin, at, old, new, *beside)


def first_key(connection: Connection, key: VerifierKey) -> VerifierKey:
    """Return the key that the log began with, from the one that signs it now.

    The way back is only a guess: verification goes the way forward, and believes each
    change for the two signatures under it.

    Args:
        connection: A reading transaction.
        key: Signs the log now.
    """
    columns = t.audit.c
    query = (
        select(columns.body)
        .join(t.checkpoint, t.checkpoint.c.size == columns.seq + 1)
        .where(func.substr(columns.body, 1, len(ROTATED)) == ROTATED)
        .order_by(columns.seq.desc())
    )
    for body in connection.execute(query).scalars():
        try:
            detail = json.loads(body)["detail"]
            if detail["key"] == str(key):
                key = VerifierKey.parse(detail["old"])
        except (ConfigError, KeyError, TypeError, ValueError):
            continue  # verification names it
    return key


def successor(path: Path) -> SigningKey:
    """Return the key that waits beside a key's file; made where there is none.

    It is on the disk before the log names it, so that no crash can lose it.

    Args:
        path: The key's file.

    Raises:
        ConfigError: One of the files is not a key.
    """
    waiting = _waiting(path)
    if not waiting.exists():
        now = SigningKey.load(path)
        SigningKey.generate(now.name, now.algorithm).save(waiting)
    return SigningKey.load(waiting)


def is_named(connection: Connection, new: SigningKey) -> bool:
    """Whether the last head is signed by the new key already: only files are left."""
    last = newest(connection)
    return last is not None and new.verifier.signer in signers(last)


def put_in_place(path: Path, *, destroy_old: bool) -> Path | None:
    """Make the waiting key the key; each step leaves one that can be read.

    Args:
        path: The key's file.
        destroy_old: Overwrite the old key and let it go; else it is kept beside.

    Returns:
        Where the old key is kept; None where it is destroyed.
    """
    kept = path.with_name(f"{path.name}.{SigningKey.load(path).verifier.id.hex()}")
    if destroy_old:
        with path.open("r+b") as old:
            _waiting(path).replace(path)
            # What a disk remembers of overwritten blocks is beyond a program's reach.
            old.write(b"\0" * os.fstat(old.fileno()).st_size)
            old.flush()
            os.fsync(old.fileno())
        kept.unlink(missing_ok=True)
        return None
    if not kept.exists():
        os.link(path, kept)
    _waiting(path).replace(path)
    return kept


def _waiting(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")
