"""An mbox file and a Maildir folder are read, and never changed."""

from __future__ import annotations

import fcntl
import mailbox
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.inbox import MONDAY, NoTrail, final, said

from govsync.channels import Editor, Retry, Stop
from govsync.inbox.mailbox import Mailbox

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
"""What a mail system does while it delivers."""


def mail(number: int) -> mailbox.mboxMessage:
    text = f"From: a{number}@mail.example\nSubject: s{number}\n\nbody {number}\n"
    return mailbox.mboxMessage(text.encode())


def opened(path: Path, **changes: object) -> Mailbox:
    given = {"outbox": path.parent / "out", "sender": "office@city.example"} | changes
    return Mailbox(path, clock=lambda: MONDAY, **given)  # type: ignore[arg-type]


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    path = tmp_path / "mayor.mbox"
    box = mailbox.mbox(path)
    for number in range(3):
        box.add(mail(number))
    box.close()
    return path


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    path = tmp_path / "Maildir"
    box = mailbox.Maildir(path)
    for number in range(3):
        box.add(mail(number))
    return path


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_all_mails_are_read_and_none_is_changed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(kind)
    before = sorted(
        (str(p), p.read_bytes()) for p in path.parent.rglob("*") if p.is_file()
    )

    found = list(opened(path).collect(""))

    assert sorted(one.title for one in found) == ["s0", "s1", "s2"]
    after = sorted(
        (str(p), p.read_bytes()) for p in path.parent.rglob("*") if p.is_file()
    )
    assert after == before


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mailbox_that_did_not_change_is_not_read_again(
    kind: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(kind)
    cursor = list(opened(path).collect(""))[-1].cursor

    assert list(opened(path).collect(cursor)) == []
    box = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
    box.add(mail(3))
    box.close()
    assert len(list(opened(path).collect(cursor))) == 4


def test_a_mail_keeps_its_name_when_it_is_moved(maildir: Path) -> None:
    """From ``new`` to ``cur``, with flags, as a mail program does."""
    before = {one.id for one in opened(maildir).collect("")}
    for new in (maildir / "new").iterdir():
        new.rename(maildir / "cur" / f"{new.name}:2,S")

    assert {one.id for one in opened(maildir).collect("")} == before


def test_a_mailbox_that_another_program_writes_is_left_for_later(mbox: Path) -> None:
    """A mail that is being delivered would be read by half."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(mbox)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(Retry, match=r"mayor\.mbox"):
            list(opened(mbox).collect(""))
        holder.communicate(b"")

    assert len(list(opened(mbox).collect(""))) == 3
    with mbox.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(opened(tmp_path / "none").collect("")) == []


def test_what_is_no_mailbox_waits_for_a_person(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()

    for name in ("pipe", "folder"):
        with pytest.raises(Stop):
            list(opened(tmp_path / name).collect(""))


def test_a_mailbox_that_is_too_large_waits_for_a_person(tmp_path: Path) -> None:
    path = tmp_path / "huge.mbox"
    with path.open("wb") as file:
        file.truncate(512 * 1024 * 1024 + 1)

    with pytest.raises(Stop, match="too large"):
        list(opened(path).collect(""))


def test_a_file_of_anything_is_read_without_failing(tmp_path: Path) -> None:
    path = tmp_path / "odd.mbox"
    path.write_bytes(b"From \xff\xff\nX\n\nFrom \n\n\0\nFrom a\nSubject: =?x?b?=?=\n\n")

    assert len(list(opened(path).collect(""))) == 3


def test_an_answer_is_put_in_the_outbox_once(mbox: Path) -> None:
    box = opened(mbox)
    assert box.answered(said(), final(), NoTrail()) is None

    receipts = [box.answer(said(), final(), NoTrail()) for _ in range(2)]

    assert receipts[0] == receipts[1] == box.answered(said(), final(), NoTrail())
    (sent,) = (mbox.parent / "out").iterdir()
    assert sent.name == "123456789018.eml"
    assert b"To: wang@mail.example" in sent.read_bytes()


@pytest.mark.parametrize("changes", [{"sender": ""}, {"outbox": None}])
def test_without_an_outbox_a_person_answers(
    mbox: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(Editor, match="outbox"):
        opened(mbox, **changes).answer(said(), final(), NoTrail())


def test_without_an_address_a_person_answers(mbox: Path) -> None:
    with pytest.raises(Editor, match="no address") as told:
        opened(mbox).answer(said(contact=""), final(), NoTrail())

    assert "govsync inbox delivered" in told.value.step
