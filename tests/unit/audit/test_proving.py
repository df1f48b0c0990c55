"""Proofs of single entries: c2sp.org/tlog-proof, made in one pass, verified alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.logs import Log, entry

from govsync import audit
from govsync.audit import standalone
from govsync.audit.merkle import Frontier, Paths, leaf_hash, verify_inclusion
from govsync.errors import AuditError


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(5)
    log.grow(8)
    yield log
    log.database.dispose()


def prove(log: Log, *seqs: int) -> list[audit.Proof]:
    with log.database.read() as connection:
        return audit.prove(connection, seqs)


def test_a_proof_has_the_form_of_its_specification(log: Log) -> None:
    (proof,) = prove(log, 3)
    header, extra, index, *path = proof.text().split("\n\n", 1)[0].split("\n")

    assert header == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert index == "index 3"
    assert len(path) == 4
    assert proof.text().endswith(f"\n\n{log.notes[-1]}")


def test_every_entry_is_proved_alone(log: Log) -> None:
    for proof in prove(log, *range(13)):
        read = audit.Proof.parse(proof.text())
        line = read.verify([log.key.verifier])

        assert line == entry(proof.index).body(proof.index)
        assert (
            standalone.verify_proof(proof.text(), str(log.key.verifier))
            == line.decode()
        )


def test_what_came_after_the_last_checkpoint_is_left_out(log: Log) -> None:
    log.grow(2, signed=False)

    assert [proof.index for proof in prove(log, 12, 13, 14)] == [12]


def test_entries_are_found_by_record_and_channel(log: Log) -> None:
    with log.database.read() as connection:
        assert audit.seqs_of(connection, "r/3") == [3]
        assert audit.seqs_of(connection, "r/3", "province") == []


def test_an_expired_entry_is_proved_in_its_place(log: Log) -> None:
    log.tamper("UPDATE audit SET body = NULL WHERE seq = 3")
    (proof,) = prove(log, 3)

    assert proof.expired
    assert leaf_hash(entry(3).body(3)).hex().encode() in proof.verify(
        [log.key.verifier]
    )
    assert "expired" in standalone.verify_proof(proof.text(), str(log.key.verifier))


def other(proof: audit.Proof, key: audit.SigningKey) -> dict[str, audit.Proof]:
    stranger = audit.SigningKey.generate(key.name)
    head = audit.open_checkpoint(proof.checkpoint, [key.verifier])
    return {
        "text": proof.changed(entry=proof.entry.replace(b"r/3", b"r/X")),
        "place": proof.changed(index=4),
        "path": proof.changed(path=(bytes(32), *proof.path[1:])),
        "shorter": proof.changed(path=proof.path[1:]),
        "signature": proof.changed(checkpoint=audit.sign_checkpoint(head, stranger)),
        "no entry": proof.changed(entry=b'{"expired":true,"leaf":7}'),
    }


@pytest.mark.parametrize(
    "what", ["text", "place", "path", "shorter", "signature", "no entry"]
)
def test_a_proof_of_something_else_does_not_hold(log: Log, what: str) -> None:
    (proof,) = prove(log, 3)
    forged = other(proof, log.key)[what]

    with pytest.raises(AuditError):
        forged.verify([log.key.verifier])
    with pytest.raises(standalone.DoesNotHoldError):
        standalone.verify_proof(forged.text(), str(log.key.verifier))


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"seq":8}'])
def test_what_was_signed_but_is_no_entry_of_this_place_is_refused(
    log: Log, body: bytes
) -> None:
    leaf = leaf_hash(body)
    head = audit.Checkpoint(origin="x", size=1, root=Frontier().append(leaf).root())
    note = audit.sign_checkpoint(head, log.key)
    forged = audit.Proof(entry=body, index=0, path=(), checkpoint=note)

    with pytest.raises(AuditError):
        forged.verify([log.key.verifier])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3", "place 3"),
        ("extra ", "extra !"),
        ("\n\n", "\n"),
    ],
)
def test_a_proof_has_one_way_to_be_written(log: Log, old: str, new: str) -> None:
    (proof,) = prove(log, 3)

    with pytest.raises(AuditError, match="not a proof"):
        audit.Proof.parse(proof.text().replace(old, new))


def test_a_file_of_proofs_is_taken_apart(log: Log) -> None:
    proofs = prove(log, 3, 7)

    assert audit.split_proofs("\n".join(p.text() for p in proofs)) == proofs
    for text in ("", "x", f"x\n{proofs[0].text()}"):
        with pytest.raises(AuditError, match="not a file of proofs"):
            audit.split_proofs(text)


def test_nothing_is_proved_of_what_is_not_signed_or_not_so(
    log: Log, tmp_path: Path
) -> None:
    empty = Log(tmp_path / "empty.db")
    with pytest.raises(AuditError, match="nothing was signed"):
        prove(empty, 0)
    empty.database.dispose()

    log.tamper("UPDATE audit SET leaf = zeroblob(32) WHERE seq = 9")
    with pytest.raises(AuditError, match="not what was signed"):
        prove(log, 3)


@pytest.mark.parametrize("size", [1, 2, 3, 64, 65, 4096, 4097, 9000])
def test_one_pass_proves_many_leaves(size: int) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    indices = {0, size // 3, size // 2, size - 1}
    paths = Paths(indices, size)
    frontier = Frontier().extend(leaves, paths.see)

    for index in indices:
        path = paths.path(index, frontier)
        assert verify_inclusion(leaves[index], index, size, path, frontier.root())
