"""Read one mail of a stranger as feedback. Pure, and nothing in a mail makes it fail.

Headers, charsets and parts are taken as they come; what is not understood is replaced
or left out. A mail that cannot be read at all is feedback that says so. Attachments are
named, never opened.
"""

from __future__ import annotations

import email
import re
from collections import deque
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING

import nh3

from govsync.channels.contract import Feedback
from govsync.inbox.masking import cleaned
from govsync.model import SHANGHAI, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_MAIL = 2 * 1024 * 1024
"""Bytes that are read of one; attachments beyond them are not missed."""
MOST_PARTS = 200
LONGEST_TEXT = 20_000
"""Characters."""
OLDEST = timedelta(days=30)
"""A ``Date`` further back is not believed: it would make a mail late as it comes."""
_CHARSETS: Mapping[str, str] = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}
"""Others are read as UTF-8: what a stranger names may be slow, or no text at all."""
_ERROR = re.compile("纠错|找错|错别字|有误")
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]{0,200}>", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@[A-Za-z0-9.-]{1,253}")
_CHANGING = re.compile(
    rb"(?im)^(?:x-)?(?:status|keywords|uid|content-length|imap(?:base)?"
    rb"|mozilla-[a-z0-9-]+):.*\n(?:[ \t].*\n)*"
)
"""Headers that mail programs rewrite when a mail is read."""


def identity(raw: bytes) -> str:
    """Return what a mail is told from others by: its content, not what it claims.

    A ``Message-ID`` is chosen by the sender: by a copied one a stranger could hide
    another's mail.
    """
    head, blank, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = _CHANGING.sub(b"", head + b"\n")
    return digest_of(kept + blank + body.rstrip())[:40]


def read(raw: bytes, *, received: datetime) -> Feedback:
    """Read a mail.

    Args:
        raw: Its bytes, up to :data:`LONGEST_MAIL`.
        received: When it was found, aware.
    """
    try:
        mail = email.message_from_bytes(raw)
        parts = list(_parts(mail))
    except RecursionError:
        # Parts within parts within parts: made to do this, or of no use.
        return Feedback(
            id=identity(raw),
            kind="unread",
            text="the parts of this mail are nested too deeply",
            at=received,
        )
    name, address = _sender(mail)
    title = " ".join(cleaned(_header(mail, "Subject"), 200).split())
    return Feedback(
        id=identity(raw),
        kind=_kind(mail, title),
        title=title,
        text=_text(parts),
        sender=name,
        contact=address,
        at=_sent(mail, received),
    )


def _kind(mail: Message, title: str) -> str:
    automatic = str(mail.get("Auto-Submitted", "no")).strip().casefold()
    if not automatic.startswith("no") or str(mail.get("Return-Path", "")) == "<>":
        return "automatic"  # RFC 3834: to answer it may begin an endless exchange
    if mail.get_content_type() == "multipart/report":
        return "automatic"
    return "error" if _ERROR.search(title) else "comment"


def _parts(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold content, in order, up to a number."""
    waiting = deque([mail])
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.popleft()
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            inside = [piece for piece in inner if isinstance(piece, Message)]
            waiting.extendleft(reversed(inside))
        else:
            yield part


def _text(parts: list[Message]) -> str:
    """Return what the mail says, plain before HTML, and the names of attachments."""
    files = [part for part in parts if part.get_content_disposition() == "attachment"]
    shown = [part for part in parts if part not in files]
    for kind in ("text/plain", "text/html"):
        texts = [_decoded(part) for part in shown if part.get_content_type() == kind]
        if kind == "text/html":
            texts = [_without_markup(text) for text in texts]
        said = cleaned("\n\n".join(texts), LONGEST_TEXT)
        if said:
            break
    return "\n".join([said, *(f"[附件: {_file(part)}]" for part in files[:20])]).strip()


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_param("charset", "utf-8")
    return _plain(content, charset if isinstance(charset, str) else "utf-8")


def _plain(content: bytes, charset: str) -> str:
    codec = _CHARSETS.get(charset.strip().casefold(), "utf-8")
    return content.decode(codec, "replace")


def _without_markup(html: str) -> str:
    broken = _BREAKS.sub("\n", html[: 4 * LONGEST_TEXT])
    return unescape(nh3.clean(broken, tags=set()))


def _file(part: Message) -> str:
    name = part.get_param("filename", "", "content-disposition")
    if isinstance(name, tuple):  # RFC 2231: charset, language, value
        charset, _, value = name
        name = _plain(value.encode("raw-unicode-escape"), charset or "utf-8")
    return cleaned(str(name), 80) or "无名"


def _sender(mail: Message) -> tuple[str, str]:
    try:
        name, address = parseaddr(_header(mail, "Reply-To") or _header(mail, "From"))
        if not name:
            name, _ = parseaddr(_header(mail, "From"))
    except RecursionError:  # comments within comments, a thousand deep
        return "", ""
    address = address if _ADDRESS.fullmatch(address) else ""
    return " ".join(cleaned(name, 60).split()), address


def _header(mail: Message, name: str) -> str:
    """Return a header as its reader sees it, folded lines joined."""
    raw = str(mail.get(name, ""))[:2000]
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):  # base64 that is none
        pieces = [(raw, None)]
    text = "".join(
        _plain(piece, charset or "utf-8") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )
    return text.encode("utf-8", "replace").decode("utf-8")


def _sent(mail: Message, received: datetime) -> datetime:
    """Return when it was sent, where the mail says something believable."""
    try:
        sent = parsedate_to_datetime(str(mail.get("Date", "")))
        aware = sent if sent.tzinfo else sent.replace(tzinfo=SHANGHAI)
        believable = received - OLDEST <= aware <= received
    except (ValueError, TypeError, OverflowError):
        return received
    return aware if believable else received
