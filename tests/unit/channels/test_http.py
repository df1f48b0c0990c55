"""What the HTTP client decides without a line: addresses, headers, times, classes."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING, Any

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from govsync.channels import Reject, Stop
from govsync.channels.http import Answer, HttpClient, classify, retry_after
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINE = HTTPConnection("gov.example")
POOL: Any = None


def gave_up(reason: Exception) -> requests.ConnectionError:
    """Return what requests raises when urllib3 gives up for a reason."""
    return requests.ConnectionError(MaxRetryError(POOL, "/items?token=1", reason))


def broken(inner: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(ProtocolError("Connection aborted.", inner))


def looked_up() -> NameResolutionError:
    return NameResolutionError("gov.example", LINE, socket.gaierror(-2, "unknown"))


NEVER_SENT = {
    "refused": gave_up(NewConnectionError(LINE, "refused")),
    "no such name": gave_up(looked_up()),
    "connecting took too long": requests.ConnectTimeout(
        MaxRetryError(POOL, "/", ConnectTimeoutError(LINE, "slow"))
    ),
    "certificate": requests.exceptions.SSLError(
        MaxRetryError(POOL, "/", SSLError(ssl.SSLCertVerificationError(1, "self")))
    ),
    "proxy refused": requests.exceptions.ProxyError(
        MaxRetryError(
            POOL, "/", ProxyError("no proxy", NewConnectionError(LINE, "refused"))
        )
    ),
    "bare refusal": ConnectionRefusedError(111, "refused"),
    "bare lookup": socket.gaierror(-2, "unknown"),
}
MAY_HAVE_ARRIVED = {
    "reset": broken(ConnectionResetError(104, "reset")),
    "pipe": broken(BrokenPipeError(32, "pipe")),
    "closed": broken(RemoteDisconnected("closed")),
    "silence": requests.ReadTimeout(ReadTimeoutError(POOL, "/", "timed out")),
    "short content": ProtocolError("broken", IncompleteRead(3, 7)),
    "broken TLS": requests.exceptions.SSLError(
        MaxRetryError(POOL, "/", SSLError(ssl.SSLEOFError(8, "EOF")))
    ),
    "refusing proxy": requests.exceptions.ProxyError(
        MaxRetryError(POOL, "/", ProxyError("no proxy", OSError("Tunnel: 403")))
    ),
    "bare timeout": TimeoutError("timed out"),
    "bare failure": OSError("anything else"),
    "no failure of the line": ValueError("something else"),
}


@pytest.mark.parametrize("name", NEVER_SENT)
def test_what_comes_before_the_first_byte_was_not_sent(name: str) -> None:
    assert classify(NEVER_SENT[name]) == "not sent"


@pytest.mark.parametrize("name", MAY_HAVE_ARRIVED)
def test_everything_else_may_have_arrived(name: str) -> None:
    assert classify(MAY_HAVE_ARRIVED[name]) == "unknown"


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("120", 120),
            (" 0 ", 0),
            ("-5", 0),
            ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
            ("Monday, 23-Nov-26 12:01:30 GMT", 90),
            ("Mon Nov 23 12:01:30 2026", 90),
            ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
            ("9" * 300, 366 * 86400),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 366 * 86400),
        ],
    )
    def test_seconds_and_dates_are_read(self, value: str, seconds: int) -> None:
        """RFC 9110, 10.2.3; dates in the three forms of 5.6.7."""
        assert retry_after({"retry-after": value}, NOW) == timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "value",
        ["", "soon", "1.5", "1 2", "１２", "Mon, 99 Nov 2026", "Mon", "9" * 400],
    )
    def test_what_is_neither_asks_for_nothing(self, value: str) -> None:
        assert retry_after({"Retry-After": value}, NOW) is None

    def test_no_header_asks_for_nothing(self) -> None:
        assert retry_after({}, NOW) is None


class TestAddress:
    @pytest.mark.parametrize(
        ("base", "path", "url"),
        [
            ("https://gov.example", "/items/1", "https://gov.example/items/1"),
            ("https://gov.example/", "items/1", "https://gov.example/items/1"),
            (
                "https://gov.example/api/v1",
                "/a?b=c",
                "https://gov.example/api/v1/a?b=c",
            ),
            ("https://gov.example/api", "", "https://gov.example/api"),
            ("https://gov.example", "/%E5%85%AC", "https://gov.example/%E5%85%AC"),
            (
                "https://gov.example",
                "//evil.example/",
                "https://gov.example//evil.example/",
            ),
            (
                "https://gov.example",
                "@evil.example",
                "https://gov.example/@evil.example",
            ),
        ],
    )
    def test_a_path_stands_below_the_base(self, base: str, path: str, url: str) -> None:
        assert HttpClient(base_url=base).url(path) == url

    @pytest.mark.parametrize(
        "path",
        [
            "/../admin",
            "/a/../../b",
            "/%2e%2e/admin",
            "/a/.",
            "/公开",
            "/a b",
            "/a#b",
            "/a\\b",
            "/a\n",
        ],
    )
    def test_a_path_that_leads_elsewhere_is_refused(self, path: str) -> None:
        with pytest.raises(ValueError, match="below the base"):
            HttpClient(base_url="https://gov.example/api").url(path)

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("base_url", "gov.example"),
            ("base_url", "ftp://gov.example"),
            ("base_url", "https://"),
            ("base_url", "https://user:pass@gov.example"),
            ("base_url", "https://gov.example/?a=b"),
            ("base_url", "https://gov.example/#a"),
            ("base_url", "https://gov.example:99999"),
            ("base_url", "https://gov.example:a"),
            ("proxy", "socks5://127.0.0.1:1080"),
            ("proxy", "http://:8080"),
            ("ca_file", "no/such/file.pem"),
        ],
    )
    def test_a_setting_that_cannot_be_used_is_named(
        self, setting: str, value: str
    ) -> None:
        settings: dict[str, Any] = {"base_url": "https://gov.example", setting: value}

        with pytest.raises(ConfigError) as caught:
            HttpClient(**settings)

        assert caught.value.where == setting
        assert "pass" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "公开", "\x00"])
def test_a_header_that_cannot_be_sent_is_refused_before_sending(value: str) -> None:
    client = HttpClient(base_url="http://127.0.0.1:1")

    with pytest.raises(ValueError, match="X-Title"):
        client.request("PUT", "/", headers={"X-Title": value}, idempotent=False)


def test_a_header_of_no_name_is_refused_before_sending() -> None:
    client = HttpClient(base_url="http://127.0.0.1:1")

    with pytest.raises(ValueError, match="cannot be sent"):
        client.request("PUT", "/", headers={"a b:": "x"}, idempotent=False)


def test_an_address_that_cannot_be_sent_is_refused_before_sending() -> None:
    client = HttpClient(base_url="https://*.example")

    with pytest.raises(ValueError, match="cannot be sent"):
        client.url("/")


def test_an_answer_shows_neither_content_nor_query() -> None:
    answer = Answer(status=200, headers={}, content=b"secret", url="http://a/?token=1")

    assert "secret" not in repr(answer)
    assert "token" not in repr(answer)


def test_a_trusted_file_may_be_given(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")

    HttpClient(base_url="https://gov.example", ca_file=str(tmp_path / "ca.pem")).close()


class TestPathOf:
    """An address that a service returns is called only where it is the service's."""

    CLIENT = HttpClient(base_url="https://gov.example/api")

    @pytest.mark.parametrize(
        ("address", "path"),
        [
            ("https://gov.example/api/items/1?a=b", "/items/1?a=b"),
            ("items/1", "/items/1"),
            ("/api/items/%E5%85%AC", "/items/%E5%85%AC"),
            ("https://gov.example/api/", "/"),
        ],
    )
    def test_the_service_itself(self, address: str, path: str) -> None:
        assert self.CLIENT.path_of(address) == path

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example/api/items/1",
            "http://gov.example/api/items/1",
            "https://gov.example:8443/api/items/1",
            "https://gov.example@evil.example/api/items",
            "https://gov.example.evil.example/api/items",
            "//evil.example/api/items",
            "/admin",
            "../admin",
            "https://gov.example/api/%2e%2e/admin",
            "https://gov.example/api/a b",
            "file:///etc/passwd",
        ],
    )
    def test_anything_else(self, address: str) -> None:
        with pytest.raises(Stop, match="not below https://gov.example/api"):
            self.CLIENT.path_of(address)


def test_content_beyond_the_limit_is_refused_before_sending() -> None:
    client = HttpClient(base_url="https://gov.example", max_request_bytes=1000)

    with pytest.raises(Reject, match="1001 bytes, and no more than 1000"):
        client.request("PUT", "/a?token=1", content=bytes(1001), idempotent=False)
