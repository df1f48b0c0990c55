"""The gate, where the wire cannot show it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.platform import KEY_ID, SECRET, StoppedClock, platform_settings

from govsync.channels.signatures import Key, sign_request, verify_response
from govsync.errors import StoreError
from govsync.platform.api import get_topics
from govsync.platform.calls import Call
from govsync.platform.gate import Gate
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

KEY = Key(KEY_ID, "hmac-sha256", SECRET.encode())


class LockedDatabase:
    """A database that another process holds."""

    @contextmanager
    def write(self) -> Iterator[None]:
        raise StoreError("database is locked")
        yield


def test_a_busy_database_is_a_signed_503(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = platform_settings(tmp_path)
    clock = StoppedClock()
    office = Office(
        settings,
        keyring=Keyring(settings),
        database=LockedDatabase(),
        clock=clock,
    )
    signature = sign_request(
        method="GET",
        url="http://127.0.0.1/api/v1/topics",
        headers={},
        content=b"",
        key=KEY,
        created=clock(),
        nonce="n",
    )
    call = Call(
        method="GET",
        host="127.0.0.1",
        target="/api/v1/topics",
        path="/api/v1/topics",
        headers={name.lower(): value for name, value in signature.items()},
        content=b"",
        at=clock(),
    )

    reply = Gate(office).answer(call, get_topics)

    assert json.loads(reply.content)["code"] == "P50302"
    assert reply.status == 503
    assert "database is locked" in caplog.text
    assert verify_response(
        status=reply.status,
        headers={**reply.described, **reply.headers},
        content=reply.content,
        keys={KEY.id: KEY},
        nonce="n",
        now=clock(),
    )
