"""A watcher is called when it is asked for, and its silence changes nothing."""

from __future__ import annotations

from support.http_sink import raw_service, sink

from govsync.agent.observation import Heartbeat
from govsync.watching.heartbeat import Pulse

TOKEN = "d7a1-token-of-the-check"


def calls(configured: Heartbeat, *codes: int) -> tuple[int, list[str]]:
    told: list[str] = []
    with sink() as service:
        pulse = Pulse(configured, f"{service.url}/ping/{TOKEN}?a=1", told.append)
        pulse.started()
        for code in codes:
            pulse.ended(code)
        return service.done.total(), told


def test_a_good_end_is_told_and_another_is_not() -> None:
    assert calls(Heartbeat(private=True), 0, 1, 75) == (2, [])


def test_always_and_fail_and_start_are_asked_for() -> None:
    assert calls(Heartbeat(private=True, on="always"), 75) == (1, [])
    assert calls(Heartbeat(private=True, start=True, fail=True), 75) == (2, [])
    assert calls(Heartbeat(private=True, method="POST"), 0) == (1, [])


def test_the_suffix_stands_before_the_query() -> None:
    seen: list[bytes] = []
    told: list[str] = []

    def speak(line: object) -> None:
        seen.append(b"asked")
        line.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")  # type: ignore[attr-defined]

    with raw_service(speak) as url:
        Pulse(Heartbeat(private=True), f"{url}/{TOKEN}", told.append).ended(0)

    assert seen == [b"asked"]
    assert told == ["heartbeat: the service answered 500"]


def test_a_watcher_that_is_away_is_told_of() -> None:
    told: list[str] = []
    given = Heartbeat(private=True, timeout_s=0.2)

    Pulse(given, "http://127.0.0.1:9/x", told.append).ended(0)

    assert len(told) == 1
    assert told[0].startswith("heartbeat: ")


def test_an_address_that_cannot_be_called_is_not_quoted() -> None:
    told: list[str] = []

    Pulse(Heartbeat(), f"http://user:{TOKEN}@host/x", told.append).ended(0)

    assert len(told) == 1
    assert TOKEN not in told[0]
