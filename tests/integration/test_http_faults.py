"""Every fault that a line can have, against a real service that counts its work."""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.http_sink import CONTENT, Sink, sink

from govsync.channels import ChannelError, Retry, Unsure
from govsync.channels.http import HttpClient, retry_after
from govsync.sandbox.faults import KINDS, Fault, FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

NEVER_SENT = {"refuse"}
ANSWERED = {
    "status_500_done",
    "status_500_not_done",
    "status_503_done",
    "status_503_not_done",
    "status_429",
}
KEPT = {
    "refuse",
    "reset_before",
    "close_before",
    "drop_before",
    "hang_before",
    "status_500_not_done",
    "status_503_not_done",
    "status_429",
}
"""The kinds after which the service has done nothing."""

SLOW = {"hang_before", "hang", "drip"}
"""The kinds that only the client's own deadline ends."""

BROKEN = sorted(KINDS.keys() - ANSWERED)
METHODS = ("GET", "PUT", "POST")


@pytest.fixture
def service() -> Iterator[Sink]:
    with sink() as server:
        yield server


@pytest.fixture
def proxy(service: Sink) -> Iterator[FaultProxy]:
    with FaultProxy("127.0.0.1", service.server_port) as faults:
        yield faults


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[HttpClient]:
    with HttpClient(private=True, base_url=proxy.url, sleep=lambda _: None) as http:
        yield http


@pytest.fixture
def hasty(proxy: FaultProxy, kind: str) -> Iterator[HttpClient]:
    """A client whose deadline is short where it is what the test waits for."""
    seconds = 0.7 if kind in SLOW else 30
    with HttpClient(
        private=True, base_url=proxy.url, timeout_s=seconds, sleep=lambda _: None
    ) as http:
        yield http


def failure(client: HttpClient, method: str, *, idempotent: bool) -> ChannelError:
    content = b"" if method == "GET" else b"x" * 1000
    with pytest.raises(ChannelError) as caught:
        client.request(method, "/items/1", content=content, idempotent=idempotent)
    return caught.value


@pytest.mark.parametrize("method", METHODS)
def test_without_faults_everything_passes(
    client: HttpClient, service: Sink, proxy: FaultProxy, method: str
) -> None:
    answer = client.request(method, "/items/1", content=b"abc", idempotent=False)

    assert (answer.status, answer.content) == (200, CONTENT)
    assert service.bodies == [b"abc"]
    assert proxy.counts == {"forwarded": 1}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", BROKEN)
def test_only_what_was_never_sent_may_be_repeated(
    hasty: HttpClient, service: Sink, proxy: FaultProxy, kind: str, method: str
) -> None:
    """A broken exchange is a Retry where it never left, and Unsure otherwise."""
    proxy.plan(Fault(kind))

    error = failure(hasty, method, idempotent=False)

    # A reset on accept may come before the connection stands: then nothing was sent.
    allowed = {Retry} if kind in NEVER_SENT else {Unsure}
    assert type(error) in allowed | ({Retry} if kind == "reset_before" else set())
    assert service.done[method] == (0 if kind in KEPT else 1)


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_harmless_to_repeat_is_a_retry(
    hasty: HttpClient, proxy: FaultProxy, kind: str
) -> None:
    proxy.plan(Fault(kind))

    error = failure(hasty, "GET", idempotent=True)

    assert type(error) is Retry


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", sorted(ANSWERED))
def test_an_answer_is_returned_whatever_its_status(
    client: HttpClient, service: Sink, proxy: FaultProxy, kind: str, method: str
) -> None:
    proxy.plan(Fault(kind, retry_after_s=7))

    answer = client.request(method, "/items/1", content=b"x", idempotent=False)

    assert answer.status in {429, 500, 503}
    assert answer.headers.get("retry-after") == (None if "500" in kind else "7")
    assert service.done[method] == (0 if kind in KEPT else 1)


def test_a_refused_connection_is_tried_again_within_the_call(
    service: Sink, proxy: FaultProxy
) -> None:
    """Quick attempts are for what is known not sent: here the port opens meanwhile."""
    proxy.plan(Fault("refuse"))
    waits: list[float] = []

    def open_the_port(seconds: float) -> None:
        waits.append(seconds)
        proxy.plan()

    with HttpClient(private=True, base_url=proxy.url, sleep=open_the_port) as http:
        answer = http.request("POST", "/items", idempotent=False)

    assert answer.status == 200
    assert waits == [0.2]
    assert service.done["POST"] == 1


def test_quick_attempts_are_three_and_wait_longer_each_time(proxy: FaultProxy) -> None:
    proxy.plan(Fault("refuse"))
    waits: list[float] = []

    with HttpClient(private=True, base_url=proxy.url, sleep=waits.append) as http:
        error = failure(http, "POST", idempotent=False)

    assert type(error) is Retry
    assert waits == [0.2, 0.4]


def test_quick_attempts_end_with_the_deadline(proxy: FaultProxy) -> None:
    """A wait that would outlast the call is not begun."""
    proxy.plan(Fault("refuse"))
    waits: list[float] = []

    with HttpClient(
        private=True, base_url=proxy.url, timeout_s=0.15, sleep=waits.append
    ) as http:
        failure(http, "POST", idempotent=False)

    assert waits == []


def test_what_may_have_arrived_is_never_sent_twice(
    client: HttpClient, service: Sink, proxy: FaultProxy
) -> None:
    proxy.plan(Fault("drop_after"))

    failure(client, "POST", idempotent=False)

    assert service.done["POST"] == 1
    assert proxy.counts == {"drop_after": 1, "forwarded": 1}


