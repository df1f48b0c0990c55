"""The configuration: one TOML file, read once into frozen values.

Paths in it are relative to the file. Secrets never stand in it: a secret setting
``key`` of the channel ``province`` comes from the file named by ``key_file`` or from
the environment variable ``GOVSYNC_PROVINCE_KEY``.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from govsync.agent.observation import Expectation, Heartbeat, Log, Metrics
from govsync.agent.schedule import Policy
from govsync.anchors.settings import AnchorSettings
from govsync.errors import ConfigError
from govsync.inbox.settings import InboxSettings
from govsync.model import BoxSemantics, ChannelCode, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "govsync.toml"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]


class City(Value):
    """Who publishes."""

    name: str
    """Such as 密山市."""
    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    """行政区划代码 (GB/T 2260), six digits."""
    site: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+/?$")]
    """The home page of the government site."""
    site_name: str = ""
    """网站规范名称."""
    site_id: Annotated[str, StringConstraints(pattern=r"^(bm\d{8}|\d{10})?$")] = ""
    """政府网站标识码."""


class Store(Value):
    """Where the ledger lies."""

    database: Path = Path("govsync.db")


class Audit(Value):
    """The audit log's name and key."""

    origin: str = ""
    """The log's name in checkpoints; ``govsync/<city code>`` where empty."""
    key_file: Path = Path("keys/audit.key")
    sm2_key_file: Path | None = None
    """A key of SM2 that signs every checkpoint too; ``govsync audit sm2-key``."""
    checkpoints: Path = Path("checkpoints.txt")
    """Every checkpoint is appended here: keep a copy on another machine."""
    anchors: tuple[AnchorSettings, ...] = ()
    """Where each run's checkpoint goes to, outside this machine."""

    @field_validator("anchors")
    @classmethod
    def _each_once(cls, given: tuple[AnchorSettings, ...]) -> Any:
        names = [anchor.name for anchor in given]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two anchors are named {twice[0]}")
        return given


class CatalogFile(Value):
    """A file with the standard catalog, or with one version of it."""

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=True)

    path: Path
    version: str = ""
    valid_from: date | None = Field(default=None, alias="from")
    """The first day on which this version is in force (``from``).

    Where absent: the version, where that is a date; else what the file says; else it is
    in force from the beginning.
    """
    box_semantics: BoxSemantics | None = None
    """What ■ and □ mean; None: as the file's header says."""

    @property
    def begins(self) -> date | None:
        """The first day of this version, as far as the configuration says it."""
        if self.valid_from or not _ISO_DATE.fullmatch(self.version):
            return self.valid_from
        return date.fromisoformat(self.version)

    @field_validator("version")
    @classmethod
    def _is_a_day(cls, version: str) -> str:
        """Refuse what looks like a date and is none, such as 2025-02-30."""
        if _ISO_DATE.fullmatch(version):
            date.fromisoformat(version)
        return version


class Files(Value):
    """Where the files beside records lie on this machine, to be screened."""

    folder: Path
    prefix: str = ""
    """Addresses that begin with it lie in the folder, besides relative ones."""


class SourceFile(Value):
    """A file of records, read at each run."""

    path: Path
    kind: Literal["csv", "tsv", "jsonl"] | None = None
    """By the file's suffix where absent."""
    encoding: str | None = None
    """Detected where absent."""
    columns: dict[str, str] = Field(default={})
    """Our field → the file's header, where they are not the usual ones."""


class Deadlines(Value):
    """By when records are due, and when to say so."""

    holidays: Path | None = None
    """A file with notices on days off that prevail over the shipped ones."""
    lead_days: Annotated[int, Field(ge=0, le=365)] = 5
    """How many days before it is due a record is said to be due soon."""


class Wording(Value):
    """Words that should not stand in what is published; see docs/review.md."""

    shipped: bool = True
    """Whether the list that govsync ships is used."""
    files: tuple[Path, ...] = ()
    """The city's own lists; of two entries for a word, the later counts."""


class Links(Value):
    """How `govsync links` looks at what is linked."""

    pause_s: Annotated[float, Field(ge=0, le=60)] = 1
    """Seconds between two calls to one host."""
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 15
    """Seconds that one call may take."""
    limit: Annotated[int, Field(ge=1)] = 1000
    """How many addresses one look takes, those longest without a look first."""
    private: bool = False
    """Whether what stands in an internal network or on this machine is called too."""
    proxy: str = ""
    """The address of an HTTP proxy."""


class ChannelSettings(Value):
    """A configured destination."""

    adapter: str
    """The adapter's entry point, such as ``province`` or ``city.directory``."""
    serves: ChannelCode = ChannelCode.GOV_SITE
    """Which of the catalog's thirteen channels it fulfils."""
    optional: bool = True
    """Whether it takes records whose row leaves the channel optional (□)."""
    without_item: bool = False
    """Whether it takes records that are under no item of the catalog."""
    paused: bool = False
    verify_per_run: Annotated[int, Field(ge=0)] = 20
    """How many of its records, longest without a look, each run reads back."""
    policy: Policy = Policy()
    settings: dict[str, Any] = Field(default={})
    """The adapter's own, as ``govsync channels`` lists them."""


