"""The digest of a message's content in its header: RFC 9530."""

from __future__ import annotations

import hashlib
import hmac
from types import MappingProxyType

from govsync.channels.signature_keys import SignatureError
from govsync.channels.structured import (
    Item,
    MalformedFieldError,
    parse_dictionary,
    write_dictionary,
)

DIGESTS = MappingProxyType({"sha-256": hashlib.sha256, "sha-512": hashlib.sha512})
"""The algorithms of RFC 9530, 5 that are not deprecated."""


def content_digest(content: bytes) -> str:
    """Return the ``Content-Digest`` field of some content (RFC 9530, 2).

    >>> content_digest(b"")
    'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'
    """
    return write_dictionary({"sha-256": Item(hashlib.sha256(content).digest())})


def check_content_digest(header: str, content: bytes) -> None:
    """Compare a ``Content-Digest`` field with the content that came under it.

    Every digest of a known algorithm must fit, and one there must be.

    Raises:
        SignatureError: ``malformed`` or ``digest``.
    """
    try:
        members = parse_dictionary(header)
    except MalformedFieldError as error:
        raise SignatureError("malformed", f"Content-Digest: {error}") from error
    known = {name: item.value for name, item in members.items() if name in DIGESTS}
    if not known:
        raise SignatureError("digest", "neither sha-256 nor sha-512 is given")
    for name, value in known.items():
        if not isinstance(value, bytes):
            raise SignatureError("malformed", f"Content-Digest: {name}")
        if not hmac.compare_digest(DIGESTS[name](content).digest(), value):
            raise SignatureError("digest", f"its {name} differs")
