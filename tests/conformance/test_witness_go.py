"""Witness and cosignature against the Go project's own notes and trees.

The program beside this file stands on ``golang.org/x/mod/sumdb``, as the witnesses of
the public network do.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import tools
from support.anchors import station, write_anew
from support.logs import ORIGIN, Log
from support.platform import platform_settings
from support.witness import KEY, NAME, head_of, submission, witnessing

from govsync import audit
from govsync.anchors.standing import State
from govsync.audit import SigningKey
from govsync.audit.note import checkpoint_of
from govsync.platform import witness
from govsync.platform.app import open_database, utc_now
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office

SOURCE = Path(__file__).parent / "go_witness" / "main.go"
MODULES = "/usr/share/gocode/src/golang.org/x/mod/sumdb/note"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go witness, built."""
    tools.needs("go", package="golang-go")
    tools.needs(MODULES, package="golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    built = folder / "go_witness"
    environ = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    done = tools.run("go", "build", "-o", str(built), str(SOURCE), env=environ)
    assert done.returncode == 0, done.stderr
    return built


@contextmanager
def served(program: Path, key: SigningKey) -> Iterator[tuple[str, str]]:
    """Run the Go witness; gives its address and its key."""
    command = [program, "serve", str(key.verifier), "witness.example/go"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url, told = process.stdout.readline().split()
        yield url, told
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_its_witness_cosigns_what_we_prove(program: Path, tmp_path: Path) -> None:
    key = SigningKey.generate(ORIGIN)
    with served(program, key) as (url, told):
        anchor = {
            "kind": "witness",
            "name": "go",
            "url": url,
            "key": told,
            "private": True,
        }
        with station(tmp_path / "city", anchor, key=key) as city:
            for entries in (1, 2, 1, 30, 64):
                city.grow(entries)
                assert city.anchor()["go"].state is State.HELD
                assert (
                    city.standing()["go"].size == checkpoint_of(city.cosigned[0]).size
                )
            with city.workspace.database.write() as connection:
                connection.exec_driver_sql("DELETE FROM anchor")
            city.grow(5)
            assert city.anchor()["go"].state is State.HELD
        with station(tmp_path / "forged", anchor, key=key) as forged:
            forged.grow(500)
            assert forged.anchor()["go"].state is State.FORKED


def opened(program: Path, note: str, log_key: str) -> list[str]:
    """Who signed a note, as Go says."""
    done = subprocess.run(
        [program, "open", str(KEY), log_key],
        input=note,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_opens_what_the_platform_cosigns(program: Path, tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    settings = platform_settings(tmp_path, **witnessing(log.key.verifier))
    office = Office(
        settings,
        keyring=Keyring(settings),
        database=open_database(settings),
        clock=utc_now,
    )
    old = 0
    for entries in (1, 6, 25):
        log.grow(entries)
        note = log.notes[-1]
        reply = witness.answer(office, submission(log, old, note).written())
        cosigned = note + reply.content.decode()

        assert opened(program, cosigned, str(log.key.verifier)) == [ORIGIN, NAME]
        old = head_of(log, note).size
    forged = write_anew(log, range(9, 60))
    reply = witness.answer(office, submission(log, old, forged).written())
    office.close()
    log.database.dispose()
    assert reply.status == 422
    assert audit.open_checkpoint(cosigned, [KEY]).size == old
