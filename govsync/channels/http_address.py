"""Where an HTTP client may go: one base address, and paths below it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import requests

from govsync.channels.errors import Stop
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

PATH = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*")
"""RFC 3986, 3.3 and 3.4: a path and a query, encoded, without a fragment."""


def below(base: str, path: str) -> str:
    """Return the address of a path under a base.

    Raises:
        ValueError: The path is not encoded, or leads out of the base.
    """
    if not _stays_below(path):
        raise ValueError("a path must be percent-encoded and stay below the base")
    return f"{base}/{path.removeprefix('/')}" if path else base


@lru_cache(maxsize=64)  # each address is signed, and then asked
def as_sent(address: str) -> str:
    """Return an address as requests sends it.

    Raises:
        ValueError: It cannot be sent.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(address, None)
    except requests.RequestException as error:
        raise ValueError("an address that cannot be sent") from error
    return prepared.url or ""


def path_below(base: str, address: str) -> str:
    """Return the path below a base of an address, whole or relative to the base.

    Raises:
        Stop: It leads out of the base.
    """
    whole = urljoin(f"{base}/", address)
    path = whole.removeprefix(f"{base}/")
    if path == whole or not _stays_below(path):
        raise Stop(
            f"the service names {without_query(whole)}, which is not below {base}",
            step="ask who runs the service; if it moved, correct the channel's address",
        )
    return f"/{path}"


def _stays_below(path: str) -> bool:
    steps = unquote(path.partition("?")[0]).split("/")
    return bool(PATH.fullmatch(path)) and not {".", ".."} & set(steps)


def without_query(address: str) -> str:
    """Return an address as messages may show it: a query may hold a token."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def checked_base(address: str) -> str:
    """Return a base address without its closing slash.

    Raises:
        ConfigError: It is not one, or carries a user, a query or a fragment.
    """
    parts = urlsplit(address)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme in {"http", "https"} and plain and _names_a_host(parts):
        return address.rstrip("/")
    raise ConfigError(
        "not an address that paths can stand under",
        where="base_url",
        mend="give http(s)://host/path, without user, query or fragment",
    )


def checked_file(path: str) -> str:
    """Return the path of a file that is there.

    Raises:
        ConfigError: It is not.
    """
    if Path(path).is_file():
        return path
    raise ConfigError(f"{path} is not there", where="ca_file")


def checked_proxy(address: str) -> dict[str, str]:
    """Return the proxy of each scheme, as requests takes them.

    Raises:
        ConfigError: Not an HTTP proxy's address.
    """
    parts = urlsplit(address)
    if parts.scheme == "http" and _names_a_host(parts):
        return {"http": address, "https": address}
    raise ConfigError("the proxy must be an http:// address", where="proxy")


def _names_a_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or too large
        return False
