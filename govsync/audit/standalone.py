"""Verify an exported audit log of govsync, on any machine, without govsync.

One file; needs Python 3.11 or later and the package ``cryptography``, no network::

    python standalone.py LOG CHECKPOINTS KEY

LOG is what ``govsync audit export`` wrote, CHECKPOINTS a file of signed checkpoints
that you kept yourself (only those show that the end was cut off), KEY the verifier key
that you were given when the log began. It prints what holds and exits with 0, or names
the first entry that does not and exits with 1. Read it: that is what it is short for.

The formats are those of RFC 6962, section 2.1 (leaves and nodes of the tree) and of
c2sp.org/signed-note and c2sp.org/tlog-checkpoint (signed heads).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Head = tuple[int, bytes]
"""A signed size and the root over so many entries."""


class DoesNotHoldError(Exception):
    """The log, a checkpoint or the key does not hold; says which."""


def leaf_of(line: bytes) -> bytes:
    """Return the hash of an entry; one whose text has expired carries it itself."""
    if line.startswith(b'{"expired":true,'):
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


def heads_of(text: str, key: str) -> list[Head]:
    """Return the signed heads of a file of checkpoints, smallest first."""
    name, key_id, public = key_of(key)
    heads = []
    for signed, signature in _notes(text):
        line_name, _, encoded = signature.removeprefix("— ").rpartition(" ")
        content = base64.b64decode(encoded, validate=True)
        if (line_name, content[:4]) != (name, key_id):
            raise DoesNotHoldError(f"a checkpoint is signed by {line_name}, not by KEY")
        try:
            public.verify(content[4:], signed.encode())
        except InvalidSignature as error:
            raise DoesNotHoldError("a checkpoint's signature does not hold") from error
        origin, size, root, *_ = signed.split("\n")
        if origin != name:
            raise DoesNotHoldError(f"a checkpoint is of another log: {origin}")
        heads.append((int(size), base64.b64decode(root, validate=True)))
    return sorted(heads)


def _notes(text: str) -> list[tuple[str, str]]:
    """Return each note's signed text and signature line."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    if not parts or len(parts) % 2:
        raise DoesNotHoldError("CHECKPOINTS does not hold whole signed notes")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [(f"{signed.lstrip()}\n", signature.strip()) for signed, signature in pairs]


def verify(log: Path, checkpoints: str, key: str) -> str:
    """Return what holds, as a sentence.

    Raises:
        DoesNotHoldError: Names the first entry or the checkpoint that does not.
    """
    heads = heads_of(checkpoints, key)
    tree: list[bytes] = []
    size = sound = 0
    with log.open("rb") as lines:
        for line in lines:
            add(tree, size, _checked(line.rstrip(b"\n"), size))
            size += 1
            while heads and heads[0][0] == size:
                if heads.pop(0)[1] != root_of(tree):
                    raise DoesNotHoldError(
                        f"entries {sound} to {size - 1} are not what was signed"
                    )
                sound = size
    if heads:
        raise DoesNotHoldError(
            f"the end is cut off: {heads[-1][0]} entries were signed, {size} are here"
        )
    return f"{size} entries hold, {sound} of them signed; root {root_of(tree).hex()}"


def _checked(line: bytes, expected: int) -> bytes:
    try:
        told = json.loads(line)
        leaf = leaf_of(line)
        seq = expected if told.get("expired") is True else told["seq"]
    except (AttributeError, KeyError, ValueError) as error:
        raise DoesNotHoldError(f"entry {expected} is not an entry") from error
    if seq != expected:
        raise DoesNotHoldError(f"entry {expected} is missing: the next is {seq}")
    return leaf


def main(arguments: list[str]) -> int:
    """Verify what the command line names; return the exit code."""
    if len(arguments) != 3:
        sys.stderr.write(f"{__doc__}\n")
        return 64
    log, checkpoints, key = arguments
    try:
        kept = Path(checkpoints).read_text(encoding="utf-8")
        sys.stdout.write(f"{verify(Path(log), kept, key)}\n")
    except (DoesNotHoldError, OSError, ValueError) as error:
        sys.stderr.write(f"does not hold: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