def test_a_wish_to_be_left_alone_is_read_from_the_answer(
    client: HttpClient, proxy: FaultProxy
) -> None:
    proxy.plan(Fault("status_429", retry_after_s=90))
    now = datetime(2026, 11, 23, tzinfo=UTC)

    answer = client.request("PUT", "/items/1", idempotent=False)

    assert retry_after(answer.headers, now) == timedelta(seconds=90)


class TestPlan:
    def test_a_fault_strikes_as_often_as_it_says(
        self, client: HttpClient, service: Sink, proxy: FaultProxy
    ) -> None:
        proxy.plan(Fault("drop_before", times=2))

        failure(client, "PUT", idempotent=False)
        failure(client, "PUT", idempotent=False)
        answer = client.request("PUT", "/items/1", idempotent=False)

        assert answer.status == 200
        assert proxy.counts == {"drop_before": 2, "forwarded": 1}
        assert service.done["PUT"] == 1

    def test_a_fault_strikes_only_its_method_and_path(
        self, client: HttpClient, proxy: FaultProxy
    ) -> None:
        proxy.plan(Fault("drop_after", method="PUT", path="/items"))

        client.request("GET", "/items/1", idempotent=False)
        client.request("PUT", "/uploads/1", idempotent=False)
        failure(client, "PUT", idempotent=False)

        assert proxy.counts == {"forwarded": 3, "drop_after": 1}

    def test_an_answer_says_that_its_connection_ends(
        self, client: HttpClient, service: Sink
    ) -> None:
        """Else the next request on it would be lost by no fault of the plan."""
        answers = [client.request("PUT", "/", idempotent=False) for _ in range(50)]

        assert {answer.headers["connection"] for answer in answers} == {"close"}
        assert service.done["PUT"] == 50

    def test_the_first_fault_that_fits_is_the_one(
        self, client: HttpClient, proxy: FaultProxy
    ) -> None:
        proxy.plan(Fault("status_429", times=1), Fault("status_503_not_done"))

        statuses = [
            client.request("GET", "/", idempotent=True).status for _ in range(3)
        ]

        assert statuses == [429, 503, 503]

    def test_a_plan_changes_while_the_proxy_runs(
        self, client: HttpClient, service: Sink, proxy: FaultProxy
    ) -> None:
        """The port stays the same through a time of refusal."""
        proxy.plan(Fault("refuse"))
        failure(client, "PUT", idempotent=False)
        proxy.plan()

        client.request("PUT", "/items/1", idempotent=False)

        assert service.done["PUT"] == 1

    def test_many_clients_at_once_share_one_plan(
        self, client: HttpClient, service: Sink, proxy: FaultProxy
    ) -> None:
        proxy.plan(Fault("status_503_not_done", times=5))
        statuses: list[int] = []

        def ask() -> None:
            answer = client.request("PUT", "/items/1", idempotent=False)
            statuses.append(answer.status)

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(statuses) == [200] * 15 + [503] * 5
        assert service.done["PUT"] == 15

    def test_closing_the_proxy_ends_a_silence(self, service: Sink) -> None:
        """The client hears the line break, long before its own deadline."""
        proxy = FaultProxy("127.0.0.1", service.server_port, Fault("hang"))
        answered = threading.Event()

        def close_when_struck() -> None:
            while not proxy.counts["forwarded"]:
                answered.wait(0.01)
            proxy.close()

        closing = threading.Thread(target=close_when_struck)
        closing.start()
        with HttpClient(private=True, base_url=proxy.url, timeout_s=60) as http:
            error = failure(http, "PUT", idempotent=False)
        closing.join()

        assert type(error) is Unsure

    def test_without_a_target_the_proxy_says_so(self) -> None:
        with (
            FaultProxy("127.0.0.1", 1) as proxy,
            HttpClient(private=True, base_url=proxy.url) as http,
        ):
            answer = http.request("GET", "/", idempotent=True)

            assert answer.status == 502
            assert proxy.counts == {}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "meteor"},
            {"kind": "refuse", "times": 1},
            {"kind": "refuse", "method": "GET"},
            {"kind": "reset_before", "path": "/items"},
        ],
    )
    def test_a_fault_that_cannot_strike_is_not_planned(
        self, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match=wrong["kind"]):
            Fault(**wrong)

    def test_a_request_in_chunks_is_refused(self, proxy: FaultProxy) -> None:
        """The proxy reads by Content-Length, and says so in place of guessing."""
        head = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        with socket.create_connection(("127.0.0.1", proxy.port)) as raw:
            raw.sendall(head)
            answer = raw.recv(65536)

        assert answer.startswith(b"HTTP/1.1 411 ")

    @pytest.mark.parametrize(
        "begun",
        [
            b"PUT /items HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
            b"PUT /items HTTP/1.1\r\n",
            b"PUT /items HTTP/1.1\r\nX: " + b"y" * 70_000,
        ],
        ids=["half a body", "half a head", "a head without end"],
    )
    def test_a_request_that_breaks_off_is_not_passed_on(
        self, proxy: FaultProxy, begun: bytes
    ) -> None:
        with socket.create_connection(("127.0.0.1", proxy.port)) as raw:
            raw.sendall(begun)
            raw.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                assert raw.recv(65536) == b""

        assert proxy.counts == {}