class Config(Value):
    """The whole of ``govsync.toml``."""

    city: City
    store: Store = Store()
    audit: Audit = Audit()
    attachments: Files | None = None
    """None: no file is read, whatever records name."""
    catalogs: tuple[CatalogFile, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    deadlines: Deadlines = Deadlines()
    wording: Wording = Wording()
    links: Links = Links()
    inbox: InboxSettings = InboxSettings()
    channels: Annotated[dict[Name, ChannelSettings], Field(min_length=1)]
    log: Log = Log()
    metrics: Metrics = Metrics()
    heartbeat: Heartbeat | None = None
    doctor: Expectation = Expectation()
    root: Path = Path()
    """The folder of the file; not a key of it."""

    @model_validator(mode="after")
    def _each_origin_once(self) -> Self:
        for name in self.inbox.sources.keys() & self.channels.keys():
            raise ValueError(f"{name} is a channel and a source of the inbox")
        return self

    def path(self, relative: Path) -> Path:
        """Return where a path of the file lies."""
        return self.root / relative

    @property
    def database(self) -> Path:
        """Where the ledger lies."""
        return self.path(self.store.database)

    @property
    def lock(self) -> Path:
        """Where the lock of its runs lies: beside the database.

        Two workspaces that share one are kept apart too.
        """
        database = self.database.resolve()
        return database.with_name(f"{database.name}.lock")

    @property
    def origin(self) -> str:
        """The audit log's name."""
        return self.audit.origin or f"govsync/{self.city.code}"


def read(path: Path) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: It is not there, not TOML, has a key that we do not know, or a
            value that does not hold; names the line or the key's path.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            "no configuration here",
            where=str(path),
            mend="`govsync init DIR` writes one; --config names another",
        ) from error
    except OSError as error:
        raise ConfigError(str(error.strerror), where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not valid TOML: {error}", where=str(path)) from error
    if "root" in content:
        raise ConfigError("unknown key", where=f"{path}: root")
    channels = content.get("channels")
    if isinstance(channels, dict):
        content["channels"] = {n: _with_settings(c) for n, c in channels.items()}
    try:
        return Config.model_validate({**content, "root": path.parent})
    except ValidationError as error:
        raise _first_fault(path, error) from error


def _with_settings(channel: object) -> object:
    """Put what is not ours of a channel's table under ``settings``."""
    if not isinstance(channel, dict):
        return channel
    ours = {k: v for k, v in channel.items() if k in ChannelSettings.model_fields}
    theirs = {k: v for k, v in channel.items() if k not in ours}
    return ours | {"settings": theirs | ours.get("settings", {})}


def _first_fault(path: Path, error: ValidationError) -> ConfigError:
    faults = error.errors(include_url=False, include_input=False)
    fault = faults[0]
    place = ".".join(str(part) for part in fault["loc"])
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return ConfigError(f"{fault['msg']}{more}", where=f"{path}: {place}")


def secret_of(
    config: Config, channel: str, name: str, environ: Mapping[str, str] = os.environ
) -> str | None:
    """Return a secret setting's value, or None where it is given nowhere.

    Raises:
        ConfigError: The file that should hold it cannot be read.
    """
    file = config.channels[channel].settings.get(f"{name}_file")
    where = f"channels.{channel}.{name}_file"
    return _secret(config, f"{channel}_{name}", file, where, environ)


def anchor_secret_of(
    config: Config,
    anchor: AnchorSettings,
    name: str,
    environ: Mapping[str, str] = os.environ,
) -> str | None:
    """Return a secret of an anchor, or None where it is given nowhere.

    Raises:
        ConfigError: As :func:`secret_of`.
    """
    file = getattr(anchor, f"{name}_file", None)
    where = f"audit.anchors.{anchor.name}.{name}_file"
    return _secret(config, f"anchor_{anchor.name}_{name}", file, where, environ)


def _secret(
    config: Config, owner: str, file: Any, where: str, environ: Mapping[str, str]
) -> str | None:
    variable = f"GOVSYNC_{owner}".upper().replace("-", "_")
    if variable in environ:
        return environ[variable]
    if file is None:
        return None
    path = config.path(Path(str(file)))
    return _secret_in(path, where, variable)


def heartbeat_url(config: Config, environ: Mapping[str, str] = os.environ) -> str:
    """Return the heartbeat's address, or nothing where there is none.

    Raises:
        ConfigError: The file that should hold it cannot be read.
    """
    given = config.heartbeat
    variable = "GOVSYNC_HEARTBEAT_URL"
    if given is None:
        return ""
    if variable in environ:
        return environ[variable]
    if given.url_file is None:
        return given.url
    return _secret_in(config.path(given.url_file), "heartbeat.url_file", variable)


def _secret_in(path: Path, where: str, variable: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the secret cannot be read: {error}",
            where=where,
            mend=f"write it to {path}, readable by this user alone, or set {variable}",
        ) from error
