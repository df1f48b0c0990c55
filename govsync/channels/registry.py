"""Find adapters by their entry points, and check a channel's settings against them.

A configuration names the entry point, never an import path, so that code can move.
An adapter is imported when it is used; one that cannot be is named, and the others
work on.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from govsync.channels.contract import Adapter, Facts, Setting
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GROUP = "govsync.adapters"
MASK = "********"


def available() -> dict[str, EntryPoint]:
    """Return the adapters that are installed, by name; imports none of them."""
    points = entry_points(group=GROUP)
    return {name: points[name] for name in sorted(points.names)}


def load(name: str) -> type[Adapter]:
    """Return the adapter of a name.

    Raises:
        ConfigError: None has this name, two packages claim it, or it is broken.
    """
    points = entry_points(group=GROUP, name=name)
    claims = sorted({point.value for point in points})
    if not claims:
        raise _unknown("adapter", name, available(), where="adapter")
    if len(claims) > 1:
        raise ConfigError(
            f"adapter {name!r} is claimed by {' and '.join(claims)}",
            where="adapter",
            mend="uninstall all packages but one that bring it",
        )
    return _checked(name, points[name])


def load_all() -> dict[str, type[Adapter] | ConfigError]:
    """Return every adapter, or in its place the reason why it cannot be used."""
    return {name: _attempted(name) for name in available()}


def settings_of(
    facts: Facts,
    given: Mapping[str, object],
    *,
    secrets: Callable[[str], str | None],
    where: str,
) -> dict[str, str]:
    """Return a channel's settings, checked and complete.

    Args:
        facts: Of the adapter.
        given: From the TOML; strings, numbers and booleans.
        secrets: Returns the secret of a setting's name, or None where there is none.
        where: The path of the channel's table, such as ``channels.province``.

    Returns:
        A value for every setting of the adapter, defaults and secrets among them.

    Raises:
        ConfigError: An unknown key, a value that is missing or of the wrong form, or
            a secret in the TOML; ``where`` is the path of the key.
    """
    known = {setting.name: setting for setting in facts.settings}
    for key in given:
        if key not in known:
            raise _unknown("setting", key, known, where=f"{where}.{key}")
    return {
        name: _value(setting, given.get(name), secrets, f"{where}.{name}")
        for name, setting in known.items()
    }


def masked(facts: Facts, settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings as they may be shown: every secret, and every stray, hidden."""
    shown = {setting.name for setting in facts.settings if not setting.secret}
    return {
        name: value if name in shown or not value else MASK
        for name, value in settings.items()
    }


def _attempted(name: str) -> type[Adapter] | ConfigError:
    try:
        return load(name)
    except ConfigError as error:
        return error


def _checked(name: str, point: EntryPoint) -> type[Adapter]:
    try:
        found: Any = point.load()
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        raise _broken(name, point, f"importing it failed: {cause}") from error
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise _broken(name, point, "it is no Adapter")
    if not isinstance(getattr(found, "facts", None), Facts):
        raise _broken(name, point, "it states no facts")
    if found.facts.name != name:
        raise _broken(name, point, f"its facts name it {found.facts.name!r}")
    return found


def _broken(name: str, point: EntryPoint, cause: str) -> ConfigError:
    package = point.dist.name if point.dist else "an unknown package"
    return ConfigError(
        f"adapter {name!r} cannot be used: {cause}",
        where=f"{point.value} of {package}",
        mend=f"mend, update or uninstall {package}",
    )


def _unknown(
    what: str, name: str, known: Mapping[str, object], *, where: str
) -> ConfigError:
    near = get_close_matches(name, known, n=1)
    listed = ", ".join(known) or "none"
    mend = f"did you mean {near[0]!r}?" if near else f"there are: {listed}"
    return ConfigError(f"unknown {what} {name!r}", where=where, mend=mend)


def _value(
    setting: Setting,
    given: object,
    secrets: Callable[[str], str | None],
    where: str,
) -> str:
    if setting.secret and given is not None:
        raise ConfigError(
            "a secret stands in the configuration file",
            where=where,
            mend="move it to a secret file or the environment, and renew it",
        )
    raw = secrets(setting.name) if setting.secret else given
    value = _text(raw, where) or setting.default
    if setting.required and not value:
        raise ConfigError("is missing", where=where, mend=setting.help)
    if value and setting.pattern and not re.fullmatch(setting.pattern, value):
        shown = "the secret" if setting.secret else repr(value[:80])
        mend = f"{setting.help}; it must match {setting.pattern}"
        raise ConfigError(f"{shown} does not have the form", where=where, mend=mend)
    return value


def _text(raw: object, where: str) -> str:
    """Return a TOML value as text, booleans as TOML writes them."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, str | int | float):
        return str(raw)
    raise ConfigError(
        f"a {type(raw).__name__} stands where a text or a number should", where=where
    )
