"""A mail server in this process, and the certificate that it shows."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

HOST = "mail.city.example"
USER, PASSWORD = "govsync", "a password of the mail server"


@dataclass
class Inbox:
    """What came, and what the server answers to it."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    answer: str = "250 taken"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content, policy=default)
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        return self.answer


@dataclass(frozen=True)
class Certificate:
    """A certificate of the mail server's name, and its key."""

    file: Path

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file)
        return context


def certificate(folder: Path, name: str = HOST) -> Certificate:
    """Make a certificate for a host, signed by itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name.from_rfc4514_string(f"CN={name}")
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .sign(private, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key + made.public_bytes(Encoding.PEM))
    return Certificate(file)


def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
    """Look the mail server up: it is here."""
    if host != HOST:
        raise socket.gaierror(socket.EAI_NONAME, f"no host {host}")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@contextmanager
def mail_server(
    *, starttls: Certificate | None = None, tls: Certificate | None = None
) -> Iterator[Inbox]:
    """Run a mail server on a free port until the block ends."""
    inbox = Inbox()

    def login(
        server: Any, session: Any, envelope: Any, mechanism: str, said: Any
    ) -> Any:
        known = (said.login, said.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    secured = starttls is not None or tls is not None
    controller = _Controller(
        inbox,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls.context if tls else None,
        tls_context=starttls.context if starttls else None,
        require_starttls=starttls is not None,
        authenticator=login if secured else None,
        # aiosmtpd takes only STARTTLS for TLS here.
        auth_required=starttls is not None,
        auth_require_tls=starttls is not None,
    )
    controller.start()
    try:
        assert controller.server is not None
        inbox.port = controller.server.sockets[0].getsockname()[1]
        yield inbox
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # It would connect to the port that was asked for, and that is 0.
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()
