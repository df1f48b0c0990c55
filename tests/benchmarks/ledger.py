"""What a run costs where nearly nothing changed: a million records, four channels.

The ledger is filled by copying, in SQL, what one real run made of one record; the marks
of the rows are real ones. Then whole processes take turns: reading the source alone
(every row, as a first run does), a pass over its raw cells alone, a run without a
change, a run with ten, ``status``. Medians of three. The last line is JSON; with
``--check`` the exit code is 1 where a bar is not met.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import corpus
import sink

from govsync.sources import marks, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 1_000_000
ROUNDS = 3
CHANGES = 10
CHANNELS = ("app", "board", "site", "topic")
BARS = {
    "beyond_reading_s": 2.0,
    "ten_changes_beyond_reading_s": 2.0,
    "run_mb": 200.0,
    "status_s": 0.5,
}
"""At most."""
_HEADER = (
    "索引号,标题,发布机构,发布日期,环节,主题词,摘要,公开方式,公开对象,审核状态,初审,复审,签发,签发时间"
).split(",")
_REVIEW = ("主动公开", "全社会", "已签发", "样例甲", "样例乙", "样例丙", "2020-01-01")
_TEMPLATE = "PLACE-OF-THE-ID"
_CONFIG = """
[city]
name = "密山市"
code = "230382"
site = "https://www.city.example.gov.cn"

[[sources]]
path = "records.csv"
"""
_CHANNEL = """
[channels.{name}]
adapter = "sink"
without_item = true
path = "{name}.sent"
"""


def main() -> int:
    """Print the figures; return 1 where ``--check`` finds a bar missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--records", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--pass", dest="one_pass", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one_pass:
        _PASSES[asked.one_pass[0]](Path(asked.one_pass[1]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        figures = _measure(Path(name), asked.records, asked.rounds)
    missed = [name for name, bar in BARS.items() if figures[name] > bar]
    print(json.dumps({"figures": figures, "bars": BARS, "missed": missed}))
    return int(asked.check and bool(missed))


def _measure(folder: Path, count: int, rounds: int) -> dict[str, float]:
    _fill(folder, count)
    commands = {
        "read": [sys.executable, __file__, "--pass", "read", "records.csv"],
        "raw pass": [sys.executable, __file__, "--pass", "raw", "records.csv"],
        "run": _govsync("run"),
        "ten changes": _govsync("run"),
        "status": _govsync("status"),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(1, rounds + 1):
        for name, command in commands.items():
            if name == "ten changes":
                _write(folder / "records.csv", count, edition=turn)
            taken[name].append(_process(command, folder))
    _count_sent(folder, CHANGES * rounds)
    seconds = {n: statistics.median(s for s, _ in found) for n, found in taken.items()}
    megabytes = {n: max(mb for _, mb in found) for n, found in taken.items()}
    for name in commands:
        print(f"{name:12} {seconds[name]:8.2f} s {megabytes[name]:8.0f} MB")
    return {
        "beyond_reading_s": round(seconds["run"] - seconds["read"], 2),
        "beyond_a_raw_pass_s": round(seconds["run"] - seconds["raw pass"], 2),
        "ten_changes_beyond_reading_s": round(
            seconds["ten changes"] - seconds["read"], 2
        ),
        "run_s": round(seconds["run"], 2),
        "read_s": round(seconds["read"], 2),
        "run_mb": round(max(megabytes["run"], megabytes["ten changes"]), 1),
        "status_s": round(seconds["status"], 3),
    }


def _govsync(command: str) -> list[str]:
    return [sys.executable, "-m", "govsync.cli", command]


def _process(command: list[str], folder: Path) -> tuple[float, float]:
    """Return the seconds and the most megabytes that a process takes."""
    path = os.pathsep.join([str(folder), str(Path(__file__).parent)])
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command}: exit {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def _read(path: Path) -> None:
    for _ in read_records(path):
        pass


def _raw(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


_PASSES = {"read": _read, "raw": _raw}


def _write(path: Path, count: int, *, edition: int = 0) -> None:
    """Write the source; in a later edition ten rows have another title."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        step = max(1, count // CHANGES)
        for number, row in enumerate(_rows(count)):
            if edition and number % step == 0:
                row[1] += f" ({edition})"
            writer.writerow(row)
    part.replace(path)


def _rows(count: int) -> Iterator[list[str]]:
    for one in corpus.plain(count):
        day = one["published"].strftime("%Y-%m-%d %H:%M")
        words = ";".join(one["keywords"])
        shown = (one["issuer"], day, "发布", words, one["summary"])
        yield [one["id"], one["title"], *shown, *_REVIEW]


def _fill(folder: Path, count: int) -> None:
    """Make a workspace whose ledger holds every row, live on every channel."""
    sink.install(folder)
    channels = "".join(_CHANNEL.format(name=name) for name in CHANNELS)
    (folder / "govsync.toml").write_text(_CONFIG + channels, encoding="utf-8")
    _new_key(folder)
    source = folder / "records.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        writer.writerow([_TEMPLATE, *next(_rows(1))[1:]])
    _process(_govsync("run"), folder)
    _count_sent(folder, 1)
    _write(source, count)
    begin = time.perf_counter()
    _copy(folder / "govsync.db", source)
    size = (folder / "govsync.db").stat().st_size / 2**20
    print(f"filled in {time.perf_counter() - begin:.0f} s: {size:.0f} MB")
    for name in CHANNELS:
        (folder / f"{name}.sent").unlink()


def _new_key(folder: Path) -> None:
    from govsync.agent import config
    from govsync.cli.setup import new_audit_key

    new_audit_key(config.read(folder / "govsync.toml"))


def _copy(database: Path, source: Path) -> None:
    """Multiply the one record by the rows of the source, and take it away."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table, column in (("record", "id"), ("revision", "record")):
            _copy_table(connection, table, column, _names(source))
        for table in ("finding", "obligation"):
            _copy_table(connection, table, "record", _names(source))
        for table in ("finding", "obligation", "revision"):
            _forget(connection, table, "record")
        _forget(connection, "record", "id")
    connection.close()
    # What is measured later must not wait for these gigabytes.
    os.sync()


def _names(source: Path) -> Iterator[dict[str, Any]]:
    """Yield the id and the mark of each row."""
    with source.open(encoding="utf-8", newline="") as file:
        lines = islice(csv.reader(file), 1, None)
        for cells, mark in zip(lines, marks(source), strict=True):
            yield {"name": cells[0], "mark": mark}


def _copy_table(
    connection: sqlite3.Connection,
    table: str,
    key: str,
    names: Iterator[dict[str, Any]],
) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    given = ", ".join(_given(column, key) for column in columns)
    connection.executemany(
        f"INSERT INTO {table} SELECT {given} FROM {table} WHERE {key} = '{_TEMPLATE}'",
        names,
    )


def _given(column: str, key: str) -> str:
    if column == key:
        return ":name"
    if column in {"json", "receipt"}:
        return f"replace({column}, '{_TEMPLATE}', :name)"
    return ":mark" if column == "mark" else f'"{column}"'


def _forget(connection: sqlite3.Connection, table: str, key: str) -> None:
    connection.execute(f"DELETE FROM {table} WHERE {key} = '{_TEMPLATE}'")


def _count_sent(folder: Path, number: int) -> None:
    """Make sure that each channel got what it was owed, and nothing else."""
    for name in CHANNELS:
        file = folder / f"{name}.sent"
        sent = file.read_text(encoding="utf-8").splitlines()
        if len(sent) != number:
            raise SystemExit(f"{name} was sent {len(sent)}, not {number}")


if __name__ == "__main__":
    sys.exit(main())
