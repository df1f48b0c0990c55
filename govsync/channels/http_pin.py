"""Where an HTTP client connects to: one host, looked up once, at public addresses.

A name that leads elsewhere at its second look-up is how a stranger reaches what only
this machine can reach (DNS rebinding). So a client knows one host, looks it up once,
and keeps to the addresses that were found; it looks again only after none of them could
be connected to. Addresses of this machine and of internal networks are refused unless
the channel says that they are meant.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING, Any

from urllib3.util import parse_url

from govsync.channels.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Resolve = Callable[..., Iterable[tuple[Any, ...]]]

PORTS = {"http": 80, "https": 443}
KINDS = (
    ("is_unspecified", "an unspecified"),
    ("is_loopback", "a loopback"),
    ("is_link_local", "a link-local"),
    ("is_multicast", "a multicast"),
    ("is_site_local", "a site-local"),
    ("is_private", "a private"),
    ("is_reserved", "a reserved"),
)
"""What an address can be beside public, by the attribute of :mod:`ipaddress`, of which
some are known of one version alone."""

NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052, 2.1: the last four bytes are an IPv4 address."""


class Pin:
    """The one host that a client connects to; safe to share between threads.

    Args:
        address: Of the service, or of the proxy that stands before it.
        private: Whether the host may be at an address that is not public.
        resolve: Looks a name up, as :func:`socket.getaddrinfo`.

    Raises:
        ValueError: The address has no host, or a port that is none.
    """

    def __init__(self, address: str, *, private: bool, resolve: Resolve) -> None:
        parts = parse_url(address)
        # A closing dot is for the look-up: it keeps this machine's own domain out.
        self._name = (parts.host or "").strip("[]")
        self.host = self._name.rstrip(".")
        self.port = parts.port or PORTS.get(parts.scheme or "", 0)
        self._private = private
        self._resolve = resolve
        self._found: tuple[str, ...] = ()
        self._lock = Lock()
        self.connected = ""
        """The address that was connected to last; empty before the first."""
        if not self.host:
            raise ValueError("an address without a host")

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses to connect to, looked up at the first call.

        Raises:
            Stop: Another host than the one of this client, or an address that is not
                public while none but public ones may be called.
            socket.gaierror: The name is not known.
        """
        if (host, port) != (self.host, self.port):
            raise Stop(
                f"{host}:{port} is not called: this channel calls {self.host} alone",
                step=f"if {host} is meant, set it as the channel's address",
            )
        with self._lock:
            if not self._found:
                self._found = self._looked_up()
            return self._found

    def forget(self, addresses: tuple[str, ...]) -> None:
        """Look the name up anew next time: none of these could be connected to."""
        with self._lock:
            if self._found == addresses:
                self._found = ()

    def _looked_up(self) -> tuple[str, ...]:
        try:
            found = self._resolve(self._name, self.port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "no host's name") from error
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        for address in addresses:
            self._refuse(address)
        return addresses

    def _refuse(self, address: str) -> None:
        """Raise where an address is not to be called; one bad one spoils the name."""
        kind = "" if self._private else not_public(address)
        if kind:
            at = "" if address == self.host else f" is at {address}, which"
            raise Stop(
                f"{self.host}{at} is {kind} address",
                step="if that is meant, set private = true for the channel; if not,"
                " correct its address; then `govsync resume`",
            )


def not_public(address: str) -> str:
    """Return what kind of address is not public; empty where it is.

    >>> not_public("127.0.0.1"), not_public("2606:4700::1111")
    ('a loopback', '')
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and (mapped := found.ipv4_mapped):
        return f"an IPv4-mapped ({mapped})"
    if inner := _inside(found):
        return not_public(str(inner))
    for attribute, kind in KINDS:
        if getattr(found, attribute, False):
            return kind
    # What is left is shared by the customers of a provider (RFC 6598).
    return "" if found.is_global else "a shared"


def _inside(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a gateway would make of an IPv6 one."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour
