"""Verify the audit log: everything recomputed, held against every signed head.

One pass in the order of the entries, in constant memory: the log is as long as it
likes. It needs no server, no network and no trust in who kept the log.
"""

from __future__ import annotations

import heapq
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import select

from govsync.audit import heads, rows
from govsync.audit.merkle import Frontier
from govsync.errors import AuditError
from govsync.model import Value
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from govsync.audit.keys import VerifierKey
    from govsync.audit.note import Checkpoint
    from govsync.audit.rows import Sound


class Verified(Value):
    """What a verification found to hold."""

    size: int
    root: bytes
    checkpoints: int
    """How many signed heads were held against the entries; none prove nothing."""
    signed: int = 0
    """So many entries are signed; those after them are recomputed, no more."""
    expired: int = 0
    """Entries whose text is gone: their leaf is proved, what they said is not."""
    passed_over: int = 0
    """Heads from before the first that one of the keys signed: they prove nothing."""
    keys: tuple[str, ...] = ()
    """The verifier keys that count at the end of the log."""


def verify(
    connection: Connection, keys: Sequence[VerifierKey], kept: Sequence[str] = ()
) -> Verified:
    """Recompute the log in a database and hold it against every checkpoint.

    Args:
        connection: A reading transaction.
        keys: Whose signatures count when the log begins; it names their successors
            itself (:mod:`govsync.audit.heads`).
        kept: Signed checkpoints kept elsewhere: only they show a cut tail or a log
            written anew from its beginning.

    Raises:
        AuditError: ``where`` names the first entry that does not hold; where entries
            were written anew, leaves and all, those between two checkpoints.
    """
    notes = heapq.merge(heads.stored(connection), heads.kept(kept), key=heads.size_of)
    replay = _Replay(rows.stored(connection), notes, keys)
    frontier = replay.run()
    _check_head(connection, frontier)
    return replay.verified(frontier)


def verify_lines(
    lines: Iterable[bytes], keys: Sequence[VerifierKey], kept: Sequence[str]
) -> Verified:
    """Recompute an exported log and hold it against checkpoints kept elsewhere.

    Args:
        lines: As :func:`govsync.audit.log.export_json_lines` wrote them.
        keys: As for :func:`verify`.
        kept: Signed checkpoints.

    Raises:
        AuditError: As :func:`verify`.
    """
    replay = _Replay(rows.exported(lines), heads.kept(kept), keys)
    return replay.verified(replay.run())


class _Replay:
    """The tree, built again; where a head was signed, the roots must agree."""

    def __init__(
        self,
        sound: Iterable[Sound],
        notes: Iterable[heads.Note],
        keys: Iterable[VerifierKey],
    ) -> None:
        self._sound = iter(sound)
        self._rest: Sequence[bytes] = ()
        self._expired = 0
        self._rotations: dict[int, bytes] = {}
        self._keyring = heads.Keyring(keys)
        self._heads = heads.Heads(notes, self._keyring, self._rotations)

    def run(self) -> Frontier:
        frontier = Frontier()
        for signed in self._heads:
            sound = frontier.size
            leaves = self._leaves(signed.size - sound)
            frontier = frontier.extend(chain.from_iterable(leaves))
            _check_root(frontier, signed, sound)
        return frontier.extend(chain.from_iterable(self._leaves(None)))

    def _leaves(self, number: int | None) -> Iterator[Sequence[bytes]]:
        """Yield the next leaves: so many, or all; fewer where the log ends."""
        while number is None or number > 0:
            if not self._rest and not self._read():
                return
            leaves, self._rest = self._rest[:number], self._rest[number or _ALL :]
            number = None if number is None else number - len(leaves)
            yield leaves

    def _read(self) -> bool:
        found = next(self._sound, None)
        if found is None:
            return False
        self._rest = found.leaves
        self._expired += found.expired
        self._rotations.update(found.rotations)
        return True

    def verified(self, frontier: Frontier) -> Verified:
        return Verified(
            size=frontier.size,
            root=frontier.root(),
            checkpoints=self._heads.number,
            signed=self._heads.size,
            expired=self._expired,
            passed_over=self._heads.passed_over,
            keys=tuple(map(str, self._keyring.keys)),
        )


_ALL = 1 << 62


def _check_root(frontier: Frontier, signed: Checkpoint, sound: int) -> None:
    if frontier.size < signed.size:
        raise AuditError(
            f"cut: a checkpoint signed {signed.size} entries, {frontier.size} are left",
            where=f"entry {frontier.size}",
        )
    if frontier.root() != signed.root:
        raise AuditError(
            f"rewritten: the checkpoint at {signed.size} has another root",
            where=f"entries {min(sound, signed.size - 1)} to {signed.size - 1}",
        )


def _check_head(connection: Connection, frontier: Frontier) -> None:
    columns = t.audit_head.c
    query = select(columns.size, rows.raw(columns.frontier)).where(columns.id == 1)
    row = connection.execute(query).first() or (0, b"")
    if tuple(row) != (frontier.size, b"".join(frontier.hashes)):
        raise AuditError(
            "the head is not that of the entries", where=f"entry {frontier.size}"
        )
