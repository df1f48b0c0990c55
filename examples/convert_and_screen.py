"""Read a county's export, ask the rules what may go, and write what may as a feed.

Run it from anywhere: ``python examples/convert_and_screen.py``. It prints what is kept
back and why, and writes ``pilot.atom`` and ``pilot.xml`` to the current folder.
"""

from __future__ import annotations

from pathlib import Path

from govsync import Feed, convert, load, load_catalogs
from govsync.model import ChannelCode, Severity
from govsync.rules import Destination, screen

COUNTY = Path(__file__).parent / "county"
SITE = Destination(name="site", serves=ChannelCode.GOV_SITE, without_item=True)
FEED = Feed(title="密山市政务公开", site="https://www.city.example.gov.cn/")


def main() -> None:
    """Screen and convert."""
    catalogs = load_catalogs(COUNTY / "catalog.xlsx").catalogs
    records = load(COUNTY / "records.csv")
    passed = []
    for record in records:
        screening = screen(record, catalogs=catalogs, destinations=[SITE])
        if screening.channels:
            # What anybody may read: no reviewers, no columns we do not know.
            passed.append(record.public())
            continue
        grave = [f for f in screening.findings if f.severity is not Severity.WARN]
        print(f"kept back: {grave[0]}")
    for problem in records.problems:
        print(problem)
    for form in ("atom", "xml"):
        number = convert(passed, form, f"pilot.{form}", feed=FEED)
        print(f"{number} of {records.rows} records in pilot.{form}")


if __name__ == "__main__":
    main()
