"""What it costs to begin: ``import govsync`` and ``govsync --help``.

Wall time of whole processes, interleaved with an empty Python, medians of eleven. The
last line is JSON; with ``--check`` the exit code is 1 where a bar is not met.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 11
GOVSYNC = str(Path(sys.executable).parent / "govsync")
COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "import": [sys.executable, "-c", "import govsync"],
    "model": [sys.executable, "-c", "from govsync import Record, convert, load"],
    "help": [GOVSYNC, "--help"],
}
BARS_MS = {"import": 150, "help": 300}


def milliseconds(command: list[str]) -> float:
    """Return how long a process took, in milliseconds."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - begin) * 1000


def main() -> int:
    """Print the medians; return 1 where a bar is not met and ``--check`` is given."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            taken[name].append(milliseconds(command))
    medians = {
        name: round(statistics.median(times), 1) for name, times in taken.items()
    }
    for name, median in medians.items():
        bar = f"  (bar {BARS_MS[name]} ms)" if name in BARS_MS else ""
        print(f"{name:8} {median:8.1f} ms{bar}")
    met = all(medians[name] <= bar for name, bar in BARS_MS.items())
    print(json.dumps({"medians_ms": medians, "bars_ms": BARS_MS, "met": met}))
    return int("--check" in sys.argv and not met)


if __name__ == "__main__":
    sys.exit(main())
