"""Where a client connects to: one host, looked up once, at public addresses."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from govsync.channels import Stop
from govsync.channels.http_pin import Pin, not_public

PUBLIC = "93.184.215.14"


class Names:
    """Answers each look-up with the next of its answers, then with the last."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append((host, port))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return [(2, 1, 6, "", (address, port)) for address in answer]


def pin(names: Names, address: str = "https://gov.example/", **more: Any) -> Pin:
    return Pin(address, **{"private": False, "resolve": names, **more})


def test_a_name_is_looked_up_once() -> None:
    """A second look-up that differs is not used, for there is none."""
    names = Names((PUBLIC,), ("127.0.0.1",))
    place = pin(names)

    found = [place.addresses("gov.example", 443) for _ in range(3)]

    assert found == [(PUBLIC,)] * 3
    assert names.asked == [("gov.example", 443)]


def test_many_threads_look_up_once() -> None:
    names = Names((PUBLIC,))
    place = pin(names)

    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: place.addresses("gov.example", 443), range(200))
        )

    assert set(found) == {(PUBLIC,)}
    assert len(names.asked) == 1


def test_it_is_looked_up_anew_after_none_could_be_connected_to() -> None:
    names = Names((PUBLIC,), ("93.184.215.15",))
    place = pin(names)
    first = place.addresses("gov.example", 443)

    place.forget(("93.184.215.99",))
    assert place.addresses("gov.example", 443) == first
    place.forget(first)

    assert place.addresses("gov.example", 443) == ("93.184.215.15",)


def test_what_is_found_anew_is_judged_anew() -> None:
    """A name that moves inside while its old address is down leads nowhere."""
    place = pin(Names((PUBLIC,), ("10.0.0.1",)))
    place.forget(place.addresses("gov.example", 443))

    with pytest.raises(Stop, match=r"10\.0\.0\.1"):
        place.addresses("gov.example", 443)


@pytest.mark.parametrize(
    ("host", "port"), [("evil.example", 443), ("gov.example", 80), (PUBLIC, 443)]
)
def test_another_host_or_port_is_not_called(host: str, port: int) -> None:
    names = Names((PUBLIC,))

    with pytest.raises(Stop, match="gov.example alone"):
        pin(names).addresses(host, port)

    assert names.asked == []


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("http://GOV.example", "gov.example", 80),
        ("https://gov.example.:8443/api", "gov.example", 8443),
        ("http://[2606:4700::1111]:8080", "2606:4700::1111", 8080),
        ("https://政务.example", "xn--zfr164b.example", 443),
    ],
)
def test_a_host_is_the_one_that_a_connection_names(
    address: str, host: str, port: int
) -> None:
    place = pin(Names((PUBLIC,)), address)

    assert (place.host, place.port) == (host, port)


INNER = {
    "0.0.0.0": "an unspecified",
    "::": "an unspecified",
    "127.0.0.1": "a loopback",
    "127.255.0.9": "a loopback",
    "::1": "a loopback",
    "169.254.169.254": "a link-local",
    "fe80::1%eth0": "a link-local",
    "224.0.0.1": "a multicast",
    "ff02::1": "a multicast",
    "10.1.2.3": "a private",
    "172.16.0.1": "a private",
    "192.168.1.1": "a private",
    "fd00::1": "a private",
    "255.255.255.255": "a private",
    "fec0::1": "a site-local",
    "::7f00:1": "a reserved",
    "100.64.0.1": "a shared",
    "::ffff:127.0.0.1": "an IPv4-mapped (127.0.0.1)",
    "::ffff:93.184.215.14": "an IPv4-mapped (93.184.215.14)",
    "64:ff9b::10.0.0.1": "a private",
    "2002:7f00:1::1": "a loopback",
}


@pytest.mark.parametrize("address", INNER)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(Stop) as caught:
        pin(Names((PUBLIC, address))).addresses("gov.example", 443)

    assert INNER[address] in caught.value.message
    assert address in caught.value.message
    assert "private = true" in caught.value.step


@pytest.mark.parametrize("address", INNER)
def test_a_channel_that_says_so_may_call_it(address: str) -> None:
    place = pin(Names((address,)), private=True)

    assert place.addresses("gov.example", 443) == (address,)


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:4700::1111", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"]
)
def test_a_public_address_is_called(address: str) -> None:
    assert not_public(address) == ""


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1", "http://127.1", "http://2130706433", "http://[::1]"]
)
def test_a_number_in_the_place_of_a_name_is_judged_too(address: str) -> None:
    """However it is written: it is judged as the system reads it."""
    place = Pin(address, private=False, resolve=socket.getaddrinfo)

    with pytest.raises(Stop, match="a loopback address"):
        place.addresses(place.host, 80)


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example"])
def test_what_is_no_name_is_not_known(host: str) -> None:
    place = Pin(f"http://{host}", private=False, resolve=socket.getaddrinfo)

    with pytest.raises(socket.gaierror):
        place.addresses(host, 80)


def test_a_name_without_addresses_is_not_known() -> None:
    with pytest.raises(socket.gaierror):
        pin(Names(())).addresses("gov.example", 443)
