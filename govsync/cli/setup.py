"""``govsync init``, ``check`` and ``platform``: set up and try, without effect."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from functools import partial
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync import audit
from govsync.agent import answering, ingest
from govsync.agent import config as configuration
from govsync.agent.anchoring import opened_anchor
from govsync.agent.vocabulary import wordings_of
from govsync.agent.workspace import Workspace
from govsync.channels.errors import ChannelError
from govsync.cli.output import complain, say
from govsync.errors import ConfigError, GovsyncError, UsageError
from govsync.files import replacing
from govsync.sources import read_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from govsync.agent.channels import Channel
    from govsync.agent.config import Config
    from govsync.anchors import AnchorSettings


def init(folder: Path, *, city: str, code: str, site: str) -> None:
    """Write a commented configuration and the audit log's key.

    Raises:
        UsageError: There is a configuration already; it is left as it is.
    """
    text = fill(
        "govsync.toml",
        city=city,
        code=code,
        site=site,
        paused="true",
        province="https://open.province.example.gov.cn",
        private="false",
        key_id=f"{code}-1",
    )
    path = folder / configuration.FILE_NAME
    write_new(path, text)
    key = new_audit_key(configuration.read(path))
    say(f"{path} is written: put catalog and records beside it, then `govsync check`")
    say(f"the audit log's verifier key, for your inspector: {key}")


def fill(template: str, **values: str) -> str:
    """Return a template of this package with its blanks filled in."""
    text = files("govsync.cli").joinpath("templates", template).read_text("utf-8")
    return Template(text).substitute(values)


def write_new(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file that is not there yet, its folder too.

    Raises:
        UsageError: It is there.
    """
    if path.exists():
        raise UsageError(f"{path} is there already", mend="choose another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, mode=mode) as file:
        file.write(text.encode())


def new_audit_key(config: Config) -> str:
    """Make the audit log's key where there is none; return its verifier key."""
    path = config.path(config.audit.key_file)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        audit.SigningKey.generate(config.origin).save(path)
    return str(audit.SigningKey.load(path).verifier)


def check(path: Path) -> int:
    """Try everything that a run needs; return the gravest exit code."""
    with Workspace.at(path) as workspace:
        say(f"configuration: {path} holds")
        config = workspace.config
        trials: list[tuple[str, Callable[[], str]]] = [
            *(
                (f"catalog {c.path}", partial(_catalog, config, c))
                for c in config.catalogs
            ),
            *(
                (f"source {s.path}", partial(_source, config, s))
                for s in config.sources
            ),
            *(
                [(f"files {own.folder}", partial(_files, config.path(own.folder)))]
                if (own := config.attachments)
                else []
            ),
            ("words", partial(_words, config)),
            *(
                (f"inbox source {place.name}", partial(_inbox_source, place))
                for place in answering.sources(config, workspace.clock)
            ),
            ("audit key", lambda: str(workspace.signing_key.verifier)),
            ("database", partial(_database, workspace)),
            *((f"channel {c.name}", partial(_channel, c)) for c in workspace.channels),
            *(
                (f"anchor {a.name}", partial(_anchor, workspace, a))
                for a in config.audit.anchors
            ),
        ]
        return max(_tried(name, trial) for name, trial in trials)


def _tried(name: str, trial: Callable[[], str]) -> int:
    try:
        answer = trial()
    except GovsyncError as error:
        complain(f"{name}: {error}")
        return error.exit_code
    say(f"{name}: {answer}")
    return 0


def _catalog(config: Config, file: configuration.CatalogFile) -> str:
    reading = ingest.read_catalog_file(config, file)
    for problem in reading.problems:
        complain(str(problem))
    return f"{reading.rows_read} rows in {len(reading.catalogs.catalogs)} areas"


def _words(config: Config) -> str:
    return f"{len(wordings_of(config).by_word)} are looked for"


def _source(config: Config, file: configuration.SourceFile) -> str:
    found: Counter[str] = Counter()
    for row in read_records(
        config.path(file.path),
        kind=file.kind,
        encoding=file.encoding,
        columns=file.columns or None,
    ):
        found["rows"] += 1
        found["records"] += row.record is not None
        for problem in row.problems:
            complain(str(problem))
    return f"{found['rows']} rows, {found['records']} records"


def _files(folder: Path) -> str:
    if not folder.is_dir():
        raise ConfigError(
            f"{folder} is no folder",
            where="attachments.folder",
            mend="name the folder of the files beside records, or make it",
        )
    return "a folder"


def _inbox_source(place: answering.Place) -> str:
    number = sum(1 for _ in place.origin.collect(""))
    return f"{number} pieces of feedback"


def _database(workspace: Workspace) -> str:
    return (
        f"{workspace.config.store.database}, journal {workspace.database.journal_mode}"
    )


def _channel(channel: Channel) -> str:
    health = channel.adapter.check()
    if not health.ok:
        raise ChannelError(health.detail, mend=health.mend)
    skew = f", clock {health.skew.total_seconds():+.0f} s" if health.skew else ""
    return f"{health.detail or 'works'}{skew}"


def _anchor(workspace: Workspace, settings: AnchorSettings) -> str:
    opened = opened_anchor(workspace, settings)
    try:
        return opened.check()
    finally:
        opened.close()


def platform_init(
    folder: Path, *, city: str, base_url: str = "http://127.0.0.1:8380"
) -> None:
    """Write a platform's configuration and a city's first key."""
    key_id = f"{city}-1"
    witness = f"{urlsplit(base_url).hostname}/witness"
    text = fill(
        "platform.toml", base_url=base_url, key_id=key_id, city=city, witness=witness
    )
    write_new(folder / "platform.toml", text)
    key = folder / "keys" / f"{city}.key"
    write_new(key, secrets.token_urlsafe(32), mode=0o600)
    verifier = _new_witness_key(folder / "keys", witness)
    say(f"{folder / 'platform.toml'} is written; {key} goes to the city, by hand")
    say(f"the witness's verifier key, for the cities: {verifier}")


def _new_witness_key(folder: Path, name: str) -> str:
    """Make the key that cosigns the cities' logs; return its verifier key."""
    from govsync.platform.settings import Witness

    secret = secrets.token_bytes(32)
    encoded = base64.b64encode(secret).decode()
    write_new(folder / "witness.key", f"base64:{encoded}\n", mode=0o600)
    verifier = str(Witness(name=name, secret=secret).opened().verifier)
    write_new(folder / "witness.pub", f"{verifier}\n")
    return verifier


def platform_serve(config: Path, *, host: str, port: int) -> None:
    """Serve a platform until it is stopped."""
    from govsync import platform

    platform.serve(platform.load_settings(config), host=host, port=port)
