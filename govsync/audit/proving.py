"""Proofs that entries are in the log, each a text that stands alone.

The format is c2sp.org/tlog-proof: the entry's text (as ``extra``) and place, the
hashes that lead from its leaf to the root, and the signed checkpoint with that root.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field
from sqlalchemy import select

from govsync.audit.log import EXPIRED, expired_line, newest
from govsync.audit.merkle import Frontier, Paths, leaf_hash, verify_inclusion
from govsync.audit.note import checkpoint_of, open_checkpoint
from govsync.errors import AuditError
from govsync.model import Value
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from govsync.audit.keys import VerifierKey

HEADER = "c2sp.org/tlog-proof@v1"
"""The first line of a proof, as c2sp.org/tlog-proof prescribes it."""
_BEGINNING = re.compile(rf"(?m)^(?={re.escape(HEADER)}$)")
_AT_A_TIME = 4096
Hash = Annotated[bytes, Field(min_length=32, max_length=32)]


class Proof(Value):
    """That one entry is in the log that a checkpoint signs."""

    entry: bytes
    """Its line in an export: canonical JSON, or the leaf of an expired text."""
    index: Annotated[int, Field(ge=0)]
    path: tuple[Hash, ...]
    """Nearest sibling first."""
    checkpoint: str

    @property
    def expired(self) -> bool:
        """Whether the entry's text is gone: its place is proved, not what it said."""
        return self.entry.startswith(EXPIRED)

    def text(self) -> str:
        """Return the proof as it is handed over."""
        extra, *path = (base64.b64encode(b).decode() for b in (self.entry, *self.path))
        lines = (HEADER, f"extra {extra}", f"index {self.index}", *path)
        return "".join(f"{line}\n" for line in lines) + f"\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof.

        Raises:
            AuditError: It is none, or one without the entry's text.
        """
        try:
            lines, checkpoint = text.split("\n\n", 1)
            header, extra, index, *path = lines.split("\n")
            read = cls(
                entry=base64.b64decode(extra.removeprefix("extra "), validate=True),
                index=int(index.removeprefix("index ")),
                path=tuple(base64.b64decode(line, validate=True) for line in path),
                checkpoint=checkpoint,
            )
        except ValueError as error:
            raise AuditError("not a proof that carries its entry") from error
        if header != HEADER or read.text() != text:
            raise AuditError("not a proof as it is written")
        return read

    def verify(self, keys: Sequence[VerifierKey]) -> bytes:
        """Return the entry's line, if the log that a key signed holds it.

        Raises:
            AuditError: It does not, or none of the keys signed.
        """
        head = open_checkpoint(self.checkpoint, keys)
        leaf = self._leaf()
        if not verify_inclusion(leaf, self.index, head.size, self.path, head.root):
            raise AuditError(
                "the log that was signed does not hold this", where=self._where
            )
        if not self.expired and self._seq() != self.index:
            raise AuditError("it was written as another entry", where=self._where)
        return self.entry

    @property
    def _where(self) -> str:
        return f"entry {self.index}"

    def _leaf(self) -> bytes:
        if not self.expired:
            return leaf_hash(self.entry)
        try:
            return bytes.fromhex(json.loads(self.entry)["leaf"])
        except (KeyError, TypeError, ValueError) as error:
            raise AuditError("not an entry", where=self._where) from error

    def _seq(self) -> object:
        try:
            return json.loads(self.entry)["seq"]
        except (KeyError, TypeError, ValueError) as error:
            raise AuditError("not an entry", where=self._where) from error


def split_proofs(text: str) -> list[Proof]:
    """Return the proofs of a file that holds one after the other.

    Raises:
        AuditError: It holds something else.
    """
    before, *texts = _BEGINNING.split(text)
    if before.strip() or not texts:
        raise AuditError("not a file of proofs")
    return [Proof.parse(one.rstrip("\n") + "\n") for one in texts]


def seqs_of(
    connection: Connection, record: str, channel: str | None = None
) -> list[int]:
    """Return the places of the entries that concern a record, those expired too."""
    columns = t.audit.c
    query = select(columns.seq).where(columns.record == record).order_by(columns.seq)
    if channel is not None:
        query = query.where(columns.channel == channel)
    return list(connection.execute(query).scalars())


def prove(connection: Connection, seqs: Sequence[int]) -> list[Proof]:
    """Prove entries against the newest checkpoint, in one pass over the leaves.

    The pass hashes the log's tree once, however many entries are asked for, and holds
    no more of it than their proofs.

    Args:
        connection: A reading transaction.
        seqs: Of the entries; those that came after the checkpoint are left out.

    Raises:
        AuditError: Nothing was signed yet, or the entries are not what was signed.
    """
    note = newest(connection)
    if note is None:
        raise AuditError("nothing was signed yet", mend="a run signs what it wrote")
    head = checkpoint_of(note)
    covered = [seq for seq in seqs if 0 <= seq < head.size]
    paths = Paths(covered, head.size)
    frontier = Frontier().extend(_leaves(connection, head.size), paths.see)
    if (frontier.size, frontier.root()) != (head.size, head.root):
        raise AuditError(
            "the entries are not what was signed",
            where=f"checkpoint at {head.size}",
            mend="`govsync audit verify` names the first that does not hold",
        )
    lines = _lines(connection, covered)
    return [
        Proof(
            entry=lines[seq],
            index=seq,
            path=paths.path(seq, frontier),
            checkpoint=note,
        )
        for seq in covered
    ]


def _leaves(connection: Connection, size: int) -> Iterator[bytes]:
    cursor = connection.connection.cursor()
    cursor.execute("SELECT leaf FROM audit WHERE seq < ? ORDER BY seq", (size,))
    while rows := cursor.fetchmany(_AT_A_TIME):
        for (leaf,) in rows:
            yield leaf


def _lines(connection: Connection, seqs: Sequence[int]) -> dict[int, bytes]:
    columns = t.audit.c
    lines = {}
    for begin in range(0, len(seqs), 500):  # SQLite takes so many values at a time
        some = seqs[begin : begin + 500]
        query = select(columns.seq, columns.body, columns.leaf)
        for seq, body, leaf in connection.execute(query.where(columns.seq.in_(some))):
            lines[seq] = body if body is not None else expired_line(leaf)
    return lines
