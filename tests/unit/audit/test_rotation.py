"""A new key is named by the log, under the old key's signature; the old one ends."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.logs import AT, ORIGIN, Log

from govsync import audit
from govsync.audit import rotation, standalone
from govsync.audit.log import ROTATED
from govsync.errors import AuditError, ConfigError


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(5)
    yield log
    log.database.dispose()


def rotate(log: Log) -> audit.SigningKey:
    """Give the log a new key; return the old one."""
    old, new = log.key, audit.SigningKey.generate(ORIGIN)
    with log.database.write() as connection:
        note = audit.rotate(connection, old, new, origin=ORIGIN, at=AT, actor="甲")
    log.notes.append(note)
    log.key = new
    return old


def verify(log: Log, key: audit.SigningKey, *kept: str) -> audit.Verified:
    with log.database.read() as connection:
        return audit.verify(connection, [key.verifier], kept)


def exported(log: Log, path: Path) -> Path:
    with log.database.read() as connection, path.open("wb") as out:
        audit.export_json_lines(connection, out)
    return path


def test_the_first_key_alone_leads_through_every_change(log: Log) -> None:
    first = rotate(log)
    log.grow(3)
    rotate(log)
    log.grow(2)

    found = verify(log, first, *log.notes)

    assert (found.size, found.signed, found.checkpoints) == (12, 12, 5)
    assert found.keys == (str(log.key.verifier),)
    with log.database.read() as connection:
        assert audit.first_key(connection, log.key.verifier) == first.verifier


def test_an_export_is_verified_by_the_first_key_too(log: Log, tmp_path: Path) -> None:
    first = rotate(log)
    log.grow(3)
    path = exported(log, tmp_path / "log.jsonl")
    with path.open("rb") as lines:
        found = audit.verify_lines(lines, [first.verifier], log.notes)
    said = standalone.verify(
        path, "".join(f"{note}\n" for note in log.notes), str(first.verifier)
    )

    assert found.signed == 9
    assert said.startswith("9 entries hold, 9 of them signed")


def test_the_newest_key_passes_over_what_came_before_it(log: Log) -> None:
    rotate(log)
    log.grow(3)

    found = verify(log, log.key)

    assert (found.checkpoints, found.passed_over, found.signed) == (2, 1, 9)


def test_a_stolen_old_key_signs_nothing_new(log: Log, tmp_path: Path) -> None:
    thief = rotate(log)
    log.grow(3, signed=False)
    with log.database.write() as connection:
        forged = audit.log.sign(connection, ORIGIN, AT, thief)
    path = exported(log, tmp_path / "log.jsonl")

    with pytest.raises(AuditError, match="replaced at entry 5") as error:
        verify(log, thief)
    assert error.value.where == "checkpoint at 9"
    with pytest.raises(standalone.DoesNotHoldError, match="replaced"):
        standalone.verify(
            path,
            "".join(f"{note}\n" for note in [*log.notes, forged]),
            str(thief.verifier),
        )


def test_another_past_of_a_thief_shows_against_what_was_kept_elsewhere(
    log: Log, tmp_path: Path
) -> None:
    """A past that ends before the change has nothing against it but kept heads."""
    thief = rotate(log)
    other = Log(tmp_path / "other.db")
    other.key = thief
    other.grow(8)

    assert verify(other, thief).signed == 8
    with pytest.raises(AuditError, match="rewritten"):
        verify(other, thief, log.notes[-1])
    other.database.dispose()


def test_the_old_key_is_refused_at_the_next_checkpoint(log: Log) -> None:
    log.key, new = rotate(log), log.key

    with pytest.raises(AuditError, match="replaced") as error:
        log.grow(1)
    log.key = audit.SigningKey.generate(ORIGIN)
    with pytest.raises(AuditError, match="signed by another key"):
        log.grow(1)
    log.key = new
    log.grow(1)

    assert error.value.where == "entry 5"


def test_an_entry_that_somebody_slipped_in_is_not_signed(log: Log) -> None:
    """Who writes to the database but has no key names no key."""
    thief = audit.SigningKey.generate(ORIGIN)
    detail = {"old": str(log.key.verifier), "key": str(thief.verifier)}
    slipped = audit.Entry(at=AT, actor="x", action=rotation.ACTION, detail=detail)
    with log.database.write() as connection:
        audit.append(connection, [slipped])
        with pytest.raises(AuditError, match="did not write it"):
            audit.checkpoint(connection, log.key, ORIGIN, AT)

    log.grow(1)
    found = verify(log, log.key)
    assert found.keys == (str(log.key.verifier),)


@pytest.mark.parametrize("missing", ["old", "new"])
def test_both_keys_have_to_sign(log: Log, missing: str) -> None:
    old, new = log.key, audit.SigningKey.generate(ORIGIN)
    detail = {"old": str(old.verifier), "key": str(new.verifier)}
    told = audit.Entry(at=AT, actor="x", action=rotation.ACTION, detail=detail)
    with log.database.write() as connection:
        audit.append(connection, [told])
        audit.log.sign(connection, ORIGIN, AT, old if missing == "new" else new)

    with pytest.raises(AuditError, match="none of the keys"):
        verify(log, old)


def test_an_entry_that_names_no_key_is_named(log: Log) -> None:
    with log.database.write() as connection:
        told = audit.Entry(
            at=AT, actor="x", action=rotation.ACTION, detail={"old": "1", "key": "2"}
        )
        audit.append(connection, [told])
        audit.log.sign(connection, ORIGIN, AT, log.key)

    with pytest.raises(AuditError, match="no new key") as error:
        verify(log, log.key)
    assert error.value.where == "entry 5"
    with log.database.read() as connection:
        assert audit.first_key(connection, log.key.verifier) == log.key.verifier


def test_only_the_key_that_signed_last_is_replaced(log: Log) -> None:
    log.key = audit.SigningKey.generate(ORIGIN)

    with pytest.raises(AuditError, match="another key than the one to replace"):
        rotate(log)


def test_the_key_files_change_places_and_the_old_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    old = audit.SigningKey.generate(ORIGIN)
    old.save(path)
    new = rotation.successor(path)

    assert rotation.successor(path).verifier == new.verifier
    kept = rotation.put_in_place(path, destroy_old=False)
    assert kept is not None
    assert audit.SigningKey.load(kept).verifier == old.verifier
    assert audit.SigningKey.load(path).verifier == new.verifier
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, kept.name]


def test_the_old_key_is_destroyed_where_that_is_asked(tmp_path: Path) -> None:
    path, open_still = tmp_path / "audit.key", io.BytesIO()
    audit.SigningKey.generate(ORIGIN).save(path)
    new = rotation.successor(path)
    with path.open("rb") as held:
        assert rotation.put_in_place(path, destroy_old=True) is None
        open_still.write(held.read())

    assert set(open_still.getvalue()) == {0}
    assert audit.SigningKey.load(path).verifier == new.verifier
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_no_successor_of_what_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        rotation.successor(tmp_path / "audit.key")


def test_the_text_of_a_rotation_begins_as_it_is_looked_for() -> None:
    told = audit.Entry(at=AT, actor="x", action=rotation.ACTION, detail={"key": "k"})

    assert told.body(7).startswith(ROTATED)
