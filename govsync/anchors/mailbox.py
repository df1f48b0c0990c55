"""A mailbox that checkpoints are sent to: the inspector's, who need do nothing.

One message a head, with the signed checkpoint as its text and as an attachment. Its
``Message-ID`` is made of the log's name, size and root: a message that comes twice,
because the answer to the first was lost, is known for the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import socket
import ssl
import time
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import TYPE_CHECKING

from govsync.anchors.contract import Anchor, AnchorError, Kept
from govsync.channels.http_pin import Pin
from govsync.channels.http_transport import BUDGET, Budget, TLSSocket, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from govsync.anchors.contract import Head
    from govsync.anchors.settings import MailboxSettings
    from govsync.audit.note import Checkpoint
    from govsync.channels.contract import Clock
    from govsync.channels.http_pin import Resolve

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 8314, section 7.3, and RFC 5321."""
_MOST_BYTES = 64 * 1024
"""Of all that a server says in one session."""
_FAILURES = (smtplib.SMTPException, OSError, UnicodeError)
"""All that a session raises when it breaks; UnicodeError of a name or a password."""


class Mailbox(Anchor):
    """A mailbox, reached through a mail server.

    Args:
        settings: Of the anchor.
        password: Of the server's user; empty where it asks for none.
        ca_file: PEM of the authorities to trust in place of the public ones.
        clock: Gives the present moment.
        resolve: Looks a name up, as :func:`socket.getaddrinfo`.
        monotonic: The clock that the deadline is kept by, in seconds.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        clock: Clock,
        password: str = "",
        ca_file: Path | None = None,
        resolve: Resolve = socket.getaddrinfo,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._password = password
        self._ca_file = ca_file
        self._clock = clock
        self._monotonic = monotonic
        self._port = settings.port or PORTS[settings.security]
        address = f"smtp://{settings.host}:{self._port}"
        self._pin = Pin(address, private=True, resolve=resolve)

    def keep(self, head: Head) -> Kept:
        """Send a head.

        Raises:
            AnchorError: It was not sent to everybody, or nobody knows.
        """
        message = message_of(self._settings, head.signed, head.note, self._clock())
        with self._session() as server:
            refused = server.send_message(message)
        if refused:
            raise AnchorError(
                f"refused for {', '.join(sorted(refused))}", where=self._place
            )
        return Kept(proof=str(message["Message-ID"]))

    def check(self) -> str:
        """Log in, and send nothing.

        Raises:
            AnchorError: The server cannot be used.
        """
        with self._session() as server:
            server.noop()
        return f"{self._place} takes mail for {', '.join(self._settings.to)}"

    @property
    def _place(self) -> str:
        return f"{self._settings.host}:{self._port}"

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Give a server that has let us in, within one deadline for all of it."""
        budget = Budget(
            monotonic=self._monotonic,
            ends=self._monotonic() + self._settings.timeout_s,
            bytes_left=_MOST_BYTES,
            pin=self._pin,
        )
        entered = BUDGET.set(budget)
        server = _Server(self._settings, self._tls())
        try:
            server.connect(self._settings.host, self._port)
            self._enter(server)
            yield server
            # What was taken is taken, however the goodbye goes.
            with contextlib.suppress(*_FAILURES):
                server.quit()
        except _FAILURES as error:
            raise AnchorError(_said(error), where=self._place) from error
        finally:
            server.close()
            BUDGET.reset(entered)

    def _enter(self, server: _Server) -> None:
        if self._settings.security == "starttls":
            server.starttls(context=server.tls)
        if self._settings.user:
            server.login(self._settings.user, self._password)

    def _tls(self) -> ssl.SSLContext:
        ca_file = None if self._ca_file is None else str(self._ca_file)
        try:
            context = ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise AnchorError(
                f"the authorities cannot be read: {error.strerror}", where=str(ca_file)
            ) from error
        context.sslsocket_class = TLSSocket
        return context


class _Server(smtplib.SMTP):
    """smtplib's client over sockets that keep to one deadline."""

    def __init__(self, settings: MailboxSettings, tls: ssl.SSLContext) -> None:
        # The sender's domain introduces us: to ask for our own name may take minutes.
        super().__init__(local_hostname=settings.sender.rpartition("@")[2])
        self.tls = tls
        self._host = settings.host
        self._at_once = settings.security == "tls"

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout
        budget = BUDGET.get()
        plain = bounded(_connected(budget.pin.addresses(host, port), port, budget))
        if not self._at_once:
            return plain
        return self.tls.wrap_socket(plain, server_hostname=host)


def _connected(addresses: tuple[str, ...], port: int, budget: Budget) -> socket.socket:
    *others, last = addresses
    for address in others:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), _left(budget))
    return socket.create_connection((last, port), _left(budget))


def _left(budget: Budget) -> float:
    seconds = budget.seconds_left()
    if not seconds:
        raise TimeoutError("the time for the call is up")
    return seconds


def message_of(
    settings: MailboxSettings, head: Checkpoint, note: str, at: datetime
) -> EmailMessage:
    """Return the message that tells of a head.

    Args:
        settings: Whom it is from and to.
        head: What was signed.
        note: The signed checkpoint.
        at: Now, aware.
    """
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Subject"] = f"Checkpoint of {head.origin}: {head.size} entries"
    message["Date"] = at
    message["Message-ID"] = message_id(head, settings.sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer, please
    message.set_content(note, cte="quoted-printable")
    message.add_attachment(
        note.encode(),
        maintype="application",
        subtype="octet-stream",
        filename=f"checkpoint-{head.size:012d}.txt",
    )
    return message


def message_id(head: Checkpoint, sender: str) -> str:
    """Return the ``Message-ID`` of a head: the same whenever it is sent.

    The root is part of it, so that no mail reader takes a forged head of the same size
    for a copy and drops it.
    """
    digest = hashlib.sha256(head.text().encode()).hexdigest()[:32]
    return f"<{head.size}.{digest}@{sender.rpartition('@')[2]}>"


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"it answered {error.smtp_code} {text}"[:300]
    return (str(error) or type(error).__name__)[:300]
