"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion and consistency proofs."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

_AT_A_TIME = 4096
"""Leaves in memory: enough that the hashing alone takes time."""
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    """Return SHA-256 of 0x00 and the body."""
    return hashlib.sha256(b"\0" + body).digest()


def leaf_hashes(bodies: Iterable[bytes]) -> list[bytes]:
    """Return the :func:`leaf_hash` of each body."""
    begun = hashlib.sha256(b"\0").copy  # takes less time than to begin each anew
    hashes = []
    for body in bodies:
        started = begun()
        started.update(body)
        hashes.append(started.digest())
    return hashes


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

    def extend(
        self, leaves: Iterable[bytes], seen: Callable[[Level], None] | None = None
    ) -> Frontier:
        """Return the frontier with more leaves, in memory for a few thousand at a time.

        Args:
            leaves: Leaf hashes.
            seen: Is told of each row of nodes as they are completed.
        """
        coming, size, hashes = iter(leaves), self.size, list(self.hashes)
        while level := list(islice(coming, _AT_A_TIME)):
            _grow(size, hashes, level, seen)
            size += len(level)
        return Frontier.model_construct(size=size, hashes=tuple(hashes))

    def subtrees(self) -> Iterator[tuple[int, bytes]]:
        """Yield the perfect subtrees, largest first: where it begins, and its root."""
        start = 0
        for root in self.hashes:
            yield start, root
            start += 1 << (self.size - start).bit_length() - 1

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        return _folded(self.hashes)


class Level(NamedTuple):
    """Some neighbours among a tree's perfect nodes."""

    height: int
    """0 for leaves."""
    first: int
    """The place of the first of them at this height, from 0."""
    nodes: Sequence[bytes]


def _grow(
    size: int,
    hashes: list[bytes],
    level: list[bytes],
    seen: Callable[[Level], None] | None,
) -> None:
    """Add leaves to a frontier, one whole level after the other.

    Args:
        size: How many leaves there are already.
        hashes: Their frontier; changed.
        level: The leaves to add.
        seen: Is told of each level.
    """
    rest = []
    sha256 = hashlib.sha256
    for height in count():
        if seen is not None:
            seen(Level(height, size >> height, level))
        if size >> height & 1:  # the last subtree of this height waits for its right
            level = [hashes.pop(), *level]
        if len(level) & 1:
            rest.append(level[-1])
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs]
        if not level:
            break
    hashes += reversed(rest)


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees, largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Paths:
    """Inclusion proofs of many leaves (section 2.1.1) from one pass over a tree.

    Memory holds the proofs, not the tree: hand :meth:`see` to :meth:`Frontier.extend`.

    Args:
        indices: Of the leaves to prove.
        size: Of the tree that they are proved in.

    Raises:
        IndexError: A leaf is not in the tree.
    """

    def __init__(self, indices: Collection[int], size: int) -> None:
        for index in indices:
            if not 0 <= index < size:
                raise IndexError(f"no leaf {index} among {size}")
        self._size = size
        siblings = (
            {(index >> height) ^ 1 for index in indices}
            for height in range(size.bit_length())
        )
        self._wanted = [sorted(wanted) for wanted in siblings]
        self._known: dict[tuple[int, int], bytes] = {}

    def see(self, level: Level) -> None:
        """Keep what a proof needs of a level."""
        if level.height >= len(self._wanted):
            return
        wanted = self._wanted[level.height]
        begin = bisect_left(wanted, level.first)
        end = bisect_left(wanted, level.first + len(level.nodes))
        for place in wanted[begin:end]:
            self._known[level.height, place] = level.nodes[place - level.first]

    def path(self, index: int, frontier: Frontier) -> tuple[bytes, ...]:
        """Return a leaf's proof, nearest sibling first.

        Args:
            index: Of the leaf.
            frontier: Of the whole tree.
        """
        path = []
        for height in range((self._size - 1).bit_length()):
            sibling = (index >> height) ^ 1
            if (sibling + 1) << height <= self._size:
                path.append(self._known[height, sibling])
            elif sibling << height < self._size:
                # The right end of the tree is no perfect subtree: it is what the
                # frontier ends in.
                below = (self._size & ((1 << height) - 1)).bit_count()
                path.append(_folded(frontier.hashes[-below:]))
        return tuple(path)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over some leaf hashes."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of a leaf (section 2.1.1), nearest first.

    Raises:
        IndexError: There is no such leaf.
    """
    paths = Paths((index,), len(leaves))
    return paths.path(index, Frontier().extend(leaves, paths.see))


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


def growth_proof(
    old: Frontier, leaves: Iterable[bytes], new: int
) -> tuple[tuple[bytes, ...], Frontier]:
    """Return the consistency proof of section 2.1.2, and the frontier of the new tree.

    As :func:`consistency_proof`, in one pass and constant memory: every node of the
    proof that lies in the old tree is one of its frontier's, and every other one is
    made of the leaves that came after.

    Args:
        old: The frontier of the old tree.
        leaves: Those after it, up to ``new``; fewer leave a frontier of fewer.
        new: The size of the new tree.
    """
    coming = iter(leaves)
    if not old.size:
        return (), old.extend(coming)
    nodes = _proof_nodes(0, new, old.size, whole=True)
    roots = dict(old.subtrees())
    grown = list(_sized(old))
    for start, stop in sorted(node for node in nodes if node[1] > old.size):
        part = Frontier().extend(islice(coming, stop - start))
        roots[start] = part.root()
        grown += _sized(part)
    return tuple(roots[start] for start, _ in nodes), _joined(grown)


def _proof_nodes(
    start: int, stop: int, old: int, *, whole: bool
) -> list[tuple[int, int]]:
    """Return what each node of a proof covers, in the proof's order.

    None covers both old and new leaves, and no two begin at one leaf.
    """
    if old == stop:
        return [] if whole else [(start, stop)]
    split = start + _split(stop - start)
    if old <= split:
        return [*_proof_nodes(start, split, old, whole=whole), (split, stop)]
    return [*_proof_nodes(split, stop, old, whole=False), (start, split)]


def _sized(tree: Frontier) -> Iterator[tuple[int, bytes]]:
    """Yield size and root of a tree's perfect subtrees, largest first."""
    for start, root in tree.subtrees():
        yield 1 << (tree.size - start).bit_length() - 1, root


def _joined(subtrees: Iterable[tuple[int, bytes]]) -> Frontier:
    """Return the frontier over perfect subtrees that stand side by side, in order."""
    sizes: list[int] = []
    roots: list[bytes] = []
    for size, root in subtrees:
        sizes.append(size)
        roots.append(root)
        while len(sizes) > 1 and sizes[-1] == sizes[-2]:
            right = roots.pop()
            roots[-1] = node_hash(roots[-1], right)
            sizes.append(sizes.pop() + sizes.pop())
    return Frontier(size=sum(sizes), hashes=tuple(roots))


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
