"""``govsync audit prove``, and ``verify --proof``: single entries, for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent.workspace import Workspace
from govsync.cli.output import complain, say
from govsync.errors import UsageError
from govsync.files import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def prove(
    config: Path,
    record: str,
    *,
    channel: str | None,
    entry: int | None,
    out: Path | None,
) -> None:
    """Write a proof of each entry that concerns a record, one after the other.

    Raises:
        UsageError: No such entry concerns the record, or none is signed yet.
    """
    with Workspace.at(config) as workspace, workspace.database.read() as connection:
        seqs = audit.seqs_of(connection, record, channel)
        if entry is not None:
            seqs = [seq for seq in seqs if seq == entry]
        if not seqs:
            raise UsageError(
                "no such entry concerns this record",
                where=record,
                mend="`govsync audit show --record` lists them",
            )
        proofs = audit.prove(connection, seqs)
    if len(proofs) < len(seqs):
        late = len(seqs) - len(proofs)
        complain(f"{late} entries came after the last checkpoint: the next run signs")
    if not proofs:
        raise UsageError("none of these entries is signed yet", where=record)
    text = "\n".join(proof.text() for proof in proofs)
    if out is None:
        say(text.removesuffix("\n"))
        return
    with replacing(out) as file:
        file.write(text.encode())
    say(f"{len(proofs)} proofs written to {out}")


def verify(path: Path, keys: Sequence[str]) -> None:
    """Verify each proof of a file and print its entry.

    Raises:
        UsageError: No key is given.
        AuditError: A proof does not hold; those before it were printed.
    """
    if not keys:
        raise UsageError("a proof is verified by a key", mend="give --key")
    verifiers = [audit.VerifierKey.parse(key) for key in keys]
    for proof in audit.split_proofs(path.read_text(encoding="utf-8")):
        line = proof.verify(verifiers)
        if proof.expired:
            say(f"entry {proof.index}: its text has expired; its place is proved")
        else:
            say(line.decode())
