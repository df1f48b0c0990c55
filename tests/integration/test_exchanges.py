"""What goes over the line is told to who listens, by its digests."""

from __future__ import annotations

import hashlib
import socket

import pytest
from support.http_sink import CONTENT, raw_service, sink

from govsync.channels import Retry, Unsure
from govsync.channels.exchanges import Exchange, about, listening, tell
from govsync.channels.http import HttpClient


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_an_answered_request_is_told_with_both_digests() -> None:
    with sink() as service, HttpClient(base_url=service.url, private=True) as http:
        with listening() as heard:
            http.request(
                "POST", "/items?key=secret", content=b"x", idempotent=False, about="r"
            )

        assert heard == [
            Exchange(
                call=f"POST {service.url}/items",
                peer="127.0.0.1",
                came="200",
                sent=digest(service.bodies[0]),
                answered=digest(CONTENT),
                record="r",
            )
        ]


def test_a_lost_answer_is_told_as_unknown() -> None:
    with (
        raw_service(lambda client: client.close()) as url,
        HttpClient(base_url=url, private=True, timeout_s=1) as http,
        listening() as heard,
        pytest.raises(Unsure),
    ):
        http.request("POST", "/items", content=b"x", idempotent=False)

    assert [(one.came, one.sent, one.answered) for one in heard] == [
        ("unknown", digest(b"x"), "")
    ]


def test_what_never_left_is_told_as_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with (
        HttpClient(base_url=url, private=True, sleep=lambda _: None) as http,
        listening() as heard,
        pytest.raises(Retry),
    ):
        http.request("POST", "/items", content=b"x", idempotent=False)

    assert [one.came for one in heard] == ["not sent"]


def test_nobody_need_listen() -> None:
    tell("PUT https://host/", came="200", sent=b"")
    with listening() as outer:
        with listening() as inner:
            tell("PUT https://host/", came="200", sent=b"")
        tell("GET https://host/", came="200", sent=b"")

    assert [one.call for one in inner] == ["PUT https://host/"]
    assert [one.call for one in outer] == ["GET https://host/"]


def test_a_record_hears_of_itself_and_of_what_is_about_all() -> None:
    with listening() as heard:
        for record in ("a", "b", ""):
            tell(f"PUT {record}", came="200", sent=b"", record=record)

    assert [line.split(":")[0] for line in about(heard, "a")] == ["PUT a", "PUT "]
