"""RFC 6962: roots, inclusion and consistency proofs, against its own vectors."""

from __future__ import annotations

import hashlib

import pytest

from govsync.audit import merkle

# Inputs and roots of the reference tests of Certificate Transparency (google/
# certificate-transparency, merkle_tree_test), public test data.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return merkle.node_hash(recursive_root(leaves[:k]), recursive_root(leaves[k:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_roots(size: int) -> None:
    assert merkle.root_of(HASHES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing() -> None:
    assert merkle.Frontier().root() == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 100])
def test_the_frontier_is_the_recursive_definition(size: int) -> None:
    leaves = [merkle.leaf_hash(str(n).encode()) for n in range(size)]
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)

    assert frontier.root() == recursive_root(leaves)
    assert len(frontier.hashes) == size.bit_count()


@pytest.mark.parametrize("size", range(1, 9))
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    leaves = HASHES[:size]
    root = merkle.root_of(leaves)
    for index in range(size):
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
        assert not merkle.verify_inclusion(b"x" * 32, index, size, proof, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, proof, b"y" * 32)
        assert not merkle.verify_inclusion(leaves[index], size, size, proof, root)
        longer = (*proof, b"z" * 32)
        assert not merkle.verify_inclusion(leaves[index], index, size, longer, root)


@pytest.mark.parametrize("new", range(1, 9))
@pytest.mark.parametrize("old", range(1, 9))
def test_every_growth_is_proved_and_no_rewriting(old: int, new: int) -> None:
    if old > new:
        old, new = new, old
    before, after = merkle.root_of(HASHES[:old]), merkle.root_of(HASHES[:new])
    proof = merkle.consistency_proof(HASHES[:new], old)

    assert merkle.verify_consistency(old, new, proof, before, after)
    assert not merkle.verify_consistency(old, new, proof, b"x" * 32, after)
    assert not merkle.verify_consistency(old, new, proof, before, b"x" * 32)
    assert not merkle.verify_consistency(old, new, (*proof, before), before, after)


def test_a_tree_grows_in_one_step_as_leaf_by_leaf() -> None:
    frontier = merkle.Frontier().extend(HASHES[:3]).extend(iter(HASHES[3:]))

    assert frontier.size == 8
    assert frontier.root().hex() == ROOTS[7]


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_what_is_not_there_is_not_proved(size: int, index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(HASHES[:size], index)
    with pytest.raises(IndexError):
        merkle.consistency_proof(HASHES[:size], index + 1 if index >= 0 else index)


def test_every_tree_grew_from_the_empty_one_and_from_no_other_nothing() -> None:
    empty, root = merkle.EMPTY_ROOT, merkle.root_of(HASHES)

    assert merkle.consistency_proof(HASHES, 0) == ()
    assert merkle.verify_consistency(0, 8, (), empty, root)
    assert not merkle.verify_consistency(0, 8, (), b"x" * 32, root)
    assert not merkle.verify_consistency(0, 8, (root,), empty, root)
    assert not merkle.verify_consistency(8, 7, (), root, root)
    assert not merkle.verify_consistency(-1, 7, (), root, root)
