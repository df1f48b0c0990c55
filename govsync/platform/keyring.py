"""Whose keys the platform knows, and which key answers whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govsync.errors import ConfigError

if TYPE_CHECKING:
    from govsync.audit.keys import VerifierKey
    from govsync.channels.signatures import Key
    from govsync.platform.settings import PlatformSettings


class Log(NamedTuple):
    """A city's audit log."""

    city: str
    keys: tuple[VerifierKey, ...]
    """Any of them signs its checkpoints."""


class Keyring:
    """The keys of the cities, opened, and the platform's own.

    Raises:
        ConfigError: A key cannot be used, two have the same id, answers to a city
            could not be signed, or a log could not be cosigned or is of two cities.
    """

    def __init__(self, settings: PlatformSettings) -> None:
        self.keys = {key.id: key.opened() for key in settings.keys}
        self.cities = {key.id: key.city for key in settings.keys}
        own = settings.answer_key
        self._own = None if own is None else own.opened()
        if len(self.keys) != len(settings.keys):
            raise ConfigError("two keys have the same id", where="keys")
        alone = [key for key in self.keys.values() if not _shared(key)]
        if alone and self._own is None:
            raise ConfigError(
                f"answers to key {alone[0].id!r} could not be signed",
                where="answer_key",
                mend="give the platform an Ed25519 key of its own",
            )
        self.cosigner = None if settings.witness is None else settings.witness.opened()
        self.logs = _logs(settings)

    def answer_key(self, key_id: str) -> Key:
        """Return the key that signs answers to calls that were signed with a key."""
        asked_with = self.keys[key_id]
        return asked_with if self._own is None or _shared(asked_with) else self._own


def _logs(settings: PlatformSettings) -> dict[str, Log]:
    """Return the logs that are witnessed, by their origin."""
    if settings.logs and settings.witness is None:
        raise ConfigError(
            "the cities' logs could not be cosigned",
            where="witness",
            mend="give the platform a name and a key as a witness",
        )
    found: dict[str, Log] = {}
    for log in settings.logs:
        known = found.get(log.name, Log(city=log.city, keys=()))
        if known.city != log.city:
            raise ConfigError(f"log {log.name} is of two cities", where="logs")
        found[log.name] = Log(city=log.city, keys=(*known.keys, log.key))
    return found


def _shared(key: Key) -> bool:
    return key.algorithm == "hmac-sha256"
