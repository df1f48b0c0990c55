"""What is secret in a configuration."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync.agent import config as configuration
from govsync.channels import registry
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from govsync.agent.config import Config


def secrets_of(
    config: Config, environ: Mapping[str, str] = os.environ
) -> frozenset[str]:
    """Return every secret that a configuration leads to, of paused channels too.

    One that cannot be read is left out: there is nothing then that could get out.
    """
    found = {*_of_channels(config, environ), *_of_environment(config, environ)}
    with suppress(ConfigError):
        found |= set(_of_address(configuration.heartbeat_url(config, environ)))
    return frozenset(found - {""})


def _of_channels(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    for name, channel in config.channels.items():
        with suppress(ConfigError):
            for setting in registry.load(channel.adapter).facts.settings:
                if setting.secret:
                    secret = configuration.secret_of(
                        config, name, setting.name, environ
                    )
                    yield secret or ""


def _of_environment(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """What is given for a channel, even if its adapter cannot be loaded."""
    names = (name.upper().replace("-", "_") for name in config.channels)
    begins = tuple(f"GOVSYNC_{name}_" for name in names)
    for variable, value in environ.items():
        if variable.startswith(begins):
            yield value


def _of_address(url: str) -> Iterator[str]:
    """The address whole, and the parts of it that a message may quote."""
    parts = urlsplit(url)
    yield url
    yield from (part for part in parts.path.split("/") if len(part) >= 8)
    yield parts.query
