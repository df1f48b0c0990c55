"""The proof of growth is that of the whole tree, made of what was added alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.logs import Log

from govsync.audit.growth import frontier_at, leaves, proof_since
from govsync.audit.merkle import (
    Frontier,
    consistency_proof,
    growth_proof,
    leaf_hash,
)
from govsync.errors import AuditError

LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(13)
    yield log
    log.database.dispose()


def test_every_pair_of_sizes_has_the_proof_of_the_standard() -> None:
    for new in range(1, len(LEAVES) + 1):
        for old in range(new + 1):
            known = Frontier().extend(LEAVES[:old])

            proof, grown = growth_proof(known, LEAVES[old:new], new)

            assert proof == consistency_proof(LEAVES[:new], old), (old, new)
            assert grown == Frontier().extend(LEAVES[:new]), (old, new)


def test_it_reads_the_added_leaves_once_and_no_others() -> None:
    known = Frontier().extend(LEAVES[:21])
    added = iter(LEAVES[21:])

    growth_proof(known, added, 60)

    assert list(added) == LEAVES[60:]


def test_a_log_proves_its_growth(log: Log) -> None:
    with log.database.read() as connection:
        whole = list(leaves(connection, 0, 13))
        old = frontier_at(connection, 5)
        proof, new = proof_since(connection, old, 13)

        assert proof == consistency_proof(whole, 5)
        assert new == frontier_at(connection, 13, since=old)
        assert new.root() == Frontier().extend(whole).root()


def test_a_cut_log_proves_nothing(log: Log) -> None:
    with log.database.read() as connection:
        for size in (14, 100):
            with pytest.raises(AuditError, match="cut: .* 13 are left"):
                frontier_at(connection, size)
            with pytest.raises(AuditError, match="cut"):
                proof_since(connection, frontier_at(connection, 6), size)
            with pytest.raises(AuditError, match="cut"):
                proof_since(connection, Frontier(), size)
