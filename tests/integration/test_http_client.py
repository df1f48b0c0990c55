"""The HTTP client against services that misbehave in ways of their own."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
from support.authorities import certificate
from support.http_sink import CONTENT, raw_service, sink, tunnel

from govsync.channels import ChannelError, Retry, Stop, Unsure
from govsync.channels.http import HttpClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "token=0123456789"


def says(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(answer)


def drips(begin: bytes, rest: bytes) -> Callable[[socket.socket], None]:
    """Send the rest byte by byte, so slowly that it takes four seconds or more."""

    def speak(client: socket.socket) -> None:
        client.sendall(begin)
        for byte in rest:
            threading.Event().wait(0.04)
            client.sendall(bytes((byte,)))

    return speak


def ask(
    speak: Callable[[socket.socket], None],
    *,
    idempotent: bool = False,
    timeout_s: float = 0.4,
    max_response_bytes: int = 1000,
) -> ChannelError:
    with (
        raw_service(speak) as url,
        HttpClient(
            private=True,
            base_url=url,
            timeout_s=timeout_s,
            max_response_bytes=max_response_bytes,
        ) as http,
        pytest.raises(ChannelError) as caught,
    ):
        http.request("POST", f"/items?{SECRET}", content=b"x", idempotent=idempotent)
    return caught.value


class TestDeadline:
    """A call ends in time, however slowly a service speaks."""

    def test_a_head_that_drips(self) -> None:
        error = ask(drips(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 100))

        assert type(error) is Unsure

    def test_a_status_line_that_drips(self) -> None:
        error = ask(drips(b"", b"HTTP/1.1 200 " + b"a" * 100))

        assert type(error) is Unsure

    def test_content_that_drips(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"

        error = ask(drips(head, b"a" * 100))

        assert type(error) is Unsure

    def test_chunks_that_drip(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

        error = ask(drips(head, b"1\r\na\r\n" * 40))

        assert type(error) is Unsure

    def test_a_request_that_nobody_reads(self) -> None:
        """Sending counts too: a service that does not read fills the line."""
        silent = threading.Event()

        def read_nothing(client: socket.socket) -> None:
            silent.wait()

        with (
            raw_service(read_nothing) as url,
            HttpClient(
                private=True, base_url=url, timeout_s=0.4, max_request_bytes=50_000_000
            ) as http,
        ):
            with pytest.raises(Unsure):
                http.request("POST", "/", content=bytes(50_000_000), idempotent=False)
            silent.set()


class TestSize:
    HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"

    def test_content_over_the_limit_is_no_answer(self) -> None:
        error = ask(says(self.HEAD + b"\r\n" + b"a" * 1001))

        assert type(error) is Unsure
        assert "1000 bytes" in str(error)

    def test_content_at_the_limit_is_one(self) -> None:
        with (
            raw_service(says(self.HEAD + b"\r\n" + b"a" * 1000)) as url,
            HttpClient(private=True, base_url=url, max_response_bytes=1000) as http,
        ):
            answer = http.request("GET", "/", idempotent=True)

        assert answer.content == b"a" * 1000

    def test_interim_answers_without_end_are_no_answer(self) -> None:
        """What is not content counts too: nothing that a service sends is unbounded."""
        error = ask(says(b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000), timeout_s=20)

        assert type(error) is Unsure
        assert "larger than we take" in str(error)

    def test_compressed_content_is_no_answer(self) -> None:
        """It was asked for plain, and what unpacks may be of any size."""
        content = gzip.compress(b"a" * 10)
        head = self.HEAD + b"Content-Encoding: gzip\r\n\r\n"

        error = ask(says(head + content))

        assert type(error) is Unsure
        assert "gzip" in str(error)


@pytest.mark.parametrize(
    "noise",
    [
        b"\x00\xff\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 99999 Far out\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"220 smtp.example ESMTP\r\n",
    ],
)
def test_noise_is_no_answer(noise: bytes) -> None:
    """Whatever comes back, the caller hears of it in the channel's own words."""
    error = ask(says(noise))

    assert type(error) is Unsure


