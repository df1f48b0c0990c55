"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion and consistency proofs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    """Return SHA-256 of 0x00 and the body."""
    return hashlib.sha256(b"\0" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256 of 0x01 and two children."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier(Value):
    """All that an append needs to know: the roots of the perfect subtrees."""

    size: int = 0
    """How many leaves."""
    hashes: tuple[bytes, ...] = ()
    """Largest subtree first; as many as ``size`` has bits set."""

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with one more leaf."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier with more leaves, in memory for one at a time."""
        hashes, size = list(self.hashes), self.size
        for leaf in leaves:
            hashes.append(leaf)
            # Each trailing one bit of the size is a subtree that the leaf completes.
            completed = size
            while completed & 1:
                right = hashes.pop()
                hashes[-1] = node_hash(hashes[-1], right)
                completed >>= 1
            size += 1
        return Frontier.model_construct(size=size, hashes=tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over some leaf hashes."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of a leaf (section 2.1.1), nearest first.

    Raises:
        IndexError: There is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split]))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether a leaf is at an index of the tree of this size and root."""
    if not 0 <= index < size:
        return False
    found, at, last = leaf, index, size - 1
    for node in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(node, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, node)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return what proves that the first ``old`` leaves were kept (section 2.1.2).

    Raises:
        IndexError: There are fewer than ``old`` leaves.
    """
    if not 0 <= old <= len(leaves):
        raise IndexError(f"no tree of {old} among {len(leaves)} leaves")
    return _subproof(leaves, old, whole=True) if old else ()


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> tuple[bytes, ...]:
    if old == len(leaves):
        return () if whole else (root_of(leaves),)
    split = _split(len(leaves))
    if old <= split:
        left = _subproof(leaves[:split], old, whole=whole)
        return (*left, root_of(leaves[split:]))
    right = _subproof(leaves[split:], old - split, whole=False)
    return (*right, root_of(leaves[:split]))


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the tree of size ``new`` only adds to the one of size ``old``."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    # A perfect old tree is a subtree of the new one, and its root known already.
    path = (old_root, *proof) if old & (old - 1) == 0 else tuple(proof)
    return _rebuilt(old, new, path) == (old_root, new_root)


def _rebuilt(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return both roots that a consistency path gives; None where it does not fit."""
    if not path:
        return None
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for node in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, node)
        at, last = at >> 1, last >> 1
    return (before, after) if last == 0 else None


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
