"""A platform on a free loopback port, for every test that needs a real receiver."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

from govsync.platform.app import utc_now
from govsync.platform.server import bound_socket, server_of
from govsync.platform.settings import CityKey, PlatformSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govsync.channels import Clock
    from govsync.platform.office import Office
    from govsync.store.database import Database

KEY_ID = "mishan-1"
CITY = "mishan"
SECRET = "a shared secret of forty printable signs"
OTHER_KEY_ID = "hulin-1"
OTHER_CITY = "hulin"
OTHER_SECRET = "another secret of quite enough characters"


class StoppedClock:
    """A clock that stands until a test sets it."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass(frozen=True)
class RunningPlatform:
    """What a test needs to know of a platform that runs."""

    url: str
    key: tuple[str, str]
    """The id and the secret of the one city's key."""
    office: Office

    @property
    def database(self) -> Database:
        """The platform's own database, to count effects in."""
        return self.office.database


def platform_settings(tmp_path: Path, **settings: Any) -> PlatformSettings:
    """Settings of a platform of two cities, with a database below ``tmp_path``."""
    keys = (
        CityKey(id=KEY_ID, city=CITY, secret=SECRET.encode()),
        CityKey(id=OTHER_KEY_ID, city=OTHER_CITY, secret=OTHER_SECRET.encode()),
    )
    given = {
        "database": str(tmp_path / "province.db"),
        "base_url": "http://127.0.0.1",
        "hosts": ("127.0.0.1:*",),
        "keys": keys,
    }
    return PlatformSettings.model_validate({**given, **settings})


@contextmanager
def running_platform(
    tmp_path: Path, *, clock: Clock = utc_now, **settings: Any
) -> Iterator[RunningPlatform]:
    """Run a platform in a thread, on a free port, until the block ends.

    It answers under any loopback port, so that a proxy may stand before it.
    """
    # It listens from here on: a call that comes early waits for the thread.
    with bound_socket("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        chosen = platform_settings(tmp_path, **{"base_url": url, **settings})
        server = server_of(chosen, clock=clock)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            office = server.config.app.state.office  # type: ignore[union-attr]
            yield RunningPlatform(url=url, key=(KEY_ID, SECRET), office=office)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
