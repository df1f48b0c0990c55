"""The audit log: any edit, removal, insertion, change of order or cut is named."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
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


def verify(log: Log, kept: list[str] | None = None) -> audit.Verified:
    with log.database.read() as connection:
        return audit.verify(connection, [log.key.verifier], kept or [])


def test_an_untouched_log_holds(log: Log) -> None:
    found = verify(log, log.notes)
    frontier = Frontier()
    for number in range(9):
        frontier = frontier.append(leaf_hash(entry(number).body(number)))

    assert (found.size, found.checkpoints, found.root) == (9, 2, frontier.root())


def test_entries_are_canonical_json_with_their_sequence(log: Log) -> None:
    out = io.BytesIO()
    with log.database.read() as connection:
        assert audit.export_json_lines(connection, out) == 9
    first = json.loads(out.getvalue().splitlines()[0])

    assert first == {
        "action": "record.accepted",
        "actor": "cron@test",
        "at": "2026-03-02T00:00:00.000000Z",
        "record": "r/0",
        "seq": 0,
    }


def test_a_checkpoint_is_signed_only_where_something_was_added(log: Log) -> None:
    with log.database.write() as connection:
        assert audit.checkpoint(connection, log.key, ORIGIN, AT) is None


SECOND_AS_THIRD = """
UPDATE audit SET body = (SELECT body FROM audit WHERE seq = 1),
leaf = (SELECT leaf FROM audit WHERE seq = 1) WHERE seq = 2
"""
ONE_MORE = """
INSERT INTO audit SELECT 9, at, record, channel, body, leaf FROM audit WHERE seq = 8
"""
EDIT = "UPDATE audit SET body = replace(body, 'r/3', 'r/X') WHERE seq = 3"
EDIT_BYTES = "UPDATE audit SET body = x'7b7d' WHERE seq = 3"


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        pytest.param(EDIT, "entry 3", id="edit"),
        pytest.param(EDIT_BYTES, "entry 3", id="edit the bytes"),
        pytest.param("DELETE FROM audit WHERE seq = 4", "entry 4", id="remove"),
        pytest.param(SECOND_AS_THIRD, "entry 2", id="copy"),
        pytest.param(ONE_MORE, "entry 9", id="insert"),
        pytest.param("DELETE FROM audit WHERE seq = 8", "entry 8", id="cut"),
    ],
)
def test_tampering_is_named_by_its_first_entry(
    log: Log, statement: str, where: str
) -> None:
    log.tamper(statement)

    with pytest.raises(AuditError) as error:
        verify(log)

    assert error.value.where == where


def test_an_edit_with_its_leaf_made_anew_is_a_rewriting(log: Log) -> None:
    body = entry(1).changed(record="r/X").body(1)
    leaf = leaf_hash(body).hex()
    log.tamper(
        f"UPDATE audit SET body = x'{body.hex()}', leaf = x'{leaf}', record = 'r/X'"
        " WHERE seq = 1"
    )

    with pytest.raises(AuditError, match="rewritten") as error:
        verify(log)

    assert error.value.where == "entries 0 to 4"


def test_a_cut_tail_shows_only_against_what_was_kept_elsewhere(log: Log) -> None:
    with log.database.read() as connection:
        before = audit.head(connection)
    frontier = Frontier()
    for number in range(5):
        frontier = frontier.append(leaf_hash(entry(number).body(number)))
    packed = b"".join(frontier.hashes).hex()
    log.tamper(
        "DELETE FROM audit WHERE seq >= 5",
        "DELETE FROM checkpoint WHERE size > 5",
        f"UPDATE audit_head SET size = 5, frontier = x'{packed}'",
    )

    assert before.size == 9
    assert verify(log).size == 5
    with pytest.raises(AuditError, match="cut"):
        verify(log, log.notes)


def test_a_forged_checkpoint_is_refused(log: Log) -> None:
    log.tamper(
        "UPDATE checkpoint SET text = replace(text, char(10) || '9', char(10) || '8')"
    )

    with pytest.raises(AuditError):
        verify(log)


def test_an_expired_body_keeps_the_proof(log: Log) -> None:
    log.tamper("UPDATE audit SET body = NULL WHERE seq = 2")

    assert verify(log, log.notes).size == 9
    with log.database.read() as connection:
        assert [seq for seq, _ in audit.entries(connection)] == [0, 1, 3, 4, 5, 6, 7, 8]


def test_entries_are_read_by_record_and_by_sequence(log: Log) -> None:
    with log.database.read() as connection:
        assert [s for s, _ in audit.entries(connection, record="r/3")] == [3]
        assert [s for s, _ in audit.entries(connection, since=7)] == [7, 8]
        assert next(audit.entries(connection))[1] == entry(0)


def test_a_transaction_that_fails_leaves_no_entry(log: Log) -> None:
    with pytest.raises(RuntimeError), log.database.write() as connection:
        audit.append(connection, [entry(9)])
        raise RuntimeError

    assert verify(log).size == 9


def test_a_file_of_checkpoints_is_taken_apart(log: Log) -> None:
    assert (
        audit.split_checkpoints("".join(note + "\n" for note in log.notes)) == log.notes
    )
    assert audit.split_checkpoints("") == []
