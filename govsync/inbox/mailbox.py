"""A mailbox: an mbox file or a Maildir folder, read and never changed."""

from __future__ import annotations

import mailbox
import os
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import TYPE_CHECKING

from govsync.channels.errors import Editor, Retry, Stop
from govsync.inbox import mail
from govsync.inbox.codes import shown
from govsync.inbox.deliveries import by_hand
from govsync.inbox.outbox import Outbox
from govsync.model import canonical_json, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govsync.channels.contract import (
        Answer,
        AnswerReceipt,
        Clock,
        Feedback,
        Trail,
    )

LARGEST = 512 * 1024 * 1024
"""Bytes of an mbox file; more takes a run too long."""


class Mailbox:
    """A mailbox, and the outbox that its answers are put in.

    Args:
        path: An mbox file or a Maildir folder.
        clock: Gives the present moment.
        outbox: A folder; its files are whole mails that a mail system sends.
        sender: Whom those mails are from.
    """

    def __init__(
        self, path: Path, *, clock: Clock, outbox: Path | None, sender: str
    ) -> None:
        self._path = path
        self._clock = clock
        self._outbox = Outbox(outbox if sender else None, ".eml")
        self._sender = sender

    def collect(self, since: str) -> Iterator[Feedback]:
        """Yield all mails, unless nothing changed since a cursor.

        Mail programs move and rewrite mails, so no place in a mailbox lasts: which
        mails are known tells the inbox, by :func:`govsync.inbox.mail.identity`.

        Raises:
            Retry: It cannot be read, or another program is writing in it.
            Stop: It is not a mailbox, or too large.
        """
        if not self._path.exists():
            return
        with self._opened() as box:
            cursor = self._mark(box)
            if cursor == since:
                return
            now = self._clock()
            for raw in _mails(box):
                yield mail.read(raw, received=now).changed(cursor=cursor)

    @contextmanager
    def _opened(self) -> Iterator[mailbox.mbox | mailbox.Maildir]:
        box = self._box()
        try:
            # What is being delivered at this moment would be read by half. A folder
            # needs no lock, and who may not write can take none.
            if isinstance(box, mailbox.mbox) and os.access(self._path, os.W_OK):
                box.lock()
            yield box
        except (mailbox.Error, OSError) as error:
            raise Retry(f"{self._path.name}: {error}") from error
        finally:
            box.close()

    def _box(self) -> mailbox.mbox | mailbox.Maildir:
        step = f"compare inbox.sources with {self._path.name}"
        if self._path.is_dir():
            if not (self._path / "cur").is_dir():
                raise Stop("it is a folder, and no Maildir", step=step)
            return mailbox.Maildir(self._path, create=False)
        if not self._path.is_file():
            raise Stop("it is neither a file nor a folder", step=step)
        if self._path.stat().st_size > LARGEST:
            raise Stop("it is too large to be read", step="move old mails elsewhere")
        return mailbox.mbox(self._path, create=False)

    def _mark(self, box: mailbox.mbox | mailbox.Maildir) -> str:
        if isinstance(box, mailbox.Maildir):
            return digest_of(canonical_json(sorted(box.keys())))[:40]
        known = self._path.stat()
        return f"{known.st_ino}:{known.st_size}:{known.st_mtime_ns}"

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """Put the answer in the outbox, as a mail."""
        del trail
        return self._outbox.put(feedback, answer, self._mail(feedback, answer))

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """Look whether it is in the outbox."""
        del trail
        return self._outbox.find(feedback, answer, self._mail(feedback, answer))

    def _mail(self, feedback: Feedback, answer: Answer) -> bytes:
        if not feedback.contact:
            raise Editor("its sender gave no address", step=by_hand(answer.code))
        return letter(feedback, answer, self._sender)


def _mails(box: mailbox.mbox | mailbox.Maildir) -> Iterator[bytes]:
    for key in list(box.iterkeys()):
        try:
            with box.get_file(key) as file:
                yield file.read(mail.LONGEST_MAIL)
        except (KeyError, FileNotFoundError):
            # Moved by a mail program at this moment: it is there at the next run.
            continue


def letter(feedback: Feedback, answer: Answer, sender: str) -> bytes:
    """Return the mail that brings an answer: the same bytes whenever it is made.

    Its ``Message-ID`` is made of the answer, so that a mail that is sent twice is known
    for the same.
    """
    message = EmailMessage(policy=WIRE)
    domain = sender.rpartition("@")[2]
    message["From"] = sender
    message["To"] = feedback.contact
    message["Subject"] = f"答复: {feedback.title or shown(answer.code)}"[:150]
    message["Date"] = answer.at
    message["Message-ID"] = f"<{answer.code}.{answer.digest[:24]}@{domain}>"
    text = f"{answer.text}\n\n查询码: {shown(answer.code)}\n"
    message.set_content(text, cte="quoted-printable")
    return bytes(message)