class TestRedirection:
    @staticmethod
    def to(status: int, target: str) -> Callable[[socket.socket], None]:
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n"
        return says(f"{head}Connection: close\r\n\r\n".encode())

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_it_is_not_followed_and_stops_the_channel(self, status: int) -> None:
        """Following would carry credentials to wherever the answer says."""
        error = ask(self.to(status, "https://gov.example/new/items?code=1"))

        assert isinstance(error, Stop)
        assert "https://gov.example/new/items" in error.step
        assert "code=1" not in str(error)

    def test_a_relative_target_is_named_in_full(self) -> None:
        error = ask(self.to(302, "/login"))

        assert "http://127.0.0.1:" in str(error)
        assert "/login" in str(error)

    def test_see_other_after_a_post_may_mean_that_it_was_done(self) -> None:
        """RFC 9110, 15.4.4: 303 answers a request that was carried out."""
        assert type(ask(self.to(303, "/items/7"))) is Unsure
        assert type(ask(self.to(303, "/items/7"), idempotent=True)) is Stop

    def test_not_modified_is_an_answer(self) -> None:
        with (
            raw_service(says(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as url,
            HttpClient(private=True, base_url=url) as http,
        ):
            answer = http.request("GET", "/topics", idempotent=True)

        assert answer.status == 304


class TestWhatIsSent:
    def test_a_connection_is_used_again(self) -> None:
        with sink() as service, HttpClient(private=True, base_url=service.url) as http:
            for _ in range(5):
                http.request("GET", "/", idempotent=True)

        assert service.done["GET"] == 5
        assert len(service.clients) == 1

    def test_the_environment_plays_no_part(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy in the environment would see every credential."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

        with sink() as service, HttpClient(private=True, base_url=service.url) as http:
            answer = http.request("GET", "/", idempotent=True)

        assert answer.content == CONTENT

    def test_a_proxy_that_is_given_is_used(self) -> None:
        with (
            sink() as service,
            HttpClient(
                private=True, base_url="http://gov.example", proxy=service.url
            ) as http,
        ):
            answer = http.request("GET", "/items", idempotent=True)

        assert answer.status == 200
        assert answer.url == "http://gov.example/items"
        assert service.done["GET"] == 1

    def test_cookies_are_not_kept(self) -> None:
        """The service of these tests sets one with every answer."""
        with sink() as service, HttpClient(private=True, base_url=service.url) as http:
            answer = http.request("GET", "/", idempotent=True)
            http.request("GET", "/", idempotent=True)

        assert answer.headers["set-cookie"] == "a=b"
        assert ["cookie" in head for head in service.heads] == [False, False]

    def test_nothing_compressed_is_asked_for(self) -> None:
        with sink() as service, HttpClient(private=True, base_url=service.url) as http:
            http.request("PUT", "/", headers={"accept": "text/xml"}, idempotent=True)

        (head,) = service.heads
        assert head["accept-encoding"] == "identity"
        assert head["accept"] == "text/xml"
        assert head["user-agent"] == "govsync"
        assert head["content-length"] == "0"

    def test_messages_do_not_name_the_query(self) -> None:
        """A service's token may stand there, and messages are kept and shown."""
        error = ask(says(b""))

        assert SECRET not in f"{error} {error!r} {error.__cause__!r}"
        assert "POST http://127.0.0.1:" in str(error)


def names(*answers: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Look names up in this list, from which the first is taken each time."""
    left = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if not left:
            raise socket.gaierror(socket.EAI_NONAME, f"no {host}")
        return [(2, 1, 6, "", (left.pop(0), port))]

    return resolve


class TestHost:
    def test_this_machine_is_not_called_unless_that_is_said(self) -> None:
        with (
            sink() as service,
            HttpClient(base_url=service.url) as http,
            pytest.raises(Stop, match="loopback") as caught,
        ):
            http.request("POST", "/", idempotent=False)

        assert "private = true" in caught.value.step
        assert service.done == {}

    def test_a_name_is_followed_to_where_it_first_led(self) -> None:
        """The second address is never asked for, also by a new connection."""
        with sink() as service:
            base = f"http://gov.example:{service.server_port}"
            resolve = names("127.0.0.1", "127.0.0.9")
            with HttpClient(base_url=base, private=True, resolve=resolve) as http:
                for _ in range(3):
                    http.request("GET", "/", idempotent=True)
                    http.close()

        assert service.done["GET"] == 3
        assert len(service.clients) == 3
        assert {head["host"] for head in service.heads} == {base[7:]}

    @pytest.mark.parametrize("name", ["GOV.example", "gov.example.", "政务.example"])
    def test_a_name_is_the_same_however_it_is_written(self, name: str) -> None:
        """The connection, the pin and ``Host`` mean one host."""
        with sink() as service:
            base = f"http://{name}:{service.server_port}"
            resolve = names("127.0.0.1")
            with HttpClient(base_url=base, private=True, resolve=resolve) as http:
                assert http.request("GET", "/", idempotent=True).status == 200

    def test_it_is_looked_up_anew_where_nothing_listens(self) -> None:
        with sink() as service:
            base = f"http://gov.example:{service.server_port}"
            resolve = names("127.0.0.9", "127.0.0.1")
            with HttpClient(
                base_url=base, private=True, resolve=resolve, sleep=lambda _: None
            ) as http:
                answer = http.request("POST", "/", idempotent=False)

        assert answer.status == 200
        assert service.done["POST"] == 1

    def test_an_unknown_name_is_known_not_sent(self) -> None:
        with (
            HttpClient(
                base_url="http://gov.example", resolve=names(), sleep=lambda _: None
            ) as http,
            pytest.raises(Retry, match="not sent: .*no gov.example"),
        ):
            http.request("POST", "/", idempotent=False)

    def test_every_address_of_a_name_is_tried(self) -> None:
        with sink() as service:
            base = f"http://gov.example:{service.server_port}"

            def resolve(_: str, port: int, **__: Any) -> list[tuple[Any, ...]]:
                found = ("127.0.0.8", "127.0.0.9", "127.0.0.1")
                return [(2, 1, 6, "", (address, port)) for address in found]

            with HttpClient(base_url=base, private=True, resolve=resolve) as http:
                assert http.request("GET", "/", idempotent=True).status == 200

    def test_through_a_tunnel_the_service_is_proven_by_its_name(
        self, tmp_path: Path
    ) -> None:
        """The proxy is pinned; nobody here looks the service's own name up."""
        pem = certificate(tmp_path / "named.pem", "gov.example")
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(pem)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        asked: list[str] = []

        def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
            asked.append(host)
            return [(2, 1, 6, "", ("127.0.0.1", port))]

        with (
            raw_service(says(answer), tls) as service,
            tunnel(int(service.rpartition(":")[2])) as port,
            HttpClient(
                base_url="https://gov.example",
                proxy=f"http://proxy.example:{port}",
                ca_file=str(pem),
                private=True,
                resolve=resolve,
            ) as http,
        ):
            assert http.request("GET", "/", idempotent=True).content == b"ok"

        assert asked == ["proxy.example"]

    def test_with_a_proxy_the_proxy_is_what_is_judged(self) -> None:
        with (
            sink() as service,
            HttpClient(base_url="http://gov.example", proxy=service.url) as http,
            pytest.raises(Stop, match=r"127\.0\.0\.1 is a loopback address"),
        ):
            http.request("GET", "/", idempotent=True)

        assert service.done == {}


class TestCertificate:
    def test_the_certificate_is_that_of_the_name(self, tmp_path: Path) -> None:
        """Not of the address that the name is pinned to; SNI names the name too."""
        told: list[str | None] = []
        pem = certificate(tmp_path / "named.pem", "gov.example")
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(pem)
        tls.sni_callback = lambda _, name, __: told.append(name)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        with (
            raw_service(says(answer), tls) as url,
            HttpClient(
                base_url=url.replace("127.0.0.1", "gov.example"),
                ca_file=str(pem),
                private=True,
                resolve=names("127.0.0.1"),
            ) as http,
        ):
            assert http.request("GET", "/", idempotent=True).content == b"ok"

        assert told == ["gov.example"]

    @pytest.fixture
    def pem(self, tmp_path: Path) -> Path:
        return certificate(tmp_path / "service.pem", "127.0.0.1")

    @pytest.fixture
    def asked(self) -> list[bytes]:
        return []

    @pytest.fixture
    def url(self, pem: Path, asked: list[bytes]) -> Iterator[str]:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(pem)

        def speak(client: socket.socket) -> None:
            asked.append(b"")
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        with raw_service(speak, tls) as url:
            yield url

    def test_one_that_nobody_vouches_for_is_known_not_sent(
        self, url: str, asked: list[bytes]
    ) -> None:
        """It is not tried again within the call: it would be no better."""
        waits: list[float] = []

        with (
            HttpClient(private=True, base_url=url, sleep=waits.append) as http,
            pytest.raises(Retry, match="certificate"),
        ):
            http.request("POST", "/", content=b"x", idempotent=False)

        assert asked == []
        assert waits == []

    def test_one_of_another_name_is_known_not_sent(
        self, pem: Path, url: str, asked: list[bytes]
    ) -> None:
        named = url.replace("127.0.0.1", "localhost")

        with (
            HttpClient(private=True, base_url=named, ca_file=str(pem)) as http,
            pytest.raises(Retry, match="certificate"),
        ):
            http.request("POST", "/", content=b"x", idempotent=False)

        assert asked == []

    def test_one_of_a_trusted_authority_is_taken(self, pem: Path, url: str) -> None:
        with HttpClient(private=True, base_url=url, ca_file=str(pem)) as http:
            answer = http.request("GET", "/", idempotent=True)

        assert answer.content == b"ok"

    def test_a_deadline_holds_behind_a_certificate_too(self, pem: Path) -> None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(pem)
        speak = drips(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 100)

        with (
            raw_service(speak, tls) as url,
            HttpClient(
                private=True, base_url=url, ca_file=str(pem), timeout_s=0.4
            ) as http,
            pytest.raises(Unsure),
        ):
            http.request("POST", "/", content=b"x", idempotent=False)

    def test_a_line_that_breaks_after_the_handshake_is_unknown(self, pem: Path) -> None:
        """TLS can also break after the request went out."""
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(pem)

        with (
            raw_service(says(b""), tls) as url,
            HttpClient(private=True, base_url=url, ca_file=str(pem)) as http,
            pytest.raises(Unsure),
        ):
            http.request("POST", "/", content=b"x", idempotent=False)
