"""Whatever is done to a log's file is named by its place, in the file or an export."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.logs import AT, ORIGIN, Log, entry

from govsync import audit
from govsync.audit.merkle import Frontier, leaf_hash
from govsync.errors import AuditError


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(5)
    log.grow(4)
    yield log
    log.database.dispose()


def verify(log: Log, *kept: str) -> audit.Verified:
    with log.database.read() as connection:
        return audit.verify(connection, [log.key.verifier], kept)


def exported(log: Log) -> list[bytes]:
    out = io.BytesIO()
    with log.database.read() as connection:
        audit.export_json_lines(connection, out)
    return out.getvalue().splitlines(keepends=True)


def verify_lines(log: Log, lines: list[bytes]) -> audit.Verified:
    return audit.verify_lines(lines, [log.key.verifier], log.notes)


def anew(seq: int, at_seq: int) -> str:
    """SQL that writes an entry anew where another stands, leaf and columns and all."""
    body = entry(seq).body(at_seq)
    return (
        f"UPDATE audit SET body = x'{body.hex()}', leaf = x'{leaf_hash(body).hex()}',"
        f" record = 'r/{seq}' WHERE seq = {at_seq}"
    )


SWAP = (
    "UPDATE audit SET seq = -1 WHERE seq = 2",
    "UPDATE audit SET seq = 2 WHERE seq = 6",
    "UPDATE audit SET seq = 6 WHERE seq = -1",
)
PUSHED_IN = (
    "UPDATE audit SET seq = -seq - 1 WHERE seq >= 3",
    "UPDATE audit SET seq = -seq WHERE seq < 0",
    "INSERT INTO audit SELECT 3, at, '', '', NULL, leaf FROM audit WHERE seq = 2",
    anew(2, 3),
)


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (SWAP, "entry 2"),
        (PUSHED_IN, "entry 4"),
        (("DELETE FROM audit WHERE seq = 0",), "entry 0"),
        (("DELETE FROM audit",), "entry 0"),
        (("UPDATE audit SET leaf = zeroblob(32) WHERE seq = 3",), "entry 3"),
        (("UPDATE audit SET leaf = 'text' WHERE seq = 3",), "entry 3"),
        (("UPDATE audit SET body = 'text' WHERE seq = 3",), "entry 3"),
        (("UPDATE audit SET record = 'r/X' WHERE seq = 3",), "entry 3"),
        (("UPDATE audit SET channel = x'ff' WHERE seq = 3",), "entry 3"),
        (("UPDATE audit SET at = 'long ago' WHERE seq = 3",), "entry 3"),
        (("UPDATE audit_head SET size = 8",), "entry 9"),
        (("UPDATE audit_head SET size = 'nine'",), "entry 9"),
        (("UPDATE audit_head SET frontier = zeroblob(64)",), "entry 9"),
        (("DELETE FROM audit_head",), "entry 9"),
        (("UPDATE checkpoint SET root = zeroblob(32)",), "checkpoint at 5"),
        (("UPDATE checkpoint SET size = 4 WHERE size = 5",), "checkpoint at 4"),
        (("UPDATE checkpoint SET text = x'ff00' WHERE size = 5",), "checkpoint at 5"),
    ],
)
def test_the_place_is_named(log: Log, statements: tuple[str, ...], where: str) -> None:
    log.tamper(*statements)

    with pytest.raises(AuditError) as error:
        verify(log)

    assert error.value.where == where


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"at":"x"}',
        b'{"at":1,"seq":3}',
        b'{"at":"\\ud800","seq":3}',
        b"[" * 100_000,
    ],
)
def test_a_text_that_is_no_entrys_is_named_even_with_its_leaf(
    log: Log, body: bytes
) -> None:
    log.tamper(
        f"UPDATE audit SET body = x'{body.hex()}',"
        f" leaf = x'{leaf_hash(body).hex()}' WHERE seq = 3"
    )

    with pytest.raises(AuditError, match="not an entry's") as error:
        verify(log)

    assert error.value.where == "entry 3"


def test_a_rewriting_is_bounded_by_the_checkpoints_around_it(log: Log) -> None:
    log.tamper(anew(80, 6))

    with pytest.raises(AuditError, match="checkpoint at 9") as error:
        verify(log)

    assert error.value.where == "entries 5 to 8"


def test_a_log_made_anew_shows_against_what_was_kept_elsewhere(
    log: Log, tmp_path: Path
) -> None:
    forged = Log(tmp_path / "forged.db")
    forged.key = log.key
    forged.grow(4)
    forged.grow(20, signed=False)
    forged.tamper(anew(80, 2))
    leaves = [leaf_hash(entry(80 if n == 2 else n).body(n)) for n in range(24)]
    packed = b"".join(Frontier().extend(leaves).hashes).hex()
    forged.tamper(
        "DELETE FROM checkpoint", f"UPDATE audit_head SET frontier = x'{packed}'"
    )
    forged.database.dispose()

    assert verify(forged).checkpoints == 0
    with pytest.raises(AuditError, match="rewritten"):
        verify(forged, *log.notes)
    forged.database.dispose()


def test_two_heads_of_one_size_that_differ_are_named(log: Log) -> None:
    """Whoever signed both showed two logs to two people."""
    other = audit.Checkpoint(origin=ORIGIN, size=9, root=bytes(32))

    with pytest.raises(AuditError, match="checkpoint at 9 has another root"):
        verify(log, audit.sign_checkpoint(other, log.key))


def test_a_checkpoint_of_another_log_is_not_taken_for_one_of_this(log: Log) -> None:
    other = audit.Checkpoint(origin="govsync/another", size=7, root=bytes(32))

    with pytest.raises(AuditError, match="another log") as error:
        verify(log, audit.sign_checkpoint(other, log.key))

    assert error.value.where == "checkpoint at 7"


def test_a_kept_checkpoint_that_does_not_open_is_named(log: Log) -> None:
    stranger = audit.SigningKey.generate(ORIGIN)
    signed = audit.open_checkpoint(log.notes[0], [log.key.verifier])

    with pytest.raises(AuditError, match="none of the keys") as error:
        verify(log, log.notes[0], audit.sign_checkpoint(signed, stranger))

    assert error.value.where == "kept checkpoint 2"


def test_the_head_of_the_empty_log_holds_for_every_log(log: Log) -> None:
    empty = audit.Checkpoint(origin=ORIGIN, size=0, root=Frontier().root())

    found = verify(log, audit.sign_checkpoint(empty, log.key))

    assert found.checkpoints == 3


def test_an_empty_log_holds(tmp_path: Path) -> None:
    log = Log(tmp_path / "empty.db")

    found = verify(log)

    assert (found.size, found.checkpoints, found.signed) == (0, 0, 0)
    log.database.dispose()


def test_what_is_not_signed_and_what_has_expired_is_counted(log: Log) -> None:
    log.grow(2, signed=False)
    log.tamper("UPDATE audit SET body = NULL WHERE seq IN (2, 3)")

    found = verify(log, *log.notes)

    assert (found.size, found.signed, found.expired) == (11, 9, 2)
    assert found.checkpoints == 2
    assert verify_lines(log, exported(log)) == found


EXPIRED = b'{"expired":true,"leaf":'
Lines = list[bytes]
CHANGES: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "cut": (lambda lines: lines[:8], "entry 8"),
    "first": (lambda lines: lines[1:], "entry 0"),
    "order": (lambda lines: [*lines[:4], *lines[5:3:-1], *lines[6:]], "entry 4"),
    "blank": (lambda lines: [*lines[:4], b"\n", *lines[5:]], "entry 4"),
    "leaf": (lambda lines: [*lines[:4], EXPIRED + b"7}", *lines[5:]], "entry 4"),
    "no leaf": (lambda lines: [*lines[:4], EXPIRED + b"}", *lines[5:]], "entry 4"),
    "text": (
        lambda lines: [line.replace(b"r/6", b"r/X") for line in lines],
        "entries 5 to 8",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_export_that_was_changed_is_named(log: Log, name: str) -> None:
    change, where = CHANGES[name]

    with pytest.raises(AuditError) as error:
        verify_lines(log, change(exported(log)))

    assert error.value.where == where


def test_nothing_follows_a_head_that_was_set_back(log: Log) -> None:
    leaves = [leaf_hash(entry(n).body(n)) for n in range(5)]
    packed = b"".join(Frontier().extend(leaves).hashes).hex()
    log.tamper(f"UPDATE audit_head SET size = 5, frontier = x'{packed}'")

    with pytest.raises(AuditError, match="set back") as error:
        log.grow(1)
    assert error.value.where == "entry 5"
    with (
        pytest.raises(AuditError, match="9 entries were signed, 5 are left"),
        log.database.write() as connection,
    ):
        audit.checkpoint(connection, log.key, ORIGIN, AT)


def test_nothing_follows_a_head_that_is_none(log: Log) -> None:
    log.tamper("UPDATE audit_head SET frontier = zeroblob(31)")

    with pytest.raises(AuditError, match="head"):
        log.grow(1)


def test_an_entry_that_cannot_be_read_is_named_when_shown(log: Log) -> None:
    log.tamper("UPDATE audit SET body = x'5b5d' WHERE seq = 3")

    with log.database.read() as connection, pytest.raises(AuditError) as error:
        list(audit.entries(connection))

    assert error.value.where == "entry 3"
