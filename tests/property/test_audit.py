"""Proofs hold for what is so and for nothing else; no edit of a log passes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete
from sqlalchemy.exc import IntegrityError
from support.logs import AT, ORIGIN, Log, entry

from govsync import audit
from govsync.audit import merkle
from govsync.errors import AuditError
from govsync.store import schema

SIZE = 30
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(200)]
SIZES = st.integers(1, len(LEAVES))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    log = Log(tmp_path_factory.mktemp("audit") / "log.db")
    for grown in (1, 6, 9, 14):
        log.grow(grown)
    yield log
    log.database.dispose()


def spoilt(proof: tuple[bytes, ...], change: st.DataObject) -> tuple[bytes, ...]:
    """A proof with something else at one place, or less, or more."""
    other = st.lists(st.sampled_from([*LEAVES[:3], *proof]), max_size=len(proof) + 1)
    spoilt = tuple(change.draw(other))
    assume(spoilt != proof)
    return spoilt


@given(size=SIZES, change=st.data())
def test_a_leaf_is_proved_where_it_is_and_by_its_own_proof(
    size: int, change: st.DataObject
) -> None:
    index, other = (change.draw(st.integers(0, size - 1)) for _ in range(2))
    root = merkle.root_of(LEAVES[:size])
    proof = merkle.inclusion_proof(LEAVES[:size], index)

    def holds(leaf: bytes, at: int, proof: tuple[bytes, ...]) -> bool:
        return merkle.verify_inclusion(leaf, at, size, proof, root)

    assert holds(LEAVES[index], index, proof)
    assert holds(LEAVES[other], index, proof) is (other == index)
    assert holds(LEAVES[index], other, proof) is (other == index)
    assert not holds(LEAVES[index], index, spoilt(proof, change))


@given(new=SIZES, change=st.data())
def test_growth_is_proved_and_rewriting_is_not(new: int, change: st.DataObject) -> None:
    old = change.draw(st.integers(1, new))
    rewritten = [*LEAVES[:new]]
    rewritten[change.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"another")
    before, after = merkle.root_of(LEAVES[:old]), merkle.root_of(LEAVES[:new])
    proof = merkle.consistency_proof(LEAVES[:new], old)
    forged = merkle.consistency_proof(rewritten, old)

    assert merkle.verify_consistency(old, new, proof, before, after)
    assert not merkle.verify_consistency(
        old, new, forged, before, merkle.root_of(rewritten)
    )
    assert not merkle.verify_consistency(old, new, spoilt(proof, change), before, after)


@given(parts=st.lists(st.integers(0, 20), max_size=9))
def test_a_tree_grown_in_parts_is_the_tree_grown_at_once(parts: list[int]) -> None:
    frontier = merkle.Frontier()
    for part in parts:
        frontier = frontier.extend(LEAVES[frontier.size : frontier.size + part])

    assert frontier == merkle.Frontier().extend(LEAVES[: sum(parts)])


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)


@given(
    origin=LINE,
    size=st.integers(min_value=0),
    root=st.binary(min_size=32, max_size=32),
    extension=st.lists(LINE, max_size=3).map(tuple),
)
def test_a_head_is_read_as_it_was_signed(log: Log, **head: Any) -> None:
    written = audit.Checkpoint(**head)
    note = audit.sign_checkpoint(written, log.key)

    assert audit.open_checkpoint(note, [log.key.verifier]) == written
    assert audit.split_checkpoints(f"{note}\n{note}\n") == [note, note]


@contextmanager
def taken_back(log: Log) -> Iterator[Connection]:
    """A transaction that leaves nothing, so that one log serves every example."""
    with log.database.write() as connection:
        yield connection
        connection.rollback()


def verified(connection: Connection, log: Log) -> audit.Verified:
    return audit.verify(connection, [log.key.verifier], log.notes)


@given(
    at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    actor=st.text(),
    reason=st.text(),
    revision=st.none() | st.integers(1),
    detail=st.dictionaries(st.text(), st.text()),
)
def test_an_entry_is_read_as_it_was_written(log: Log, **told: Any) -> None:
    written = audit.Entry(action="record.accepted", **told)

    with taken_back(log) as connection:
        audit.append(connection, [written])
        found = verified(connection, log)
        assert list(audit.entries(connection, since=SIZE)) == [(SIZE, written)]

    assert (found.size, found.signed) == (SIZE + 1, SIZE)


DANGEROUS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "'", '"', "\n"])


@given(
    reason=st.text(DANGEROUS | st.characters(exclude_categories=["Cs"])),
    detail=st.dictionaries(st.text(DANGEROUS | st.characters()), st.text(), max_size=2),
)
def test_no_cell_of_a_table_is_a_formula_and_none_is_lost(
    log: Log, reason: str, detail: dict[str, str]
) -> None:
    """What a spreadsheet would compute has an apostrophe; RFC 4180 reads the rest."""
    assume(all("\0" not in text for text in (reason, *detail, *detail.values())))
    written = audit.Entry(at=AT, actor="=1", action="a", reason=reason, detail=detail)
    out = io.BytesIO()
    with taken_back(log) as connection:
        audit.append(connection, [written])
        audit.write_csv(connection, out)
    text = io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")
    *_, last = csv.reader(text, strict=True)

    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in last)
    assert last[2] == "'=1"
    assert last[9].removeprefix("'") == reason.removeprefix("'")
    assert len(last) == 12


@given(
    reason=st.text(), at=st.integers(0, 40), more=st.integers(0, 300), data=st.data()
)
def test_unusual_texts_hold_among_usual_ones_and_no_column_of_them_can_be_changed(
    log: Log, reason: str, at: int, more: int, data: st.DataObject
) -> None:
    """The quick way and the exact way say the same, whatever stands between."""
    column = data.draw(st.sampled_from(["at", "record", "channel"]))
    entries = [entry(number) for number in range(at + more)]
    entries.insert(at, entry(at).changed(reason=reason, channel="x"))
    with taken_back(log) as connection:
        audit.append(connection, entries)
        assert verified(connection, log).size == SIZE + at + more + 1
        connection.exec_driver_sql(
            f"UPDATE audit SET {column} = {column} || '\"' WHERE seq = {SIZE + at}"
        )
        with pytest.raises(AuditError) as error:
            verified(connection, log)

    assert error.value.where == f"entry {SIZE + at}"


SEQ = st.integers(0, SIZE - 1)
VALUE = st.integers(-(2**63), 2**63 - 1) | st.text() | st.binary() | st.floats()
CELLS = {
    "audit": ("seq", "at", "record", "channel", "body", "leaf"),
    "audit_head": ("id", "size", "frontier"),
    "checkpoint": ("size", "root", "text"),
}


def content(connection: Connection) -> list[Any]:
    """Every cell that the log's statements rest on."""
    return [
        connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table}").all()
        for table, columns in CELLS.items()
    ]


