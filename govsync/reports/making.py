"""Make a report of facts: which sections, for whom. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.reports import (
    annual,
    completion,
    coverage,
    feedback,
    inspection,
    interpretation,
    links,
    pilot,
    response,
    timeliness,
)
from govsync.reports.document import Audience, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.reports.document import Section
    from govsync.reports.facts import Facts


def _each(
    *makers: Callable[[Facts], Section],
) -> Callable[[Facts], tuple[Section, ...]]:
    return lambda facts: tuple(maker(facts) for maker in makers)


_SECTIONS: dict[Audience, Callable[[Facts], tuple[Section, ...]]] = {
    Audience.INSPECTION: _each(
        inspection.section,
        coverage.section,
        timeliness.section,
        completion.section,
        interpretation.section,
        response.section,
        feedback.section,
        links.section,
        completion.steps,
    ),
    Audience.LEADERS: _each(
        coverage.section,
        timeliness.section,
        completion.section,
        interpretation.section,
        completion.steps,
    ),
    Audience.ANNUAL: _each(
        annual.section,
        coverage.section,
        timeliness.section,
        feedback.section,
    ),
    Audience.PILOT: pilot.sections,
}


def make(facts: Facts, audience: Audience) -> Report:
    """Return the report for an audience; equal facts give an equal report."""
    withdrawn = len(facts.records) - len(facts.standing)
    return Report(
        audience=audience,
        title=f"{facts.city}{audience.label}",
        city=facts.city,
        as_of=facts.as_of,
        basis=(
            ("统计截止", f"{facts.as_of} 24:00 (北京时间)"),
            ("信息", f"{len(facts.records)} 条, 其中已撤回 {withdrawn} 条"),
            ("目录事项", f"{len(facts.catalogs.items)} 项"),
            ("目录摘要", facts.catalogs.digest),
            ("审计日志", f"截止时 {facts.entries} 条"),
            ("最近签名的日志根", facts.root or "无"),
        ),
        sections=_SECTIONS[audience](facts),
    )
