"""What a delivery costs: the whole engine against a bare loop of requests.

The engine claims what a real ledger owes, signs each record's document (RFC 9421,
HMAC-SHA256), posts it alone, stores what became of it, and tells the audit log, as
durably as in production. The bare loop posts the same bodies with
``requests.Session().post`` and keeps nothing. Whole processes take turns on one core;
the receiver has the other. Then the same with every ``fsync`` 5 ms longer, by a library
loaded before libc: unlike a tracer it slows nothing else. Each time the receiver's
counts must say that every delivery arrived once, and the log of it must verify.

Ratios are medians over the turns, each of the engine's by the bare loop's beside it.
The last line is JSON; with ``--check`` the exit code is 1 where a bar is not met.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import deliveries
import receiver

DELIVERIES = 3000
ROUNDS = 7
BARS = {
    "of_bare_requests": 0.75,
    "slow_disk_per_s": 1000.0,
    "extra_mb": 40.0,
    "verified_per_s": 300_000.0,
}
"""At most for memory; at least for the others."""
BARE = "bare requests"
QUIET = "requests, no environment"
ENGINE = "engine"
SLOW_DISK = "engine, fsync + 5 ms"
VERIFY = "audit verify"
TURNS = {
    BARE: deliveries.bare,
    ENGINE: deliveries.engine,
    QUIET: deliveries.quiet,
    SLOW_DISK: deliveries.engine,
}
_SLOW_SYNC = Path(__file__).with_name("slow_sync.c")
_BESIDE = (deliveries.fill, deliveries.limit, deliveries.extend, deliveries.verify)
_RUNS: dict[str, Any] = {run.__name__: run for run in (*TURNS.values(), *_BESIDE)}


def main() -> int:
    """Print the figures; return 1 where ``--check`` finds a bar missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        name, folder, *more = asked.run
        receiver.pin(0)
        print(json.dumps(_RUNS[name](Path(folder), *more)))
        return 0
    with tempfile.TemporaryDirectory() as name:
        figures = _measure(Path(name), asked.deliveries, asked.rounds)
    missed = [name for name, bar in BARS.items() if _misses(name, figures[name], bar)]
    print(json.dumps({"figures": figures, "bars": BARS, "missed": missed}))
    return int(asked.check and bool(missed))


def _misses(name: str, figure: float, bar: float) -> bool:
    return figure > bar if name == "extra_mb" else figure < bar


def _measure(folder: Path, count: int, rounds: int) -> dict[str, float]:
    shim = _compiled(folder)
    keys = _process(folder, "fill", str(count))["keys"]
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in TURNS}
    with receiver.receiver() as url:
        limit = _process(folder, "limit", url)["per_s"]
        for _ in range(rounds):
            for name, run in TURNS.items():
                preload = shim if name == SLOW_DISK else None
                found = _process(folder, run.__name__, url, preload=preload)
                _count(name, keys, receiver.arrived(url))
                taken[name].append(found)
    _process(folder, "extend")
    taken[VERIFY] = [_process(folder, "verify") for _ in range(rounds)]
    print(f"{count} deliveries, medians of {rounds}; http.client {limit:.0f}/s")
    return _figures(taken)


def _figures(taken: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Print a row for each, and return what has a bar, and what is told beside it."""
    median = {
        name: {key: statistics.median(one[key] for one in many) for key in many[0]}
        for name, many in taken.items()
    }
    for name, row in median.items():
        shown = f"{row['per_s']:9.0f}/s {row['cpu_us']:7.1f} µs CPU {row['mb']:6.1f} MB"
        print(f"{name:26}{shown}")
    return {
        "of_bare_requests": round(_ratio(taken[ENGINE], taken[BARE]), 3),
        "of_quiet_requests": round(_ratio(taken[ENGINE], taken[QUIET]), 3),
        "engine_per_s": round(median[ENGINE]["per_s"]),
        "slow_disk_per_s": round(median[SLOW_DISK]["per_s"]),
        "extra_mb": round(median[ENGINE]["mb"] - median[BARE]["mb"], 1),
        "verified_per_s": round(median[VERIFY]["per_s"]),
    }


def _ratio(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> float:
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(a["per_s"] / b["per_s"] for a, b in pairs)


def _count(name: str, keys: list[str], arrived: dict[str, int]) -> None:
    """Make sure that every delivery arrived; of the engine's, each exactly once."""
    expected = dict.fromkeys(keys, 1)
    if name in {ENGINE, SLOW_DISK} and arrived != expected:
        differ = len(arrived.items() ^ expected.items())
        raise SystemExit(f"{name}: {differ} keys did not arrive exactly once")
    if sum(arrived.values()) != len(keys):
        raise SystemExit(f"{name}: {sum(arrived.values())} arrived, not {len(keys)}")


def _process(
    folder: Path, run: str, *more: str, preload: Path | None = None
) -> dict[str, Any]:
    environment = dict(os.environ)
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload)
    command = [sys.executable, __file__, "--run", run, str(folder), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _compiled(folder: Path) -> Path:
    if shutil.which("gcc") is None:
        raise SystemExit("gcc is missing: install gcc (make system)")
    library = folder / "slow_sync.so"
    options = ["-O2", "-shared", "-fPIC", "-o", str(library), str(_SLOW_SYNC), "-ldl"]
    subprocess.run(["gcc", *options], check=True)
    return library


if __name__ == "__main__":
    sys.exit(main())
