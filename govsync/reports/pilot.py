"""Pilot: the skeleton of a summary (试点工作总结), filled with the figures.

The words are data (``pilot.toml``). What no figure tells is left to the drafter and
marked so.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from govsync.reports import (
    completion,
    coverage,
    feedback,
    interpretation,
    timeliness,
)
from govsync.reports.document import Figure, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govsync.reports.facts import Facts

_PLACE = re.compile(r"\{(?P<figure>[a-z]+\.[a-z-]+)\}")
_TOLD = (
    coverage.section,
    timeliness.section,
    completion.section,
    interpretation.section,
    feedback.section,
    completion.steps,
)


class Chapter(NamedTuple):
    """One chapter of the skeleton."""

    key: str
    title: str
    text: tuple[str, ...]
    show: str = ""
    """The section whose charts and first table stand in it; empty: none."""


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters that govsync ships."""
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath("pilot.toml").read_text(encoding="utf-8")
    return tuple(
        Chapter(one["key"], one["title"], tuple(one["text"]), one.get("show", ""))
        for one in tomllib.loads(text)["chapters"]
    )


def sections(facts: Facts) -> tuple[Section, ...]:
    """Return the chapters as sections, each place filled with its figure.

    Raises:
        KeyError: A chapter names a figure that no section has.
    """
    told = {one.key: one for one in (make(facts) for make in _TOLD)}
    figures = {
        f"{section.key}.{figure.key}": figure
        for section in told.values()
        for figure in section.figures
    }
    figures |= {f"facts.{one.key}": one for one in _counts(facts)}
    return tuple(_section(one, told, figures) for one in chapters())


def _section(
    chapter: Chapter, told: Mapping[str, Section], figures: Mapping[str, Figure]
) -> Section:
    shown = told[chapter.show] if chapter.show else None
    return Section(
        key=chapter.key,
        title=chapter.title,
        text=tuple(_filled(paragraph, figures) for paragraph in chapter.text),
        charts=shown.charts if shown else (),
        tables=shown.tables[:1] if shown else (),
    )


def _filled(paragraph: str, figures: Mapping[str, Figure]) -> str:
    return _PLACE.sub(lambda place: _words(figures[place["figure"]]), paragraph)


def _words(figure: Figure) -> str:
    return f"{figure.shown} ({figure.percent})" if figure.percent else figure.shown


def _counts(facts: Facts) -> tuple[Figure, ...]:
    areas = {item.ref.area for item in facts.catalogs.items}
    withdrawn = len(facts.records) - len(facts.standing)
    told = (
        ("areas", "领域", len(areas), "个领域"),
        ("items", "事项", len(facts.catalogs.items), "项事项"),
        ("records", "信息", len(facts.records), "条"),
        ("withdrawn", "已撤回", withdrawn, "条"),
        ("channels", "渠道", len(facts.channels), "个"),
    )
    return tuple(
        Figure(key=key, label=label, value=value, unit=unit)
        for key, label, value, unit in told
    )
