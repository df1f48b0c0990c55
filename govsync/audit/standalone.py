"""Verify an exported audit log of govsync, on any machine, without govsync.

One file; needs Python 3.11 or later and the package ``cryptography``, no network::

    python standalone.py LOG CHECKPOINTS KEY
    python standalone.py PROOF KEY

LOG is what ``govsync audit export`` wrote, CHECKPOINTS a file of signed checkpoints
that you kept yourself (only those show that the end was cut off), KEY the verifier key
that you were given when the log began; where it was replaced, the log names the next
one under its signature. PROOF is what ``govsync audit prove`` wrote, one or several;
its KEY is the one that signed its checkpoint. It prints what holds and exits with 0, or
names the first entry that does not and exits with 1. Read it: that is what it is short
for.

The formats are those of RFC 6962, section 2.1 (leaves and nodes of the tree) and of
c2sp.org/signed-note, c2sp.org/tlog-checkpoint (signed heads) and c2sp.org/tlog-proof.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF = "c2sp.org/tlog-proof@v1"
"""The first line of a proof."""
EXPIRED = b'{"expired":true,'
"""What the line of an entry begins with whose text is gone."""
ROTATED = b'{"action":"audit.key-rotated",'
"""What the line of an entry begins with that names a new key."""


class DoesNotHoldError(Exception):
    """The log, a checkpoint or the key does not hold; says which."""


def leaf_of(line: bytes) -> bytes:
    """Return the hash of an entry; one whose text has expired carries it itself."""
    if line.startswith(EXPIRED):
        return bytes.fromhex(json.loads(line)["leaf"])
    return hashlib.sha256(b"\0" + line).digest()


def add(tree: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf to the roots of the perfect subtrees of a tree of this size."""
    tree.append(leaf)
    while size & 1:
        right = tree.pop()
        tree[-1] = hashlib.sha256(b"\1" + tree[-1] + right).digest()
        size >>= 1


def root_of(tree: list[bytes]) -> bytes:
    """Return the root over the perfect subtrees."""
    if not tree:
        return hashlib.sha256().digest()
    root = tree[-1]
    for left in reversed(tree[:-1]):
        root = hashlib.sha256(b"\1" + left + root).digest()
    return root


