"""The configured channels: adapters made of their settings, renewed when stale."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from govsync.agent import config as configuration
from govsync.agent.observed import observed
from govsync.channels import registry
from govsync.channels.contract import Adapter, Context, Facts
from govsync.errors import ConfigError
from govsync.rules import Destination

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govsync.agent.config import ChannelSettings, Config
    from govsync.channels.contract import Clock


@dataclass(kw_only=True)
class Channel:
    """A configured destination; the adapter is made when it is first used."""

    name: str
    configured: ChannelSettings
    make: type[Adapter]
    context: Context
    renewals: int = 0
    """How often its credential was renewed since it was opened."""
    _adapter: Adapter | None = field(default=None, repr=False)

    @property
    def facts(self) -> Facts:
        """What its adapter is, as data."""
        return self.make.facts

    @property
    def adapter(self) -> Adapter:
        """The adapter, made on first use."""
        if self._adapter is None:
            self._adapter = observed(self.make(self.context))
        return self._adapter

    @property
    def destination(self) -> Destination:
        """What the rules need to know of it."""
        return Destination(
            name=self.name,
            serves=self.configured.serves,
            optional=self.configured.optional,
            without_item=self.configured.without_item,
        )

    def renew(self) -> None:
        """Make the adapter anew, so that it fetches a fresh credential."""
        self.close()
        self.renewals += 1

    def close(self) -> None:
        """Give back what the adapter holds."""
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None


def open_channels(config: Config, *, clock: Clock) -> tuple[Channel, ...]:
    """Return the configured channels that are not paused, in order of name.

    Raises:
        ConfigError: An adapter is unknown or broken, or a setting does not hold.
    """
    return tuple(
        open_channel(config, name, clock=clock)
        for name, configured in sorted(config.channels.items())
        if not configured.paused
    )


def open_channel(config: Config, name: str, *, clock: Clock) -> Channel:
    """Return one configured channel.

    Raises:
        ConfigError: There is no such channel, or as :func:`open_channels`.
    """
    configured = config.channels.get(name)
    if configured is None:
        raise ConfigError(
            f"no channel {name!r}",
            where=f"{config.root / configuration.FILE_NAME}: channels",
            mend=f"there are: {', '.join(sorted(config.channels))}",
        )
    make = registry.load(configured.adapter)
    context = Context(
        channel=name,
        settings=_settings(config, name, make.facts),
        clock=clock,
        city=_city(config),
    )
    return Channel(name=name, configured=configured, make=make, context=context)


def _settings(config: Config, name: str, facts: Facts) -> Mapping[str, str]:
    secret_files = {f"{s.name}_file" for s in facts.settings if s.secret}
    given = {
        key: value
        for key, value in config.channels[name].settings.items()
        if key not in secret_files
    }
    settings = registry.settings_of(
        facts,
        given,
        secrets=lambda secret: configuration.secret_of(config, name, secret),
        where=f"channels.{name}",
    )
    paths = {s.name for s in facts.settings if s.path}
    return {
        key: str(config.path(Path(value))) if key in paths and value else value
        for key, value in settings.items()
    }


def _city(config: Config) -> dict[str, str]:
    city = config.city
    return {
        "name": city.name,
        "code": city.code,
        "site": city.site,
        "site_name": city.site_name or f"{city.name}人民政府",
        "site_id": city.site_id,
    }
