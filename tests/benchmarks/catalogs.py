"""What catalogs cost: 26 areas of 60 rows, read, exported, and read back equal.

Medians of five, of one process. The last line is JSON; with ``--check`` the exit code
is 1 where a bar is not met or what was written does not read back.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from govsync.catalogs import writing
from govsync.model import (
    Audience,
    Catalog,
    Catalogs,
    ChannelCode,
    ChannelDemand,
    Demand,
    Item,
    ItemRef,
    Level,
    Mode,
)
from govsync.sources import read_catalogs

AREAS, ROWS, ROUNDS, LOOKUPS = 26, 60, 5, 100_000
BARS_S = {"read": 2.0, "look_up": 2.0}


def item(area: str, row: int) -> Item:
    """Return a row with all thirteen boxes and a content of several lines."""
    demands = (Demand.REQUIRED, Demand.OPTIONAL)
    return Item(
        ref=ItemRef(area=area, level1=f"一级{row // 5}", level2=f"二级{row}"),
        number=str(row + 1),
        content="\n".join(f"{n}.法律、法规、规章和规范性文件;" for n in range(1, 6)),
        basis=("《中华人民共和国政府信息公开条例》(国令第711号)", "《土地管理法》"),
        deadline="自该信息形成或者变更之日起20个工作日内予以公开",
        bodies=("县(市、区)自然资源主管部门",),
        channels=tuple(
            ChannelDemand(code=code, demand=demands[(row + place) % 2])
            for place, code in enumerate(ChannelCode)
        ),
        audience=(Audience(),),
        modes=(Mode.PROACTIVE,),
        levels=(Level.COUNTY, Level.TOWN),
    )


def catalogs() -> Catalogs:
    """Return the catalogs that are measured."""
    areas = [f"领域{number}" for number in range(1, AREAS + 1)]
    return Catalogs(
        catalogs=tuple(
            Catalog(
                area=area,
                title=f"示例市{area}标准目录",
                valid_from=date(2025, 1, 1),
                items=tuple(item(area, row) for row in range(ROWS)),
            )
            for area in areas
        )
    )


def median_s(work: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return round(statistics.median(taken), 3)


def main() -> int:
    """Print the medians; return 1 where a bar is not met and ``--check`` is given."""
    given = catalogs()
    refs = [one.ref for one in given.items]
    day = date(2026, 1, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.xlsx"
        medians = {
            "write": median_s(lambda: writing.write(given, path)),
            "read": median_s(lambda: read_catalogs(path)),
            "look_up": median_s(
                lambda: [given.find(refs[n % len(refs)], day) for n in range(LOOKUPS)]
            ),
        }
        equal = read_catalogs(path).catalogs == given
    for name, median in medians.items():
        bar = f"  (bar {BARS_S[name]} s)" if name in BARS_S else ""
        print(f"{name:8} {median:8.3f} s{bar}")
    met = equal and all(medians[name] <= bar for name, bar in BARS_S.items())
    told = {"medians_s": medians, "bars_s": BARS_S, "equal": equal, "met": met}
    print(json.dumps(told))
    return int("--check" in sys.argv and not met)


if __name__ == "__main__":
    sys.exit(main())
