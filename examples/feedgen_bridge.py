"""Hand a county's records to feedgen, and read back what feedgen wrote.

Run it from anywhere: ``python examples/feedgen_bridge.py``. It needs the extra
``feedgen``, and writes ``pilot.atom`` and ``pilot.rss`` to the current folder.
"""

from __future__ import annotations

from pathlib import Path

from govsync import Feed, load
from govsync.formats import atom, rss
from govsync.formats.feedgen_bridge import fill, to_feedgen

COUNTY = Path(__file__).parent / "county"
FEED = Feed(title="密山市政务公开", site="https://www.city.example.gov.cn/")


def main() -> None:
    """Build, write and read back."""
    # What anybody may read. Whether it may go at all is asked of the rules: see
    # convert_and_screen.py.
    *most, last = (record.public() for record in load(COUNTY / "records.csv"))
    generator = to_feedgen(FEED, most, on_error=print)
    generator.logo("https://www.city.example.gov.cn/logo.png")

    entry = generator.add_entry(order="append")
    fill(entry, last)
    entry.rights("转载请注明来源")

    generator.atom_file("pilot.atom")
    generator.rss_file("pilot.rss")
    sent = [record for record in (*most, last) if not record.withdrawn]
    for module in (atom, rss):
        content = Path(f"pilot.{module.NAME}").read_bytes()
        same = list(module.read(content)) == sent
        came = "records came back as they went" if same else "records were changed"
        print(f"{module.NAME}: {len(sent)} {came}")


if __name__ == "__main__":
    main()
