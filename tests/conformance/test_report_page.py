"""A report's page in a browser: its bars have their lengths, its text is there."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from support.browser import Pixel, chromium, picture_of, text_of

from govsync.reports import Audience, Report, Section, page
from govsync.reports.document import Bar, Chart, Figure, Listing

MAIN: Pixel = (0xA3, 0x19, 0x1F)
BEHIND: Pixel = (0xE8, 0xE8, 0xE8)
ROW = ("n-1", "任务分配结果", "<b>2026-03-03</b> 发布")


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    both = (Bar(label="甲", value=4, of=4), Bar(label="乙", value=1, of=4))
    section = Section(
        key="s",
        title="目录覆盖",
        figures=(Figure(key="f", label="已覆盖", value=5, of=8, listing="s-l"),),
        charts=(Chart(title="覆盖率", bars=both),),
        listings=(Listing(key="s-l", title="清单", rows=(ROW,), total=1),),
    )
    report = Report(
        audience=Audience.INSPECTION,
        title="示例市",
        city="示例市",
        as_of=date(2026, 3, 31),
        sections=(section,),
    )
    path = tmp_path / "report.html"
    with path.open("wb") as out:
        page.write(report, out)
    return path


def bars(rows: list[list[Pixel]], colour: Pixel) -> list[int]:
    """The lengths of the bars of a colour, from the top: what is thick and long."""
    runs = [
        max((len([*same]) for one, same in groupby(row) if one == colour), default=0)
        for row in rows
    ]
    # Lines of one bar are alike; the rules of a page and its links are thin.
    alike = [(length, len([*lines])) for length, lines in groupby(runs)]
    return [length for length, thick in alike if length and thick >= 10]


def test_bars_are_as_long_as_their_rates(shown: Path) -> None:
    rows = picture_of(shown, width=1000, height=900)
    whole, quarter = bars(rows, MAIN)
    (behind,) = bars(rows, BEHIND)

    assert whole == pytest.approx(360, abs=2)
    assert quarter == pytest.approx(whole / 4, abs=2)
    assert quarter + behind == pytest.approx(whole, abs=2)


def test_the_browser_reads_the_text_and_takes_none_of_it_for_marks(shown: Path) -> None:
    text = text_of(shown)

    assert "5 / 8 条" in text
    assert "62.5%" in text
    assert "&lt;b&gt;2026-03-03&lt;/b&gt; 发布" in text


def test_it_prints_on_pages(shown: Path) -> None:
    printed = shown.with_suffix(".pdf")
    chromium(shown, f"--print-to-pdf={printed}", "--no-pdf-header-footer")
    content = printed.read_bytes()

    assert content.startswith(b"%PDF-")
    assert b"/Type /Page\n" in content
