"""Signed notes and checkpoints, as C2SP writes them."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from govsync.audit import (
    Checkpoint,
    SigningKey,
    VerifierKey,
    open_checkpoint,
    sign_checkpoint,
)
from govsync.audit.note import open_note
from govsync.errors import AuditError, ConfigError

# The example of the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1F"
    "FYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
HEAD = Checkpoint(origin="govsync/230382", size=7, root=b"r" * 32)


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.generate("govsync/230382")


def test_a_note_signed_by_another_program_opens() -> None:
    assert open_note(NOTE, [VerifierKey.parse(PETER)]) == TEXT


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    assert str(VerifierKey.parse(PETER)) == PETER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        PETER.replace("c7", "c8"),
        PETER[:-4],
        PETER.replace("+AR", "+BR"),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        VerifierKey.parse(text)


def test_a_changed_note_does_not_open() -> None:
    with pytest.raises(AuditError, match="does not hold"):
        open_note(NOTE.replace("problem is", "answer is"), [VerifierKey.parse(PETER)])


def test_a_note_of_a_stranger_does_not_open(key: SigningKey) -> None:
    with pytest.raises(AuditError, match="none of the keys"):
        open_note(NOTE, [key.verifier])


@pytest.mark.parametrize("text", ["", "no note", f"{TEXT}\n— x\n", f"{TEXT}\n— x !!\n"])
def test_what_is_no_note_does_not_open(text: str, key: SigningKey) -> None:
    with pytest.raises(AuditError):
        open_note(text, [key.verifier])


def test_a_checkpoint_is_read_as_it_was_signed(key: SigningKey) -> None:
    assert open_checkpoint(key.sign(HEAD.text()), [key.verifier]) == HEAD


@pytest.mark.parametrize("size", ["07", "-1", "x", "7\n7"])
def test_a_checkpoint_has_one_way_to_be_written(size: str, key: SigningKey) -> None:
    forged = key.sign(HEAD.text().replace("\n7\n", f"\n{size}\n"))

    with pytest.raises(AuditError, match="not a checkpoint"):
        open_checkpoint(forged, [key.verifier])


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "audit.key"
    key.save(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SigningKey.load(path).verifier == key.verifier
    with pytest.raises(FileExistsError):
        key.save(path)
    assert "private" not in repr(key)


def test_what_is_no_key_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    with pytest.raises(ConfigError, match=r"audit\.key"):
        SigningKey.load(path)

    path.write_text("-----BEGIN PRIVATE KEY-----")
    with pytest.raises(ConfigError, match="not an audit key"):
        SigningKey.load(path)


def test_an_extension_is_signed_and_carried(key: SigningKey) -> None:
    head = HEAD.changed(extension=("witnessed by a neighbour",))

    assert head.text().endswith("\nwitnessed by a neighbour\n")
    assert open_checkpoint(sign_checkpoint(head, key), [key.verifier]) == head


@pytest.mark.parametrize(
    "change",
    [
        {"origin": ""},
        {"origin": "two\nlines"},
        {"size": -1},
        {"root": b"short"},
        {"extension": ("",)},
        {"extension": ("— a signature", "a\rb")},
    ],
)
def test_a_head_that_could_not_be_read_again_is_not_made(
    change: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError):
        HEAD.changed(**change)


SPOILED: dict[str, Callable[[str], str]] = {
    "no end": lambda note: note[:-1],
    "another end": lambda note: note + "\n",
    "line ends": lambda note: note.replace("\n", "\r\n"),
    "control": lambda note: note.replace("problem,", "problem,\t"),
    "hyphen": lambda note: note.replace("— ", "- "),
    "no space": lambda note: note.replace("— ", "—"),
    "text after": lambda note: note + "no signature\n",
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_note_has_one_way_to_be_written(name: str) -> None:
    with pytest.raises(AuditError):
        open_note(SPOILED[name](NOTE), [VerifierKey.parse(PETER)])


def test_control_characters_are_refused_even_where_they_are_signed(
    key: SigningKey,
) -> None:
    with pytest.raises(AuditError, match="not a signed note"):
        open_note(key.sign("one\ttwo\n"), [key.verifier])


def test_other_signatures_beside_ours_are_passed_over(key: SigningKey) -> None:
    """A witness adds its line; who does not know it still reads the note."""
    note = NOTE + key.sign(TEXT).removeprefix(f"{TEXT}\n")

    assert open_note(note, [key.verifier]) == TEXT
    assert open_note(note, [VerifierKey.parse(PETER)]) == TEXT
    with pytest.raises(AuditError, match="does not hold"):
        open_note(note.replace("x08go/Z", "x08go/a"), [VerifierKey.parse(PETER)])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n"])
def test_a_name_that_would_end_too_early_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="not a key's name"):
        SigningKey.generate(name)


def test_only_whole_lines_are_signed(key: SigningKey) -> None:
    with pytest.raises(ValueError, match="newline"):
        key.sign("no end")


def test_a_key_file_of_something_else_is_refused(
    tmp_path: Path, key: SigningKey
) -> None:
    path = tmp_path / "audit.key"
    key.save(path)
    path.write_text(path.read_text().replace("govsync-audit-key", "other-key"))

    with pytest.raises(ConfigError, match="not an audit key"):
        SigningKey.load(path)
