"""The summary of a pilot: figures in their places, the rest left to the drafter."""

from __future__ import annotations

from datetime import date

from support.reports import at, fact, facts, live

from govsync.reports import Audience, make, pilot


def text(*records: object, **changes: object) -> str:
    report = make(facts(*records, **changes), Audience.PILOT)  # type: ignore[arg-type]
    return "\n".join(one for section in report.sections for one in section.text)


def test_every_place_is_filled_with_its_figure() -> None:
    late = fact("n-2", formed=date(2026, 1, 5), published=at("2026-03-03"))
    said = text(fact(), late, holdings={"n-1": (live(),)})

    assert "{" not in said
    assert "1 个领域, 1 项事项" in said
    assert "目录事项已覆盖 1 / 1 项 (100.0%)" in said
    assert "逾期公开 1 / 2 条 (50.0%)" in said


def test_what_no_figure_tells_is_left_to_the_drafter() -> None:
    assert all("〔待填写" in "".join(one.text) for one in pilot.chapters())
    assert text().count("〔待填写") == text(fact()).count("〔待填写")


def test_the_results_show_the_areas() -> None:
    report = make(facts(fact()), Audience.PILOT)
    results = next(one for one in report.sections if one.key == "results")

    assert [one.key for one in results.tables] == ["areas"]
    assert results.charts
