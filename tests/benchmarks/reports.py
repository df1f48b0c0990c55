"""What a report costs: a hundred thousand records, live on two channels.

The ledger is filled through its own tables and the audit log; then each form is
written by a process of its own. The last line is JSON; with ``--check`` the exit code
is 1 where a form takes longer than the bar.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import corpus
from sqlalchemy import insert

from govsync import audit, load_catalogs
from govsync.agent.workspace import Workspace
from govsync.model import Record
from govsync.store import ledger_tables as t

MANY = 100_000
BAR_S = 10.0
CHANNELS = ("site", "topic")
FORMS = ("html", "xlsx", "json", "md")
_AT = datetime(2026, 3, 1, tzinfo=UTC)
_REVIEW = {"verdict": "approved", "first": "甲", "second": "乙", "final": "丙"}
_COUNTY = Path(__file__).parents[2] / "examples" / "county"
_CONFIG = """
[city]
name = "密山市"
code = "230382"
site = "https://www.city.example.gov.cn"

[[catalogs]]
path = "catalog.xlsx"

[channels.site]
adapter = "city.directory"
path = "site"

[channels.topic]
adapter = "city.directory"
path = "topic"
"""


def main() -> int:
    """Print the seconds; return 1 where ``--check`` finds the bar missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--records", type=int, default=MANY)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder, asked.records)
        seconds = {form: _written(folder, form) for form in FORMS}
    missed = [form for form, taken in seconds.items() if taken > BAR_S]
    print(json.dumps({"seconds": seconds, "bar_s": BAR_S, "missed": missed}))
    return int(asked.check and bool(missed))


def _written(folder: Path, form: str) -> float:
    """Return how long a report takes, in seconds."""
    out = folder / f"report.{form}"
    options = ["--for", "inspection", "-o", str(out)]
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "govsync.cli", "report", *options],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    taken = round(time.perf_counter() - begin, 2)
    print(f"{form:5} {taken:8.2f} s {out.stat().st_size / 1024:8.0f} KB")
    return taken


def _fill(folder: Path, count: int) -> None:
    shutil.copyfile(_COUNTY / "catalog.xlsx", folder / "catalog.xlsx")
    (folder / "govsync.toml").write_text(_CONFIG, encoding="utf-8")
    refs = [i.ref for i in load_catalogs(folder / "catalog.xlsx").catalogs.items]
    with (
        Workspace.at(folder / "govsync.toml") as workspace,
        workspace.database.write() as connection,
    ):
        batch: list[Record] = []
        for number, plain in enumerate(corpus.plain(count)):
            formed = plain["published"].date() - timedelta(days=number % 40)
            given = {**plain, "item": refs[number % len(refs)], "formed": formed}
            given["review"] = {**_REVIEW, "signed": plain["published"]}
            batch.append(Record.model_validate(given))
            if len(batch) == 5000:
                _keep(connection, batch)
                batch = []
        _keep(connection, batch)


def _keep(connection: object, batch: list[Record]) -> None:
    if not batch:
        return
    execute = connection.execute  # type: ignore[attr-defined]
    execute(insert(t.record), [_row(record) for record in batch])
    execute(insert(t.revision), [_revision(record) for record in batch])
    told = [entry for record in batch for entry in _entries(record)]
    audit.append(connection, told)  # type: ignore[arg-type]


def _row(record: Record) -> dict[str, object]:
    return {
        "id": record.id,
        "revision": 1,
        "digest": record.digest,
        "source": "records.csv",
        "source_digest": record.digest,
        "title": record.title,
        "accepted_at": _AT,
    }


def _revision(record: Record) -> dict[str, object]:
    plain = record.plain()
    told = {"record": record.id, "revision": 1, "digest": record.digest}
    return {**told, "json": plain, "at": _AT}


def _entries(record: Record) -> list[audit.Entry]:
    of = {"at": _AT, "actor": "cron@host", "record": record.id, "revision": 1}
    sent = {**of, "digest": record.digest, "outcome": "publish"}
    entries = [audit.Entry(action="record.accepted", digest=record.digest, **of)]
    for channel in CHANNELS:
        entries += [
            audit.Entry(action="obligation.owed", channel=channel, **of),
            audit.Entry(action="delivery.sending", channel=channel, **sent),
            audit.Entry(action="delivery.live", channel=channel, **sent),
        ]
    return entries


if __name__ == "__main__":
    sys.exit(main())
