"""Run a platform: one process, one socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from govsync.errors import ConfigError, UsageError
from govsync.platform.app import create_app, utc_now

if TYPE_CHECKING:
    import uvicorn

    from govsync.channels import Clock
    from govsync.platform.settings import PlatformSettings


def serve(
    settings: PlatformSettings, host: str, port: int, *, clock: Clock = utc_now
) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    Args:
        settings: The platform's.
        host: An address of this machine, such as ``127.0.0.1``.
        port: From 1 to 65535; 0 for any free one.
        clock: Gives the present moment.

    Raises:
        UsageError: Another program listens at host and port.
        ConfigError: The host is not one of this machine, or a key cannot be used.
        StoreError: The database cannot be opened.
    """
    with bound_socket(host, port) as listening:
        server_of(settings, clock=clock).run(sockets=[listening])


def server_of(settings: PlatformSettings, *, clock: Clock = utc_now) -> uvicorn.Server:
    """Return a server that runs in whatever thread calls its ``run``."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings, clock=clock),
            access_log=False,
            log_level="warning",
            server_header=False,
            ws="none",
            # A caller is known by its signature, never by an address that it states.
            proxy_headers=False,
        )
    )


def bound_socket(host: str, port: int) -> socket.socket:
    """Bind a socket, so that a taken port is known before anything else starts.

    Raises:
        UsageError: Another program listens there, or the port is none.
        ConfigError: The host is not one of this machine.
    """
    place = f"{host}:{port}"
    if not 0 <= port <= 65535:
        raise UsageError("a port is a number from 1 to 65535", where=place)
    try:
        listening = socket.create_server((host, port))
    except socket.gaierror as error:
        raise ConfigError("no such host", where=place) from error
    except OSError as error:
        raise UsageError(
            error.strerror or str(error),
            where=place,
            mend="stop what listens there, or choose another host and port",
        ) from error
    # Connections inherit it. asyncio sets it only on sockets that name their protocol,
    # and without it each answer waits 40 ms for the client's delayed ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
