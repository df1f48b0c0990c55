"""What a signature covers: the parts of a message, and the bytes made of them.

RFC 9421, section 2. Components with parameters (``sf``, ``bs``, ``key``, ``req``,
``tr``) are none that govsync signs, and are refused where a message names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from govsync.channels.signature_keys import SignatureError
from govsync.channels.structured import (
    Bare,
    Item,
    MalformedFieldError,
    Token,
    write_item,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", int, str)

LONGEST_NONCE = 256
DEFAULT_PORTS: Mapping[str, str] = MappingProxyType({"http": ":80", "https": ":443"})


@dataclass(frozen=True, slots=True)
class Claims:
    """The parameters of one signature, each of its type (RFC 9421, 2.3)."""

    created: int
    key_id: str
    nonce: str
    algorithm: str
    expires: int | None


def request_parts(method: str, url: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return every part of a request that can be signed (RFC 9421, 2.1 and 2.2).

    The address is normalised as RFC 9110, 4.2.3 allows: lower-case scheme and host,
    no default port, ``/`` for an empty path; what names no resource is left out.

    Raises:
        SignatureError: ``malformed``: an address or a header that cannot be signed.
    """
    address = urlsplit(url)
    if not (address.scheme and address.netloc):
        raise SignatureError("malformed", "the address is not absolute")
    scheme = address.scheme.lower()
    host = address.netloc.rpartition("@")[2].lower()
    authority = host.removesuffix(DEFAULT_PORTS.get(scheme, ""))
    path = address.path or "/"
    target = f"{path}?{address.query}" if address.query else path
    return _fields(headers) | {
        "@method": method,
        "@target-uri": f"{scheme}://{authority}{target}",
        "@authority": authority,
        "@scheme": scheme,
        "@request-target": target,
        "@path": path,
        "@query": f"?{address.query}",
    }


def response_parts(status: int, headers: Mapping[str, str]) -> dict[str, str]:
    """Return every part of an answer that can be signed.

    Raises:
        SignatureError: ``malformed``: a header that cannot be signed.
    """
    return _fields(headers) | {"@status": str(status)}


def claims_of(signed: Item) -> Claims:
    """Return the parameters of a signature, checked.

    Raises:
        SignatureError: ``missing`` or ``malformed``.
    """
    given = signed.parameters
    claims = Claims(
        created=_typed(given, "created", int),
        key_id=_typed(given, "keyid", str),
        nonce=_typed(given, "nonce", str),
        algorithm=_typed(given, "alg", str) if "alg" in given else "",
        expires=_typed(given, "expires", int) if "expires" in given else None,
    )
    if not 0 < len(claims.nonce) <= LONGEST_NONCE:
        raise SignatureError("malformed", "the nonce is empty or too long")
    return claims


def covered_names(signed: Item) -> tuple[str, ...]:
    """Return the names of the components in an inner list.

    Raises:
        SignatureError: ``malformed``: not a list of different, plain names.
    """
    if not isinstance(signed.value, tuple):
        raise SignatureError("malformed", "the covered components are no list")
    names = tuple(map(_name, signed.value))
    if len(set(names)) < len(names):
        raise SignatureError("malformed", "a component is covered twice")
    return names


def signature_base(parts: Mapping[str, str], signed: Item) -> bytes:
    """Return the bytes that are signed (RFC 9421, 2.5).

    Args:
        parts: From :func:`request_parts` or :func:`response_parts`.
        signed: The covered components, an inner list with its parameters.

    Raises:
        SignatureError: ``malformed``, or ``wrong`` where a covered part is absent.
    """
    lines = [_line(name, parts) for name in covered_names(signed)]
    try:
        lines.append(f'"@signature-params": {write_item(signed)}')
    except MalformedFieldError as error:
        raise SignatureError("malformed", str(error)) from error
    return "\n".join(lines).encode()


def _typed(given: Mapping[str, Bare], name: str, kind: type[T]) -> T:
    if name not in given:
        raise SignatureError("missing", name)
    value = given[name]
    # Not isinstance: a boolean is an int to Python, and a token a str.
    if type(value) is not kind:
        raise SignatureError("malformed", name)
    return value


def _name(component: Item) -> str:
    name = component.value
    if not isinstance(name, str) or isinstance(name, Token):
        raise SignatureError("malformed", "a component's name is no string")
    if component.parameters or name != name.lower():
        raise SignatureError(
            "malformed", f"component {name!r} is of a form unknown here"
        )
    return name


def _line(name: str, parts: Mapping[str, str]) -> str:
    if name not in parts:
        raise SignatureError("wrong", f"{name!r} is signed and not there")
    value = parts[name]
    # A line break in a part would let one message pass for another.
    if not (value.isascii() and (value.isprintable() or _tabs_alone(value))):
        raise SignatureError("malformed", f"{name!r} holds what no header can")
    return f'"{name}": {value}'


def _tabs_alone(value: str) -> bool:
    return value.replace("\t", " ").isprintable()


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the lines by lower-case name, repeated ones joined (RFC 9421, 2.1)."""
    fields: dict[str, str] = {}
    for given, line in headers.items():
        name, value = given.lower(), line.strip(" \t")
        if name.startswith("@"):
            raise SignatureError("malformed", f"header {given!r}")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
