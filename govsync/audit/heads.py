"""The signed heads of a log, opened in order, each by the keys that counted then.

A key's successor is named by the log itself: by the entry ``audit.key-rotated`` where
it is the last one that a head covers, and that head carries the signatures of both the
old key and the new. From then on the old one counts no more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from govsync.audit.keys import VerifierKey
from govsync.audit.note import (
    Checkpoint,
    checkpoint_of,
    open_checkpoint,
    open_note,
    signers,
)
from govsync.audit.rows import raw
from govsync.errors import AuditError, ConfigError
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection


class Note(NamedTuple):
    """A signed checkpoint before it is opened."""

    says: Checkpoint
    """Not to believe before it is opened."""
    text: str
    where: str


class Keyring:
    """The keys that count, as the log goes on.

    Args:
        keys: Those that count at its beginning.
    """

    def __init__(self, keys: Iterable[VerifierKey]) -> None:
        self.keys = list(keys)
        self._replaced: dict[tuple[str, bytes], int] = {}

    def knows(self, note: str) -> bool:
        """Whether a note says that one of the keys signed it, now or before."""
        known = {key.signer for key in self.keys} | self._replaced.keys()
        return not known.isdisjoint(signers(note))

    def open(self, note: Note) -> Checkpoint:
        """Open a checkpoint by the keys that count.

        Raises:
            AuditError: None of them signed it, or a signature does not hold.
        """
        by = signers(note.text)
        if by.isdisjoint(key.signer for key in self.keys):
            for signer in by & self._replaced.keys():
                raise AuditError(
                    "signed by a key that was replaced at entry"
                    f" {self._replaced[signer]}",
                    mend="find out who still holds that key",
                )
        open_note(note.text, self.keys)
        return note.says

    def learn(self, seq: int, body: bytes, note: str) -> None:
        """Put the new key into the place of the old, as an entry says.

        Args:
            seq: The entry's place: the last that the note covers.
            body: Its text.
            note: A checkpoint that was opened.

        Raises:
            AuditError: The entry names no keys, or one of the two did not sign.
        """
        try:
            detail = json.loads(body)["detail"]
            old, new = (VerifierKey.parse(detail[name]) for name in ("old", "key"))
        except (ConfigError, KeyError, TypeError, ValueError) as error:
            raise AuditError("it names no new key", where=f"entry {seq}") from error
        if old not in self.keys:
            return
        for key in (old, new):
            open_checkpoint(note, [key])
        self.keys[self.keys.index(old)] = new
        self._replaced[old.signer] = seq


class Heads:
    """Signed heads by size, each once, and all of one log.

    Args:
        notes: By size.
        keyring: Opens them.
        rotations: By sequence number, the texts that name a new key; filled by who
            reads the entries, before the head that covers them is left.
    """

    def __init__(
        self, notes: Iterable[Note], keyring: Keyring, rotations: Mapping[int, bytes]
    ) -> None:
        self._notes = notes
        self._keyring = keyring
        self._rotations = rotations
        self.number = 0
        self.size = 0
        self.passed_over = 0

    def __iter__(self) -> Iterator[Checkpoint]:
        last: Checkpoint | None = None
        stranger: Note | None = None
        for note in self._notes:
            # What another signed before our keys' time; ours sign for it later.
            if last is None and not self._keyring.knows(note.text):
                stranger = stranger or note
                self.passed_over += 1
                continue
            head = self._opened(note)
            if last is not None and head.origin != last.origin:
                raise AuditError(
                    f"a checkpoint of another log: {head.origin}",
                    where=f"checkpoint at {head.size}",
                )
            if head != last:
                self.number, self.size = self.number + 1, head.size
                yield head
            last = head
            self._learn(head.size - 1, note)
        if last is None and stranger is not None:
            self._opened(stranger)

    def _learn(self, seq: int, note: Note) -> None:
        if seq in self._rotations:
            self._keyring.learn(seq, self._rotations[seq], note.text)

    def _opened(self, note: Note) -> Checkpoint:
        try:
            return self._keyring.open(note)
        except AuditError as error:
            raise AuditError(
                error.message, where=note.where, mend=error.mend
            ) from error


def stored(connection: Connection) -> Iterator[Note]:
    """Yield the checkpoints that lie beside a log, by size.

    Raises:
        AuditError: A checkpoint's text and its columns do not agree.
    """
    columns = t.checkpoint.c
    query = select(columns.size, raw(columns.root), raw(columns.text))
    for size, root, text in connection.execute(query.order_by(columns.size)):
        note = text.decode(errors="replace")
        where = f"checkpoint at {size}"
        says = _says(note, where)
        if (says.size, says.root) != (size, root):
            raise AuditError(
                "changed: its text and its columns do not agree", where=where
            )
        yield Note(says, note, where)


def kept(notes: Sequence[str]) -> list[Note]:
    """Return checkpoints that were kept elsewhere, by size.

    Raises:
        AuditError: One is no signed checkpoint.
    """
    places = [f"kept checkpoint {number}" for number in range(1, len(notes) + 1)]
    found = [
        Note(_says(note, where), note, where)
        for note, where in zip(notes, places, strict=True)
    ]
    return sorted(found, key=size_of)


def size_of(note: Note) -> int:
    """Return the size that a note says."""
    return note.says.size


def _says(note: str, where: str) -> Checkpoint:
    try:
        return checkpoint_of(note)
    except AuditError as error:
        raise AuditError(error.message, where=where, mend=error.mend) from error