def key_of(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """Take a verifier key apart: name, id (4 bytes), public key."""
    name, sign, encoded = text.strip().split("+", 2)
    content = base64.b64decode(encoded, validate=True)
    key_id = hashlib.sha256(f"{name}\n".encode() + content).digest()[:4]
    if content[:1] != b"\1" or key_id.hex() != sign:
        raise DoesNotHoldError("KEY is not an Ed25519 verifier key")
    return name, key_id, Ed25519PublicKey.from_public_bytes(content[1:])


class Note:
    """A signed checkpoint: its text, its signatures by signer, its size and root."""

    def __init__(self, note: str) -> None:
        self.text, _, lines = note.strip().rpartition("\n\n")
        self.text += "\n"
        self.signatures: dict[tuple[str, bytes], bytes] = {}
        for line in lines.split("\n"):
            name, _, encoded = line.removeprefix("— ").rpartition(" ")
            content = base64.b64decode(encoded, validate=True)
            self.signatures[name, content[:4]] = content[4:]
        self.origin, size, root, *_ = self.text.split("\n")
        self.size, self.root = int(size), base64.b64decode(root, validate=True)

    def open(self, key: str, replaced: dict[str, int]) -> None:
        """Make sure that a key signed it, and that its log is the key's."""
        name, key_id, public = key_of(key)
        signature = self.signatures.get((name, key_id))
        for old, seq in replaced.items():
            if signature is None and key_of(old)[:2] in self.signatures:
                raise DoesNotHoldError(
                    f"a checkpoint is signed by a key that was replaced at entry {seq}"
                )
        if signature is None:
            by = ", ".join(signer for signer, _ in self.signatures)
            raise DoesNotHoldError(f"a checkpoint is signed by {by}, not by KEY")
        try:
            public.verify(signature, self.text.encode())
        except InvalidSignature as error:
            raise DoesNotHoldError("a checkpoint's signature does not hold") from error
        if self.origin != name:
            raise DoesNotHoldError(f"a checkpoint is of another log: {self.origin}")


def notes_of(text: str) -> list[Note]:
    """Return the signed notes of a file of checkpoints, smallest first."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    if not parts or len(parts) % 2:
        raise DoesNotHoldError("CHECKPOINTS does not hold whole signed notes")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    notes = [Note(f"{signed}\n\n{signatures}") for signed, signatures in pairs]
    return sorted(notes, key=lambda note: note.size)


def verify(log: Path, checkpoints: str, key: str) -> str:
    """Return what holds, as a sentence.

    Raises:
        DoesNotHoldError: Names the first entry or the checkpoint that does not.
    """
    notes, replaced = notes_of(checkpoints), dict[str, int]()
    tree: list[bytes] = []
    size = sound = 0
    with log.open("rb") as lines:
        for line in (line.rstrip(b"\n") for line in lines):
            add(tree, size, _checked(line, size))
            size += 1
            while notes and notes[0].size == size:
                note = notes.pop(0)
                note.open(key, replaced)
                if note.root != root_of(tree):
                    raise DoesNotHoldError(
                        f"entries {sound} to {size - 1} are not what was signed"
                    )
                sound = size
                key = _successor(line, note, key, replaced, size - 1)
    if notes:
        notes[-1].open(key, replaced)
        raise DoesNotHoldError(
            f"the end is cut off: {notes[-1].size} entries were signed, {size} are here"
        )
    return f"{size} entries hold, {sound} of them signed; root {root_of(tree).hex()}"


def _successor(
    line: bytes, note: Note, key: str, replaced: dict[str, int], seq: int
) -> str:
    """Return the key that counts after a checkpoint; both sign where it changes."""
    detail = json.loads(line)["detail"] if line.startswith(ROTATED) else {}
    if detail.get("old") != key.strip():
        return key
    note.open(detail["key"], {})
    replaced[key] = seq
    return str(detail["key"])


def verify_proof(text: str, key: str) -> str:
    """Return the entry of a proof.

    Raises:
        DoesNotHoldError: The log that KEY signed does not hold it.
    """
    lines, _, checkpoint = text.partition("\n\n")
    header, extra, index, *path = lines.split("\n")
    if header != PROOF:
        raise DoesNotHoldError("not a proof")
    entry = base64.b64decode(extra.removeprefix("extra "), validate=True)
    seq, note = int(index.removeprefix("index ")), Note(checkpoint)
    note.open(key, {})
    hashes = [base64.b64decode(line, validate=True) for line in path]
    if _climbed(_checked(entry, seq), seq, note.size, hashes) != note.root:
        raise DoesNotHoldError(f"the log that was signed does not hold entry {seq}")
    if entry.startswith(EXPIRED):
        return f"entry {seq}: its text has expired; its place is proved"
    return entry.decode()


def _climbed(leaf: bytes, at: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the root that a path leads to; None where it is not as long as it must."""
    last = size - 1
    if not 0 <= at <= last:
        return None
    for node in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            leaf = hashlib.sha256(b"\1" + node + leaf).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = hashlib.sha256(b"\1" + leaf + node).digest()
        at, last = at >> 1, last >> 1
    return leaf if last == 0 else None


def _checked(line: bytes, expected: int) -> bytes:
    try:
        told = json.loads(line)
        leaf = leaf_of(line)
        seq = expected if told.get("expired") is True else told["seq"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DoesNotHoldError(f"entry {expected} is not an entry") from error
    if seq != expected:
        raise DoesNotHoldError(f"entry {expected} is missing: the next is {seq}")
    return leaf


def verify_proofs(text: str, key: str) -> str:
    """Return the entries of a file of proofs, each on its line."""
    _, *proofs = text.split(f"{PROOF}\n")
    if not proofs:
        raise DoesNotHoldError("PROOF is not a file of proofs")
    return "\n".join(
        verify_proof(f"{PROOF}\n{proof.rstrip()}\n", key) for proof in proofs
    )


def main(arguments: list[str]) -> int:
    """Verify what the command line names; return the exit code."""
    if len(arguments) not in (2, 3):
        sys.stderr.write(f"{__doc__}\n")
        return 64
    *files, key = arguments
    try:
        text = Path(files[-1]).read_text(encoding="utf-8")
        proof = len(files) == 1
        said = verify_proofs(text, key) if proof else verify(Path(files[0]), text, key)
        sys.stdout.write(f"{said}\n")
    except (DoesNotHoldError, OSError, ValueError) as error:
        sys.stderr.write(f"does not hold: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
