"""``govsync channels``: the adapters that there are, and the channels made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govsync.agent import config as configuration
from govsync.agent.schedule import give_up_after
from govsync.channels import registry
from govsync.cli.output import complain, say, say_json, say_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from pathlib import Path

    from govsync.agent.config import ChannelSettings
    from govsync.channels.contract import Adapter, Limit, Setting
    from govsync.errors import ConfigError


def channels(path: Path | None, *, json: bool) -> int:
    """List adapters with their settings and limits; with a configuration, its channels.

    Args:
        path: The configuration; None: the one of this folder, where there is one.
        json: Print JSON.

    Returns:
        78 where an adapter is broken, else 0.
    """
    found = registry.load_all()
    usable = {name: one for name, one in found.items() if isinstance(one, type)}
    broken = {name: one for name, one in found.items() if not isinstance(one, type)}
    adapters = {name: described(make) for name, make in usable.items()}
    configured = _configured(path)
    if json:
        faults = {name: str(error) for name, error in broken.items()}
        say_json({"adapters": adapters, "broken": faults, "channels": configured})
    else:
        _tell(adapters, broken, configured)
    return max((error.exit_code for error in broken.values()), default=0)


def described(make: type[Adapter]) -> dict[str, Any]:
    """Return what an adapter says of itself, as plain data."""
    facts = make.facts
    return {
        "title": facts.title,
        "batch_size": facts.batch_size,
        "deduplicates": facts.deduplicates,
        "settings": [_setting(setting) for setting in facts.settings],
        "limits": [_limit(limit) for limit in facts.limits],
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "help": setting.help,
        "required": setting.required,
        "secret": setting.secret,
        "default": setting.default,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "count": limit.count,
        "per_seconds": int(limit.per.total_seconds()),
        "source": limit.source,
    }


def _configured(path: Path | None) -> dict[str, Any]:
    from pathlib import Path

    usual = Path(configuration.FILE_NAME)
    if path is None and not usual.exists():
        return {}
    config = configuration.read(path or usual)
    return {name: _channel(one) for name, one in sorted(config.channels.items())}


def _channel(configured: ChannelSettings) -> dict[str, Any]:
    least, most = give_up_after(configured.policy)
    return {
        "adapter": configured.adapter,
        "serves": configured.serves.value,
        "paused": configured.paused,
        "attempts": configured.policy.attempts,
        "gives_up_after_seconds": [least.total_seconds(), most.total_seconds()],
        "gives_up_after": window(least, most),
    }


def window(least: timedelta, most: timedelta) -> str:
    """Return a give-up time as people say it, whole: ``1 d 3 h 35 min to 1 d 9 h``."""
    if least == most:
        return told(least)
    return f"{told(least)} to {told(most)}"


def told(period: timedelta) -> str:
    """Return a period in days, hours, minutes and seconds; what is none is left out.

    >>> from datetime import timedelta
    >>> told(timedelta(hours=27, minutes=35, seconds=6))
    '1 d 3 h 35 min 6 s'
    """
    seconds = period.total_seconds()
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number:g} {unit}" for number, unit in named if number) or "0 s"


def _tell(
    adapters: Mapping[str, Mapping[str, Any]],
    broken: Mapping[str, ConfigError],
    configured: Mapping[str, Mapping[str, Any]],
) -> None:
    for name, facts in adapters.items():
        say(f"{name}: {facts['title']}, {facts['batch_size']} in a call")
        rows = [_row(setting) for setting in facts["settings"]]
        say_table(["  setting", "", "default", "meaning"], rows)
        for limit in facts["limits"]:
            per = f"{limit['count']} in {limit['per_seconds']} s"
            say(f"  at most {per} ({limit['name']}): {limit['source']}")
    for error in broken.values():
        complain(str(error))
    for name, one in configured.items():
        say(f"channel {name}: {one['adapter']}{', paused' if one['paused'] else ''}")
        say(f"  gives up after {one['attempts']} attempts in {one['gives_up_after']}")


def _row(setting: Mapping[str, Any]) -> tuple[str, str, str, str]:
    kind = "secret" if setting["secret"] else ""
    needed = "required" if setting["required"] else ""
    marks = " ".join(mark for mark in (needed, kind) if mark)
    return f"  {setting['name']}", marks, setting["default"], setting["help"]
