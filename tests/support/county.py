"""A city's workspace with the sample county, and the command line as a process."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from govsync.model import SHANGHAI

MINUTE = "%Y-%m-%d %H:%M"
COUNTY = Path(__file__).parents[2] / "examples" / "county"
CONFIG = """
[city]
name = "密山市"
code = "230382"
site = "https://www.city.example.gov.cn"

[[catalogs]]
path = "catalog.xlsx"

[[sources]]
path = "records.csv"

[channels.city]
adapter = "city.directory"
without_item = true
path = "public"
"""
PROVINCE = """
[channels.province]
adapter = "province"
without_item = true
url = "{url}"
private = true
key_id = "{key_id}"
key_file = "keys/province.key"
"""


@dataclass(frozen=True)
class Workspace:
    """A folder with a configuration, the samples and the keys."""

    folder: Path

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "govsync.toml"

    def govsync(
        self, *arguments: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in this workspace, to its end."""
        return govsync(*arguments, cwd=self.folder, **options)

    def json(self, *arguments: str) -> Any:
        """Run a command with ``--json`` and return what it printed."""
        return json.loads(self.govsync(*arguments, "--json").stdout)

    def rows(self) -> list[dict[str, str]]:
        """The rows of the source."""
        text = (self.folder / "records.csv").read_text(encoding="gb18030")
        return list(csv.DictReader(io.StringIO(text)))

    def write_rows(self, rows: list[dict[str, str]]) -> None:
        """Replace the source."""
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path = self.folder / "records.csv"
        part = path.with_suffix(".part")
        part.write_text(out.getvalue(), encoding="gb18030")
        part.replace(path)

    def change(self, record: str, column: str, value: str) -> None:
        """Change one cell of the source; its reviewer signs it off anew."""
        rows = self.rows()
        for row in rows:
            if row["索引号"] == record:
                row[column] = value
                row["签发时间"] = _a_minute_later(row["签发时间"])
        self.write_rows(rows)


def _a_minute_later(written: str) -> str:
    if not written:
        return ""
    signed = datetime.strptime(written, MINUTE).replace(tzinfo=SHANGHAI)
    return (signed + timedelta(minutes=1)).strftime(MINUTE)


def workspace(
    folder: Path, *, url: str = "", key: tuple[str, str] = ("", ""), more: str = ""
) -> Workspace:
    """Make a workspace; with a platform's address it has the province's channel too."""
    from govsync.agent import config as configuration
    from govsync.cli import setup

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("catalog.xlsx", "records.csv"):
        shutil.copyfile(COUNTY / name, folder / name)
    text = CONFIG
    if url:
        text += PROVINCE.format(url=url, key_id=key[0])
        (folder / "keys").mkdir(exist_ok=True)
        (folder / "keys" / "province.key").write_text(key[1])
    made = Workspace(folder)
    made.config.write_text(text + more, encoding="utf-8")
    setup.new_audit_key(configuration.read(made.config))
    return made


def command(*arguments: str) -> list[str]:
    """Return the command line as a process of this Python."""
    return [sys.executable, "-m", "govsync.cli", *arguments]


def govsync(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it printed."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8", **options.pop("env", {})}
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=120,
        env=environ,
        check=False,
        **options,
    )
