"""What it costs to write a feed: ours against its peers and against the floor.

Each figure is the median of five fresh processes, the producers taking turns, so that
a busy machine burdens all alike. Records are made before the clock starts and their
digests are known, as those of a ledger's records are; ``digests unknown`` tells what
they add. The output goes to memory where there is a file system in memory. The last
line is JSON; with ``--check`` the exit code is 1 where a bar is not met.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import corpus
import producers

from govsync.formats import FORMATS, Feed
from govsync.formats.rendering import Renderings
from govsync.model import Record

ROUNDS = 5
MANY = 100_000
MORE = 300_000
PAGE = 500
_ENTRY_BYTES = 3000
"""Somewhat more than an entry takes."""
FORMS = ("rss", "atom")
BARS = {
    "times_feedgen": 4.0,
    "times_floor": 2.0,
    "extra_mb": 5.0,
    "growth": 3.3,
    "page_share": 0.1,
}
"""At least the first; at most the others."""


def main() -> int:
    """Print a table and the figures; return 1 where ``--check`` finds a bar missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--records", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(json.dumps(_RUNS[asked.run.split()[0]](*asked.run.split()[1:])))
        return 0
    figures = {form: _figures(form, asked.records, asked.rounds) for form in FORMS}
    missed = [
        f"{form} {name}"
        for form, figure in figures.items()
        for name, bar in BARS.items()
        if (figure[name] < bar if name == "times_feedgen" else figure[name] > bar)
    ]
    print(json.dumps({"figures": figures, "bars": BARS, "missed": missed}))
    return int(asked.check and bool(missed))


def _figures(form: str, count: int, rounds: int) -> dict[str, float]:
    """Measure one format, print its rows, and return what has a bar."""
    more = count * MORE // MANY
    runs = {name: f"write {name} {form} {count}" for name in producers.PRODUCERS}
    runs["digests unknown"] = f"unknown {form} {count}"
    runs["three times as many"] = f"write govsync {form} {more}"
    runs["page"] = f"page {form}"
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(_process(run))
    medians = {
        name: {key: statistics.median(one[key] for one in many) for key in many[0]}
        for name, many in taken.items()
    }
    seconds = {name: found.get("seconds", 0.0) for name, found in medians.items()}
    print(f"{form}, {count} records, median of {rounds}")
    for name in (*producers.PRODUCERS, "digests unknown"):
        micro = seconds[name] / count * 1e6
        ratio = seconds["feedgen"] / seconds[name]
        print(
            f"  {name:20} {micro:8.1f} µs an entry  {ratio:5.2f} times feedgen"
            f"  {medians[name]['extra_mb']:8.1f} MB more"
        )
    page = medians["page"]
    return {
        "times_feedgen": round(seconds["feedgen"] / seconds["govsync"], 2),
        "times_floor": round(seconds["govsync"] / seconds["floor"], 2),
        "extra_mb": round(medians["govsync"]["extra_mb"], 1),
        "growth": round(seconds["three times as many"] / seconds["govsync"], 2),
        "page_share": round(page["changed"] / page["full"], 3),
    }


def _process(run: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--run", run]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _write(name: str, form: str, count: str) -> dict[str, float]:
    return _timed(name, form, _records(int(count), digests=True))


def _unknown(form: str, count: str) -> dict[str, float]:
    return _timed("govsync", form, _records(int(count), digests=False))


def _timed(name: str, form: str, records: list[Record]) -> dict[str, float]:
    shared = Path("/dev/shm")
    folder = shared if shared.is_dir() else Path(tempfile.gettempdir())
    path = folder / f"govsync-benchmark-{os.getpid()}"
    produce = producers.PRODUCERS[name]
    produce(records[:10], form, path)  # what it imports is no part of the figure
    _warm(path, len(records))
    before = _settled_memory()
    begin = time.perf_counter()
    try:
        produce(records, form, path)
        seconds = time.perf_counter() - begin
    finally:
        path.unlink(missing_ok=True)
    return {"seconds": seconds, "extra_mb": (_peak_memory() - before) / 1024}


def _warm(path: Path, count: int) -> None:
    """Write a file as large as what follows, and remove it.

    On a virtual machine the first use of a page of memory can cost more than the
    entries on it; who comes first would pay for all.
    """
    with path.open("wb") as file:
        for _ in range(count):
            file.write(b" " * _ENTRY_BYTES)
    path.unlink()


def _page(form: str) -> dict[str, float]:
    """Time a page whole, and again with one of its records changed."""
    records = _records(PAGE, digests=True)
    cache = Renderings()
    full = min(_page_seconds(form, records, None) for _ in range(20))
    _page_seconds(form, records, cache)
    shares = []
    for number in range(20):
        title = f"{records[number].title}（更正）"
        records[number] = records[number].changed(title=title)
        _ = records[number].digest
        shares.append(_page_seconds(form, records, cache))
    return {"full": full, "changed": min(shares)}


def _page_seconds(form: str, records: list[Record], cache: Renderings | None) -> float:
    feed = Feed(title=producers.TITLE, site=producers.SITE)
    given: Any = records if cache is None else cache.through(form, records)
    with Path(os.devnull).open("wb") as out:
        begin = time.perf_counter()
        FORMATS[form].write(feed, given, out)
        return time.perf_counter() - begin


def _records(count: int, *, digests: bool) -> list[Record]:
    # Made unchecked: that the corpus holds is not what is measured.
    records = [Record.model_construct(**fields) for fields in corpus.plain(count)]
    if digests:
        for record in records:
            _ = record.digest
    gc.collect()
    gc.freeze()
    return records


def _settled_memory() -> int:
    """Forget the peak so far, and return the resident memory in KiB (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _peak_memory() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


_RUNS: dict[str, Any] = {"write": _write, "unknown": _unknown, "page": _page}

if __name__ == "__main__":
    sys.exit(main())
