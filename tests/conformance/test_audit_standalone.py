"""The stand-alone verifier says what govsync says, and needs nothing of govsync."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.logs import Log

from govsync import audit
from govsync.audit import standalone
from govsync.audit.standalone import DoesNotHoldError


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    for entries in (5, 4, 11):
        log.grow(entries)
    log.grow(2, signed=False)
    yield log
    log.database.dispose()


@pytest.fixture
def exported(log: Log, tmp_path: Path) -> Path:
    out = tmp_path / "log.jsonl"
    with log.database.read() as connection, out.open("wb") as file:
        audit.export_json_lines(connection, file)
    return out


def verify(log: Log, exported: Path, notes: list[str] | None = None) -> str:
    kept = "".join(f"{note}\n" for note in (log.notes if notes is None else notes))
    return standalone.verify(exported, kept, str(log.key.verifier))


def edit(exported: Path, old: bytes, new: bytes) -> None:
    exported.write_bytes(exported.read_bytes().replace(old, new, 1))


def test_it_agrees_on_a_log_that_holds(log: Log, exported: Path) -> None:
    with log.database.read() as connection:
        found = audit.verify(connection, [log.key.verifier], log.notes)
    said = verify(log, exported)

    assert said == f"22 entries hold, 20 of them signed; root {found.root.hex()}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"r/3", b"r/X", "entries 0 to 4"),
        (b"r/7", b"r/X", "entries 5 to 8"),
        (b'"seq":6', b'"seq":8', "entry 6 is missing"),
        (b'{"action"', b'"action"', "entry 0 is not an entry"),
    ],
)
def test_it_names_what_was_changed(
    log: Log, exported: Path, old: bytes, new: bytes, says: str
) -> None:
    edit(exported, old, new)

    with pytest.raises(DoesNotHoldError, match=says):
        verify(log, exported)


def test_it_sees_a_line_taken_out_and_an_end_cut_off(log: Log, exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(b"".join(lines[:8] + lines[9:]))
    with pytest.raises(DoesNotHoldError, match="entry 8 is missing"):
        verify(log, exported)

    exported.write_bytes(b"".join(lines[:12]))
    with pytest.raises(DoesNotHoldError, match="20 entries were signed, 12 are here"):
        verify(log, exported)


def test_it_refuses_what_another_key_signed(log: Log, exported: Path) -> None:
    other = audit.SigningKey.generate("govsync/230382")
    forged = other.sign(
        audit.Checkpoint(origin=other.name, size=1, root=b"r" * 32).text()
    )
    with pytest.raises(DoesNotHoldError, match="not by KEY"):
        verify(log, exported, [forged])

    changed = log.notes[0].replace("\n5\n", "\n6\n")
    with pytest.raises(DoesNotHoldError, match="does not hold"):
        verify(log, exported, [changed])
    with pytest.raises(DoesNotHoldError, match="whole signed notes"):
        verify(log, exported, [])


def test_an_expired_text_keeps_its_place(log: Log, tmp_path: Path) -> None:
    log.tamper("UPDATE audit SET body = NULL WHERE seq = 2")
    out = tmp_path / "expired.jsonl"
    with log.database.read() as connection, out.open("wb") as file:
        audit.export_json_lines(connection, file)

    assert verify(log, out).startswith("22 entries hold")


def test_it_runs_alone_from_another_folder(
    log: Log, exported: Path, tmp_path: Path
) -> None:
    """Copied to a folder of its own, with isolated imports: no govsync in reach."""
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    script = shutil.copy(str(standalone.__file__), alone / "verify.py")
    kept = alone / "checkpoints.txt"
    kept.write_text("".join(f"{note}\n" for note in log.notes), encoding="utf-8")
    command = [sys.executable, "-I", script, str(exported), str(kept)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=alone, capture_output=True, text=True, check=False
        )

    assert "import govsync" not in Path(script).read_text(encoding="utf-8")
    assert run(str(log.key.verifier)).returncode == 0
    edit(exported, b"r/3", b"r/X")
    assert run(str(log.key.verifier)).returncode == 1
    assert run("no+key").returncode == 1
    assert run("one", "too many").returncode == 64


def test_it_verifies_proofs_from_another_folder(log: Log, tmp_path: Path) -> None:
    with log.database.read() as connection:
        proofs = audit.prove(connection, [3, 7])
    path = tmp_path / "entries.tlog-proof"
    path.write_text("\n".join(proof.text() for proof in proofs), encoding="utf-8")
    script = shutil.copy(str(standalone.__file__), tmp_path / "verify.py")

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", script, str(path), str(log.key.verifier)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    said = run(path)
    assert said.returncode == 0
    assert said.stdout.encode() == b"".join(proof.entry + b"\n" for proof in proofs)
    edit(path, b"index 7", b"index 8")
    assert "does not hold" in run(path).stderr
    edit(path, b"c2sp", b"other")
    edit(path, b"c2sp", b"other")
    assert "not a file of proofs" in run(path).stderr
