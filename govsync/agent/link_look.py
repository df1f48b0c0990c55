"""Look at what stands behind an address, as a reader would, and politely.

One call at a time, with a pause between two to one host; ``HEAD`` first, ``GET`` only
where that says nothing or a page is to be read. Redirections are followed, each host
at the addresses at which it was first found (:mod:`govsync.channels.http_pin`).
"""

from __future__ import annotations

import re
import socket
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from govsync.channels.errors import ChannelError, Retry, Stop
from govsync.channels.http import HttpClient, classify
from govsync.errors import ConfigError
from govsync.formats.address import to_uri
from govsync.ledger.links import LinkState, Seen
from govsync.rules.hijack import advertised

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.agent.config import Links
    from govsync.channels.http import Answer

MOST_HOPS = 5
ENOUGH_FAILURES = 3
"""Calls in a row without an answer after which a host is left alone."""
READ = 256 * 1024
"""Bytes of a page that are asked for."""
LARGEST = 2 * 1024 * 1024
"""Bytes that a host may send instead."""
_GONE = frozenset({404, 410})
_KEPT_BACK = frozenset({401, 402, 403, 405, 407, 429, 451, 501})
_PAGES = ("text/html", "application/xhtml+xml")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_META = re.compile(
    r"""<meta\s[^>]{0,200}?name=["']?(?:keywords|description)["']?"""
    r"""[^>]{0,100}?content=["']([^"'>]{0,500})""",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([a-z0-9_-]{1,30})""", re.IGNORECASE)


class Looker:
    """Looks at addresses, one after the other; not to be shared between threads.

    Args:
        settings: How long to wait, and where not to go.
        sleep: Waits between two calls to one host.
        client: Makes a client of one host.
    """

    def __init__(
        self,
        settings: Links,
        *,
        sleep: Callable[[float], None],
        client: Callable[..., HttpClient] = HttpClient,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._client = client
        self._clients: dict[str, HttpClient] = {}
        self._failures: dict[str, int] = {}
        self._called: set[str | None] = set()

    def look(self, address: str) -> Seen:
        """Return what stands behind an address."""
        try:
            return self._followed(address)
        except Stop as error:
            return Seen(state=LinkState.REFUSED, detail=error.message)
        except (ChannelError, ConfigError, ValueError) as error:
            return _unanswered(error)

    def close(self) -> None:
        """Give back the connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _followed(self, address: str) -> Seen:
        at = address
        for _ in range(MOST_HOPS + 1):
            answer, page = self._answered(at)
            if not 300 <= answer.status <= 399 or answer.status == 304:
                return _judged(address, at, answer, page=page)
            target = to_uri(urljoin(at, answer.headers.get("Location", "")))
            if target is None or target == at:
                break
            at = target
        return Seen(
            state=LinkState.DEAD,
            status=answer.status,
            detail="its redirections lead to no page",
        )

    def _answered(self, address: str) -> tuple[Answer, bool]:
        """Return an answer, and whether it is of a page that was read."""
        try:
            head = self._call("HEAD", address)
        except Retry as error:
            if _not_sent(error):
                raise
            return self._call("GET", address), True
        if head.status < 400 and not _is_page(head):
            return head, False
        if 300 <= head.status <= 399:
            return head, False
        try:
            return self._call("GET", address), True
        except Retry:
            # It is there, as the head says: too large or too slow to be read.
            return head, False

    def _call(self, method: str, address: str) -> Answer:
        parts = urlsplit(address)
        base = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        if self._failures.get(base, 0) >= ENOUGH_FAILURES:
            raise Retry(f"{parts.netloc} did not answer {ENOUGH_FAILURES} times before")
        if parts.hostname in self._called:
            self._sleep(self._settings.pause_s)
        self._called.add(parts.hostname)
        self._failures[base] = self._failures.get(base, 0) + 1
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        headers = {"Range": f"bytes=0-{READ - 1}"} if method == "GET" else {}
        answer = self._of(base).look(method, path, headers=headers)
        self._failures[base] = 0
        return answer

    def _of(self, base: str) -> HttpClient:
        if base not in self._clients:
            self.close()  # one host at a time
            self._clients[base] = self._client(
                base_url=base,
                timeout_s=self._settings.timeout_s,
                max_response_bytes=LARGEST,
                private=self._settings.private,
                proxy=self._settings.proxy or None,
            )
        return self._clients[base]


def _judged(address: str, at: str, answer: Answer, *, page: bool) -> Seen:
    status = answer.status
    if status in _GONE:
        return Seen(state=LinkState.DEAD, status=status, detail=f"{status}")
    if status >= 500 and status not in _KEPT_BACK:
        return Seen(state=LinkState.UNREACHABLE, status=status, detail=f"{status}")
    if status >= 400 and status != 416:  # 416: an empty page has no part to give
        return Seen(state=LinkState.UNCLEAR, status=status, detail=f"{status}")
    if page and _is_page(answer) and (word := _advertises(answer)):
        return Seen(
            state=LinkState.HIJACKED, status=status, detail=f"its page says {word!r}"
        )
    if urlsplit(at).hostname != urlsplit(address).hostname:
        return Seen(state=LinkState.MOVED, status=status, detail=f"leads to {at}")
    return Seen(state=LinkState.WORKS, status=status)


def _unanswered(error: Exception) -> Seen:
    cause = error.__cause__
    if isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN:
        return Seen(state=LinkState.DEAD, detail="no such host")
    detail = getattr(error, "message", "") or str(error)
    return Seen(state=LinkState.UNREACHABLE, detail=detail[:300])


def _not_sent(error: Retry) -> bool:
    return error.__cause__ is None or classify(error.__cause__) == "not sent"


def _is_page(answer: Answer) -> bool:
    media_type = answer.headers.get("Content-Type", "text/html")
    return media_type.partition(";")[0].strip().lower() in _PAGES


def _advertises(answer: Answer) -> str:
    """Return the word by which a page is known as hijacked; empty: none."""
    text = _decoded(answer)
    said = [*_TITLE.findall(text), *_META.findall(text)]
    return next((word for one in said if (word := advertised(unescape(one)))), "")


def _decoded(answer: Answer) -> str:
    told = answer.headers.get("Content-Type", "")
    head = answer.content[:4096].decode("ascii", "replace")
    named = _CHARSET.search(told) or _CHARSET.search(head)
    charset = named[1].lower() if named else "utf-8"
    if charset in {"gb2312", "gbk"}:
        charset = "gb18030"
    try:
        return answer.content.decode(charset, "replace")
    except LookupError:  # a page may name any charset
        return answer.content.decode("utf-8", "replace")
