"""What a platform is told: its database, its address, its cities' keys.

::

    database = "province.db"
    base_url = "https://open.province.example"

    [[keys]]
    id = "mishan-2026"
    city = "mishan"
    secret_file = "secrets/mishan-2026"
"""

from __future__ import annotations

import base64
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretBytes,
    ValidationError,
)

from govsync.audit.keys import KeyName, VerifierKey
from govsync.errors import ConfigError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govsync.audit.cosignature import Cosigner
    from govsync.channels.signatures import Key

MEBIBYTE = 1024 * 1024
CityName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""A city's name in addresses."""


def _origin(address: str) -> str:
    """Return scheme and host of an address; a path would break signed addresses."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("give an http or https address")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("give an address without a path")
    return f"{parts.scheme}://{parts.netloc}"


class CityKey(Value):
    """A key that a city signs with. Two may be valid at once while one is replaced."""

    id: Annotated[str, Field(pattern=r"^[\w.:-]{1,100}$")]
    city: CityName
    algorithm: Literal["hmac-sha256", "ed25519"] = "hmac-sha256"
    secret: SecretBytes
    """The shared secret, or the city's Ed25519 public key in PEM."""

    def opened(self) -> Key:
        """Return the key with its secret, ready for use.

        Raises:
            ConfigError: The secret is too short.
        """
        from govsync.channels.signatures import Key

        return Key(self.id, self.algorithm, self.secret.get_secret_value())


class AnswerKey(Value):
    """The platform's own key, for answers to cities that do not share a secret."""

    id: Annotated[str, Field(pattern=r"^[\w.:-]{1,100}$")] = "platform"
    secret: SecretBytes
    """An Ed25519 private key, 32 bytes or PEM."""

    def opened(self) -> Key:
        """Return the key with its secret, ready for use."""
        from govsync.channels.signatures import Key

        return Key(self.id, "ed25519", self.secret.get_secret_value())


def _verifier_key(text: Any) -> Any:
    """Read a log's key as its city tells it; ``govsync init`` prints it."""
    if not isinstance(text, str):
        return text
    try:
        return VerifierKey.parse(text)
    except ConfigError as error:
        raise ValueError(error.message) from error


class CityLog(Value):
    """The audit log of a city, which this platform witnesses.

    Several entries of one origin are several keys, while one is being replaced.
    """

    city: CityName
    key: Annotated[VerifierKey, BeforeValidator(_verifier_key)]
    """Signs the log's checkpoints: ``name+id+base64``."""
    origin: str = ""
    """The log's name in its checkpoints; the key's where empty."""

    @property
    def name(self) -> str:
        """The log's name in its checkpoints."""
        return self.origin or self.key.name


class Witness(Value):
    """The platform as a witness of its cities' audit logs."""

    name: KeyName
    """Such as ``open.province.example/witness``."""
    secret: SecretBytes
    """An Ed25519 private key that serves nothing else, 32 bytes or PEM."""

    def opened(self) -> Cosigner:
        """Return the key that cosigns.

        Raises:
            ConfigError: It cannot be used.
        """
        from govsync.audit.cosignature import Cosigner
        from govsync.channels.signature_keys import Key, private_key

        key = Key(self.name, "ed25519", self.secret.get_secret_value())
        return Cosigner(self.name, private_key(key))


class PlatformSettings(Value):
    """The settings of a platform."""

    database: str
    """The path of an SQLite file; in a TOML file, relative to that."""
    base_url: Annotated[str, AfterValidator(_origin)]
    """Where the cities and the public reach it, such as ``https://…``; no path."""
    hosts: tuple[str, ...] = ()
    """Other values of ``Host`` by which it is reached; ``*`` stands for any part."""
    keys: tuple[CityKey, ...] = ()
    answer_key: AnswerKey | None = None
    """Needed as soon as a city signs with Ed25519."""
    witness: Witness | None = None
    """Needed as soon as a city's log is named."""
    logs: tuple[CityLog, ...] = ()
    """The cities' audit logs."""
    title: str = "基层政务公开试点专题"
    queue: bool = False
    """Whether a person publishes what came; otherwise it is public at once."""
    required: tuple[str, ...] = ("issuer",)
    """Fields that a record must fill in, beside its id and title."""
    max_body: Annotated[int, Field(gt=0)] = 16 * MEBIBYTE
    """In bytes."""
    calls_per_minute: Annotated[int, Field(ge=0)] = 0
    """Of one city; 0 for any number."""
    maintenance: bool = False
    """Whether every call is answered 503 from the start."""
    maintenance_retry_s: Annotated[int, Field(gt=0)] = 300
    """What ``Retry-After`` says meanwhile, in seconds."""


def load_settings(
    path: Path | str, *, environ: Mapping[str, str] | None = None
) -> PlatformSettings:
    """Read the settings of a platform from a TOML file.

    A key's secret comes from ``secret_file`` (relative to the TOML) or ``secret_env``;
    ``base64:`` before it marks bytes in base64, and anything else is text.

    Args:
        path: The file.
        environ: The environment; the process's own where it is not given.

    Raises:
        ConfigError: The file, a key or a secret cannot be used.
    """
    path = Path(path)
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(error), where=str(path)) from error
    opener = _Opener(path, os.environ if environ is None else environ)
    try:
        return PlatformSettings.model_validate(opener.opened(given))
    except ValidationError as error:
        raise _config_error(error, path) from error


class _Opener:
    """Puts in the place of names what they name: secrets, and the database's file."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ

    def opened(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the settings with the secret of every key and a whole path."""
        keys = given.get("keys", [])
        if not isinstance(keys, list):
            place = f"{self._path}: keys"
            raise ConfigError("is not a list", where=place, mend="use [[keys]]")
        opened: dict[str, Any] = {
            "keys": [self._key(key, f"keys[{n}]") for n, key in enumerate(keys)]
        }
        for own in {"answer_key", "witness"} & given.keys():
            opened[own] = self._key(given[own], own)
        if isinstance(name := given.get("database"), str):
            opened["database"] = str(self._path.parent / name)
        return given | opened

    def _key(self, key: dict[str, Any], name: str) -> dict[str, Any]:
        where = f"{self._path}: {name}"
        if "secret" in key:
            raise ConfigError(
                "a secret does not belong in this file",
                where=f"{where}.secret",
                mend="put it in a file or the environment: secret_file or secret_env",
            )
        rest = {k: v for k, v in key.items() if k not in {"secret_file", "secret_env"}}
        return {**rest, "secret": _secret_bytes(self._text(key, where), where)}

    def _text(self, key: Mapping[str, Any], where: str) -> str:
        if name := key.get("secret_file"):
            try:
                return (self._path.parent / str(name)).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(str(error), where=f"{where}.secret_file") from error
        name = str(key.get("secret_env", ""))
        if text := self._environ.get(name, ""):
            return text.strip()
        raise ConfigError(
            f"no secret: {name} is not set" if name else "no secret is named",
            where=where,
            mend="name secret_file or secret_env",
        )


def _secret_bytes(text: str, where: str) -> bytes:
    mark, colon, encoded = text.partition(":")
    if not colon or mark != "base64":
        return text.encode()
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ConfigError("the secret is not base64", where=where) from error


def _config_error(error: ValidationError, path: Path) -> ConfigError:
    first = error.errors(include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return ConfigError(first["msg"], where=f"{path}: {place}")
