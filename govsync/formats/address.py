"""Web addresses as feeds must carry them: absolute, ASCII, percent-encoded."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

# Possessive throughout: every record's address is looked at, most of them once only.
_HOST = r"[A-Za-z0-9][A-Za-z0-9.-]*+(?<![.-])"
_ALLOWED = r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*+"
_PART = rf"{_ALLOWED}(?:%[0-9A-Fa-f]{{2}}{_ALLOWED})*+"
_URI = re.compile(
    rf"https?+://{_HOST}(?::[0-9]{{1,5}})?+(?:[/?#]{_PART})?+(?:#{_PART})?+"
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:;[ -~]*)?")
_RECORD = "urn:govsync:record:"
_KEPT_IN_ID = "/-._~!$()*+,;=:@"
_PLAIN_ID = re.compile(r"[A-Za-z0-9/._~!$()*+,;=:@-]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "%/:@!$&'()*+,;=~-._?"


def to_uri(address: str) -> str | None:
    """Return an absolute http(s) address as a URI (RFC 3987 § 3.1).

    Returns:
        ASCII with Chinese in path and query percent-encoded and in the host as
        punycode; None for what is relative, of another scheme, or no address.
    """
    if _URI.fullmatch(address):
        return address
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # a port or a host that cannot be one
        return None
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        return None
    rest = (_escaped(part) for part in (parts.path, parts.query, parts.fragment))
    uri = urlunsplit((parts.scheme, host + port, *rest))
    return uri if _URI.fullmatch(uri) else None


def media_type(given: str) -> str:
    """Return a media type as it may stand in a feed; empty where it is none."""
    return given if _MEDIA_TYPE.fullmatch(given) else ""


def _escaped(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_KEPT)


def record_uri(record_id: str) -> str:
    """Return the IRI of a record by its id; that of :attr:`Record.uri`.

    No character of it needs escaping in XML.
    """
    if _PLAIN_ID.fullmatch(record_id):
        return _RECORD + record_id
    return _RECORD + quote(record_id, safe=_KEPT_IN_ID)


def record_id(uri: str) -> str | None:
    """Return the id of a record by its IRI; None where the IRI is not of a record."""
    if not uri.startswith(_RECORD):
        return None
    return unquote(uri.removeprefix(_RECORD))
