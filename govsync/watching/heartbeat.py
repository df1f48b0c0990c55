"""Tell a watcher that a run ended, so that silence is noticed.

The address and its suffixes are as healthchecks.io has them: ``<url>`` for a good end,
``<url>/start`` and ``<url>/fail`` where that is asked for. A call that fails is told,
and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync.channels.errors import ChannelError
from govsync.channels.http import HttpClient
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.agent.observation import Heartbeat

    Tell = Callable[[str], None]


class Pulse:
    """Calls one watcher.

    Args:
        configured: When it is called, and how.
        url: Its address, a secret.
        tell: Takes what went wrong.
        client: Makes the client of one service.
    """

    def __init__(
        self,
        configured: Heartbeat,
        url: str,
        tell: Tell,
        client: Callable[..., HttpClient] = HttpClient,
    ) -> None:
        self._configured = configured
        self._url = url
        self._tell = tell
        self._client = client

    def started(self) -> None:
        """Say that a run has begun, where that is asked for."""
        if self._configured.start:
            self._call("/start")

    def ended(self, exit_code: int) -> None:
        """Say what a run came to, as far as that is asked for."""
        good = exit_code in self._configured.good
        if good or self._configured.on == "always":
            self._call("")
        elif self._configured.fail:
            self._call("/fail")

    def _call(self, suffix: str) -> None:
        try:
            status = self._asked(suffix)
        except ChannelError as error:
            self._tell(f"heartbeat: {error.message}")
        except (ConfigError, ValueError):
            # Their messages may quote the address.
            self._tell("heartbeat: its address is not one that can be called")
        else:
            if not 200 <= status <= 299:
                self._tell(f"heartbeat: the service answered {status}")

    def _asked(self, suffix: str) -> int:
        parts = urlsplit(self._url)
        path = parts.path.rstrip("/") + suffix if suffix else parts.path
        query = f"?{parts.query}" if parts.query else ""
        with self._client(
            base_url=f"{parts.scheme}://{parts.netloc}",
            timeout_s=self._configured.timeout_s,
            max_response_bytes=64 * 1024,
            private=self._configured.private,
        ) as client:
            answer = client.request(
                self._configured.method, path + query, idempotent=True
            )
        return answer.status
