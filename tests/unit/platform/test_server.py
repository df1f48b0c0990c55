"""Sockets and keys are checked before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.platform import platform_settings

from govsync.errors import ConfigError, UsageError
from govsync.platform.server import bound_socket, serve
from govsync.platform.settings import CityKey

if TYPE_CHECKING:
    from pathlib import Path


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with bound_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(UsageError) as caught:
            serve(platform_settings(tmp_path), "127.0.0.1", port)

    assert caught.value.where == f"127.0.0.1:{port}"
    assert caught.value.mend


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_named(port: int) -> None:
    with pytest.raises(UsageError) as caught:
        bound_socket("127.0.0.1", port)

    assert caught.value.where == f"127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((("a", "hmac-sha256"), ("a", "hmac-sha256")), "keys"),
        ((("a", "ed25519"),), "answer_key"),
    ],
)
def test_keys_that_cannot_serve_are_refused_at_the_start(
    tmp_path: Path, keys: tuple[tuple[str, str], ...], place: str
) -> None:
    given = [
        CityKey(id=name, city="mishan", algorithm=algorithm, secret=b"s" * 32)
        for name, algorithm in keys
    ]
    settings = platform_settings(tmp_path, keys=given)

    with bound_socket("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConfigError) as caught:
        serve(settings, "127.0.0.1", port)

    assert caught.value.where == place


def test_a_short_secret_is_refused_at_the_start(tmp_path: Path) -> None:
    keys = [CityKey(id="a", city="mishan", secret=b"short")]

    with pytest.raises(ConfigError, match="bytes"):
        serve(platform_settings(tmp_path, keys=keys), "127.0.0.1", 0)
