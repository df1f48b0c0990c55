"""How fast text is screened for numbers of persons, and whether linearly.

CPU time of one core, the best of five. The last line is JSON; with ``--check`` the exit
code is 1 where a bar is not met.
"""

from __future__ import annotations

import json
import random
import sys
import time

from govsync.rules.numbers import scan

BAR_MB_S = 20.0
BAR_GROWTH = 2.6
"""At most, for twice as much text."""
ROUNDS = 5
_PROSE = (
    "为推进基层政务公开标准化规范化,现将2018年农村危房改造补助资金14500元发放情况"
    "公示如下,公示期2018-07-03至2018-07-11,监督电话0467-5230000。"
)


def texts(size: int) -> dict[str, str]:
    """Return texts without numbers of persons; each grows with the size."""
    rng = random.Random(20260303)
    sums = [str(rng.randint(1, 10 ** rng.randint(1, 7))) for _ in range(size)]
    rows = (" ".join(sums[i : i + 6]) for i in range(0, size, 6))
    return {
        "prose": _PROSE * (size // 20),
        "statistics": "\n".join(f"密山镇某村 {row}" for row in rows),
        "sums": " ".join(sums),
        "aligned": "  ".join(sums),
        "digits": "".join(sums),
    }


def seconds(text: str) -> float:
    """Return the least CPU time that a scan took."""
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        sum(1 for _ in scan(text))
        taken.append(time.process_time() - begin)
    return min(taken)


def main() -> int:
    """Print a row for each text; return 1 where a bar is missed with ``--check``."""
    small, large = texts(200_000), texts(400_000)
    speeds, growths = {}, {}
    for name, text in large.items():
        took = seconds(text)
        speeds[name] = round(len(text.encode()) / took / 1e6, 1)
        growths[name] = round(took / seconds(small[name]), 2)
        print(f"{name:12} {speeds[name]:8.1f} MB/s  {growths[name]:5.2f} times for two")
    met = min(speeds.values()) >= BAR_MB_S and max(growths.values()) <= BAR_GROWTH
    bars = {"mb_s": BAR_MB_S, "growth": BAR_GROWTH}
    print(json.dumps({"mb_s": speeds, "growth": growths, "bars": bars, "met": met}))
    return int("--check" in sys.argv and not met)


if __name__ == "__main__":
    sys.exit(main())