@given(table=st.sampled_from(sorted(CELLS)), value=VALUE, change=st.data())
def test_no_cell_can_be_changed(
    log: Log, table: str, value: Any, change: st.DataObject
) -> None:
    column = change.draw(st.sampled_from(CELLS[table]))
    row = change.draw(SEQ)
    statement = (
        f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid ="
        f" (SELECT rowid FROM {table} LIMIT 1"
        f" OFFSET {row} % (SELECT count(*) FROM {table}))"
    )

    with taken_back(log) as connection:
        before = content(connection)
        try:
            connection.exec_driver_sql(statement, (value,))
        except IntegrityError:
            return  # the database itself refused: a number is asked for
        assume(content(connection) != before)
        with pytest.raises(AuditError):
            verified(connection, log)


@given(gone=st.sets(SEQ, min_size=1))
def test_no_entry_can_be_taken_out(log: Log, gone: set[int]) -> None:
    with taken_back(log) as connection:
        connection.execute(delete(schema.audit).where(schema.audit.c.seq.in_(gone)))
        with pytest.raises(AuditError) as error:
            verified(connection, log)

    assert error.value.where == f"entry {min(gone)}"


NUMBERS = list(range(SIZE))
REWRITTEN = st.one_of(
    st.permutations(NUMBERS),
    SEQ.map(lambda size: NUMBERS[:size]),
    st.lists(st.integers(0, 2 * SIZE), max_size=2 * SIZE),
    st.tuples(SEQ, st.integers(SIZE, 99)).map(
        lambda pair: [*NUMBERS[: pair[0]], pair[1], *NUMBERS[pair[0] :]]
    ),
)


@given(numbers=REWRITTEN)
def test_a_log_written_anew_shows_against_the_heads_kept_elsewhere(
    log: Log, numbers: list[int]
) -> None:
    """Whoever holds the machine, and even the key, cannot take back what was sent."""
    assume(numbers[:SIZE] != NUMBERS)

    with taken_back(log) as connection:
        for table in (schema.audit, schema.audit_head, schema.checkpoint):
            connection.execute(delete(table))
        audit.append(connection, [entry(number) for number in numbers])
        audit.checkpoint(connection, log.key, ORIGIN, AT)
        forged = audit.verify(connection, [log.key.verifier])
        with pytest.raises(AuditError, match="rewritten|cut"):
            verified(connection, log)

    assert forged.size == len(numbers)


@given(numbers=REWRITTEN)
def test_a_changed_export_shows_against_the_heads_kept_elsewhere(
    log: Log, numbers: list[int]
) -> None:
    assume(numbers[:SIZE] != NUMBERS)
    out = io.BytesIO()
    with log.database.read() as connection:
        audit.export_json_lines(connection, out)
    lines = out.getvalue().splitlines(keepends=True)

    assert audit.verify_lines(lines, [log.key.verifier], log.notes).signed == SIZE
    with pytest.raises(AuditError):
        audit.verify_lines(
            [lines[number % SIZE] for number in numbers], [log.key.verifier], log.notes
        )
