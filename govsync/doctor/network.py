"""Checks that ask others: channels, their clocks and credentials, certificates."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from govsync.agent.channels import open_channel
from govsync.agent.config import heartbeat_url
from govsync.channels.errors import ChannelError
from govsync.channels.http_pin import Pin
from govsync.doctor.case import UNAVAILABLE, fail, ok, span_of, warn
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govsync.channels.contract import Health
    from govsync.channels.http_pin import Resolve
    from govsync.doctor.case import Answer, Case, Result

TOLD_DAYS, GRAVE_DAYS = 30, 7
"""Days before an end at which it is told, and at which it is a failure."""
SKEW_TOLD, SKEW_GRAVE = timedelta(seconds=30), timedelta(minutes=5)
"""A signature that is further off than the latter is refused by most services."""
DEADLINE_S = 10.0
"""Seconds that looking at one certificate may take, the look-up of its name aside."""


def channel(case: Case, name: str) -> Answer:
    """Ask a channel for its health: credential, reachability, clock."""
    label = f"channel {name}"
    if case.config.channels[name].paused:
        yield ok(label, "paused, so not asked")
        return
    opened = open_channel(case.config, name, clock=case.clock)
    with closing(opened):
        health = opened.adapter.check()
    yield from judged(label, health, case.clock())


def judged(label: str, health: Health, now: datetime) -> Answer:
    """Judge what a channel says of itself."""
    if health.ok:
        yield ok(label, health.detail or "works")
    else:
        mend = health.mend or "look at the channel's settings and at its service"
        yield fail(label, health.detail or "does not work", mend, UNAVAILABLE)
    if health.skew is not None:
        yield _skew(label, health.skew)
    if health.expires is not None:
        yield expiry(f"{label} credential", health.expires, now, "renew the credential")


def _skew(label: str, skew: timedelta) -> Result:
    side = "behind" if skew > timedelta() else "ahead"
    told = f"our clock is {span_of(skew)} {side}"
    mend = "set this machine's clock by NTP"
    if abs(skew) > SKEW_GRAVE:
        return fail(f"{label} clock", told, mend)
    if abs(skew) > SKEW_TOLD:
        return warn(f"{label} clock", told, mend)
    return ok(f"{label} clock", told)


def expiry(label: str, ends: datetime, now: datetime, mend: str) -> Result:
    """Judge how long something is still good for."""
    left = ends - now
    if left < timedelta():
        return fail(label, f"ended {span_of(left)} ago", mend, UNAVAILABLE)
    told = f"{left.days} days left, until {ends.astimezone(UTC):%Y-%m-%d}"
    if left < timedelta(days=GRAVE_DAYS):
        return fail(label, told, mend)
    if left < timedelta(days=TOLD_DAYS):
        return warn(label, told, mend)
    return ok(label, told)


@dataclass(frozen=True, kw_only=True)
class Site:
    """An https address, and how it is reached."""

    name: str
    host: str
    port: int
    ca_file: str = ""
    proxy: str = ""
    private: bool = True
    """Whether it may be at an address that is not public."""


def sites(case: Case) -> list[Site]:
    """Return the https addresses that a configuration names, each once."""
    found = [*_of_channels(case), *_of_address("site", case.config.city.site)]
    with suppress(ConfigError):  # told by the check of the heartbeat
        found += _of_address("heartbeat", heartbeat_url(case.config, case.environ))
    return list({(site.host, site.port): site for site in reversed(found)}.values())


def _of_channels(case: Case) -> Iterator[Site]:
    for name, configured in sorted(case.config.channels.items()):
        if configured.paused:
            continue
        given = {key: str(value) for key, value in configured.settings.items()}
        ca_file = given.get("ca_file", "")
        for value in given.values():
            yield from _of_address(
                f"channel {name}",
                value,
                ca_file=str(case.config.path(Path(ca_file))) if ca_file else "",
                proxy=given.get("proxy", ""),
                private=given.get("private", "").lower() == "true",
            )


def _of_address(name: str, address: str, **how: Any) -> Iterator[Site]:
    if address.startswith("https://"):
        parts = urlsplit(address)
        if parts.hostname:
            yield Site(name=name, host=parts.hostname, port=parts.port or 443, **how)


def certificate(case: Case, site: Site) -> Answer:
    """Look at the certificate of a site, as its clients do, and say when it ends."""
    label = f"certificate {site.host}"
    mend = "renew the certificate there, or ask who runs the service to"
    try:
        ends = shown_until(site, case.resolve)
    except ssl.SSLCertVerificationError as error:
        told = f"does not hold: {error.verify_message}"
        yield fail(label, told, f"{mend}; or set ca_file", UNAVAILABLE)
    except (ChannelError, OSError, http.client.HTTPException) as error:
        told = f"not seen: {error}"
        yield warn(label, told, "see whether the site can be reached from here")
    else:
        yield expiry(label, ends, case.clock(), mend)


def shown_until(
    site: Site,
    resolve: Resolve = socket.getaddrinfo,
    monotonic: Callable[[], float] = time.monotonic,
) -> datetime:
    """Return when the certificate that a site shows ends.

    Raises:
        SSLCertVerificationError: It does not hold already.
        Stop: The site is at an address that is not to be called.
        OSError: The site cannot be reached within the deadline.
    """
    context = ssl.create_default_context(cafile=site.ca_file or None)
    ends = monotonic() + DEADLINE_S

    def left() -> float:
        seconds = ends - monotonic()
        if seconds <= 0:
            raise TimeoutError("the time for the call is up")
        return seconds

    with closing(_line(site, resolve, left)) as line:
        line.settimeout(left())
        with context.wrap_socket(line, server_hostname=site.host) as shown:
            told = (shown.getpeercert() or {})["notAfter"]
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told)), UTC)


def _line(site: Site, resolve: Resolve, left: Callable[[], float]) -> socket.socket:
    """Connect to a site, through its proxy where it has one."""
    if site.proxy:
        proxy = urlsplit(site.proxy)
        asking = http.client.HTTPConnection(
            proxy.hostname or "", proxy.port or 80, timeout=left()
        )
        asking.set_tunnel(site.host, site.port)
        asking.connect()
        return asking.sock
    pin = Pin(f"https://{site.host}:{site.port}", private=site.private, resolve=resolve)
    *others, last = pin.addresses(site.host, site.port)
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, site.port), timeout=left())
    return socket.create_connection((last, site.port), timeout=left())
