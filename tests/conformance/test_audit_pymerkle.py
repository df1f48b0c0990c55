"""Roots and proofs against pymerkle, an independent tree of RFC 6962 and 9162."""

from __future__ import annotations

import pymerkle
import pytest

from govsync.audit import merkle

LARGEST = 70
BODIES = [f"entry {number}".encode() for number in range(LARGEST)]
LEAVES = [merkle.leaf_hash(body) for body in BODIES]


@pytest.fixture(scope="module")
def tree() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for body in BODIES:
        tree.append_entry(body)
    return tree


def test_every_root_is_the_same(tree: pymerkle.InmemoryTree) -> None:
    roots = [merkle.root_of(LEAVES[:size]) for size in range(1, LARGEST + 1)]

    assert roots == [tree.get_root(size) for size in range(1, LARGEST + 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33, 64, 65, LARGEST])
def test_every_inclusion_proof_is_the_same(
    tree: pymerkle.InmemoryTree, size: int
) -> None:
    root = tree.get_root(size)
    for index in range(size):
        # Its path begins with the leaf itself, and it counts from one.
        base, *path = tree.prove_inclusion(index + 1, size).path

        assert merkle.inclusion_proof(LEAVES[:size], index) == tuple(path)
        assert merkle.verify_inclusion(base, index, size, path, root)


@pytest.mark.parametrize("new", [1, 2, 3, 7, 8, 9, 33, 64, 65, LARGEST])
def test_each_proves_the_growth_that_the_other_saw(
    tree: pymerkle.InmemoryTree, new: int
) -> None:
    """Its proofs of consistency have another shape, so that they cannot be equal."""
    after = merkle.root_of(LEAVES[:new])
    for old in range(1, new + 1):
        before = merkle.root_of(LEAVES[:old])
        ours = merkle.consistency_proof(LEAVES[:new], old)
        theirs = tree.prove_consistency(old, new)

        theirs.verify(before, after, old, new)
        assert merkle.verify_consistency(
            old, new, ours, tree.get_root(old), tree.get_root(new)
        )
        with pytest.raises(pymerkle.InvalidProof):
            theirs.verify(after, before if old != new else bytes(32), old, new)
