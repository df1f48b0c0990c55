"""A mailbox behind a real mail server: TLS, passwords, refusals, deadlines."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.anchors import given
from support.logs import Log
from support.mail import HOST, PASSWORD, USER, certificate, mail_server, resolve
from support.platform import StoppedClock

from govsync.anchors import AnchorError, MailboxSettings
from govsync.anchors.mailbox import Mailbox, message_id
from govsync.audit import open_checkpoint

INSPECTOR = "inspector@province.example"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(3)
    yield log
    log.database.dispose()


def mailbox(
    port: int,
    *,
    ca_file: Path | None = None,
    password: str = PASSWORD,
    **settings: Any,
) -> Mailbox:
    given = {
        "kind": "email",
        "name": "inspector",
        "host": HOST,
        "port": port,
        "user": USER,
        "sender": "log@city.example",
        "to": (INSPECTOR,),
        "timeout_s": 5,
    }
    return Mailbox(
        MailboxSettings.model_validate({**given, **settings}),
        clock=StoppedClock(),
        password=password,
        ca_file=ca_file,
        resolve=resolve,
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_head_arrives_over_tls(log: Log, tmp_path: Path, security: str) -> None:
    own = certificate(tmp_path)
    with mail_server(**{security: own}) as inbox:
        anchor = mailbox(inbox.port, ca_file=own.file, security=security)

        checked = anchor.check()
        assert not inbox.messages
        kept = anchor.keep(given(log, log.notes[0]))

    (message,) = inbox.messages
    (attached,) = message.iter_attachments()
    note = attached.get_content().decode()
    head = open_checkpoint(note, [log.key.verifier])
    assert checked == f"{HOST}:{inbox.port} takes mail for {INSPECTOR}"
    assert inbox.recipients == [INSPECTOR]
    assert message["Message-ID"] == kept.proof == message_id(head, "log@city.example")


def test_a_server_without_tls_and_password(log: Log) -> None:
    with mail_server() as inbox:
        mailbox(inbox.port, security="none", user="").keep(given(log, log.notes[0]))

    assert len(inbox.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nobody_else_gets_the_password(log: Log, tmp_path: Path, security: str) -> None:
    """A certificate of another name, or of no known authority, ends the session."""
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other", "mail.elsewhere.example")
    unknown = certificate(tmp_path / "other")
    for shown, trusted in ((other, other.file), (unknown, certificate(tmp_path).file)):
        with mail_server(**{security: shown}) as inbox:
            anchor = mailbox(inbox.port, ca_file=trusted, security=security)
            with pytest.raises(AnchorError, match="certificate verify failed"):
                anchor.keep(given(log, log.notes[0]))
        assert not inbox.messages


def test_a_server_that_offers_no_tls_gets_nothing(log: Log) -> None:
    with mail_server() as inbox, pytest.raises(AnchorError, match="STARTTLS"):
        mailbox(inbox.port).keep(given(log, log.notes[0]))
    assert not inbox.messages


@pytest.mark.parametrize("password", ["wrong", "密码"])
def test_a_wrong_password_is_said(log: Log, tmp_path: Path, password: str) -> None:
    own = certificate(tmp_path)
    with mail_server(starttls=own) as inbox:
        anchor = mailbox(inbox.port, ca_file=own.file, password=password)
        with pytest.raises(AnchorError) as error:
            anchor.keep(given(log, log.notes[0]))
    assert password not in str(error.value)


def test_a_mailbox_that_is_refused_is_named(log: Log) -> None:
    to = (INSPECTOR, "archive@province.example")
    with mail_server() as inbox:
        anchor = mailbox(inbox.port, security="none", user="", to=to)
        inbox.refuses.add(INSPECTOR)
        with pytest.raises(AnchorError, match=f"refused for {INSPECTOR}"):
            anchor.keep(given(log, log.notes[0]))
        inbox.refuses.add(to[1])
        with pytest.raises(AnchorError):
            anchor.keep(given(log, log.notes[0]))


def test_a_message_that_is_turned_down_was_not_sent(log: Log) -> None:
    with mail_server() as inbox:
        inbox.answer = "452 no room"
        with pytest.raises(AnchorError, match="it answered 452 no room"):
            mailbox(inbox.port, security="none", user="").keep(given(log, log.notes[0]))


def test_what_cannot_be_reached_is_said(log: Log, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for anchor, said in (
        (mailbox(port), "refused"),
        (mailbox(port, host="mail.elsewhere.example"), "no host"),
        (mailbox(port, ca_file=tmp_path / "none.pem"), "authorities cannot be read"),
    ):
        with pytest.raises(AnchorError, match=said):
            anchor.keep(given(log, log.notes[0]))


@contextmanager
def dripping() -> Iterator[int]:
    """A server that greets a byte at a time and never comes to an end of it."""
    done = threading.Event()

    def drip(listening: socket.socket) -> None:
        client, _ = listening.accept()
        with client:
            while not done.wait(0.02):
                client.sendall(b"2")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join()


def test_a_server_that_drips_is_left_at_the_deadline(log: Log) -> None:
    """No single read takes long; only all of them together do."""
    with dripping() as port, pytest.raises(AnchorError, match="time.* (is up|out)"):
        mailbox(port, timeout_s=0.3).keep(given(log, log.notes[0]))


def test_a_server_that_is_silent_is_left_at_the_deadline(log: Log) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(AnchorError, match="timed out"),
    ):
        mailbox(silent.getsockname()[1], timeout_s=0.3).keep(given(log, log.notes[0]))
