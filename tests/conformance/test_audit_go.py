"""Go's own transparency log code opens, recomputes and checks what we write."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import tools
from support.logs import ORIGIN, Log

from govsync import audit
from govsync.audit import merkle

SOURCE = Path(__file__).parent / "go" / "check.go"
LIBRARY = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"
ENTRIES, BEFORE, PROVED = 37, 11, 23
FILES = ("newest", "older", "log", "proof", "growth")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from our few lines and Debian's package, without a network."""
    tools.needs("go", package="golang-go")
    tools.needs(LIBRARY, package="golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    go = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    built = tools.run(
        *("go", "build", "-o", str(folder / "check"), str(SOURCE)),
        package="golang-go",
        env={**os.environ, **go, "GOCACHE": str(folder / "cache"), "GOPROXY": "off"},
    )
    assert built.returncode == 0, built.stderr
    return folder / "check"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(BEFORE)
    log.grow(ENTRIES - BEFORE)
    yield log
    log.database.dispose()


@pytest.fixture
def written(log: Log, tmp_path: Path) -> Path:
    """A folder with everything that the program reads."""
    with log.database.read() as connection:
        with (tmp_path / "log").open("wb") as out:
            audit.export_json_lines(connection, out)
        (proof,) = audit.prove(connection, [PROVED])
    bodies = (tmp_path / "log").read_bytes().splitlines()
    leaves = [merkle.leaf_hash(body) for body in bodies]
    growth = merkle.consistency_proof(leaves, BEFORE)
    texts = {
        "older": log.notes[0],
        "newest": log.notes[1],
        "proof": proof.text(),
        "growth": "\n".join(base64.b64encode(node).decode() for node in growth),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def check(program: Path, written: Path, key: str) -> subprocess.CompletedProcess[str]:
    files = [str(written / name) for name in FILES]
    command = [str(program), key, *files]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_everything_holds(program: Path, written: Path, log: Log) -> None:
    said = check(program, written, str(log.key.verifier))

    assert (said.stderr, said.stdout) == ("", "37 entries hold\n")


def test_signatures_that_it_does_not_know_are_passed_over(
    program: Path, written: Path, log: Log
) -> None:
    """A line of SM2, and one of another Ed25519 key, as in a rotation."""
    head = audit.open_checkpoint(log.notes[1], [log.key.verifier])
    sm2 = audit.SigningKey.generate(ORIGIN, audit.SM2)
    new = audit.SigningKey.generate(ORIGIN)
    note = audit.sign_checkpoint(head, sm2, log.key, new)
    (written / "newest").write_text(note, encoding="utf-8")

    assert check(program, written, str(log.key.verifier)).returncode == 0
    assert check(program, written, str(sm2.verifier)).returncode == 1


CHANGES: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "entry": ("log", lambda text: text.replace(b"r/5", b"r/6"), "tree"),
    "order": (
        "log",
        lambda text: b"".join(reversed(text.splitlines(keepends=True))),
        "tree",
    ),
    "head": ("newest", lambda text: text.replace(b"\n37\n", b"\n36\n"), "note"),
    "index": ("proof", lambda text: text.replace(b"index 23", b"index 22"), "record"),
    "growth": (
        "growth",
        lambda text: b"\n".join(reversed(text.split(b"\n"))),
        "growth",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_refused(
    program: Path, written: Path, log: Log, name: str
) -> None:
    file, change, says = CHANGES[name]
    path = written / file
    path.write_bytes(change(path.read_bytes()))

    said = check(program, written, str(log.key.verifier))

    assert said.returncode == 1
    assert said.stderr.startswith(says)
