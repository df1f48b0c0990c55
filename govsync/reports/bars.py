"""Bars: a chart as inline SVG. Pure; text is escaped, numbers are whole."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govsync.reports.document import Bar, Chart

_ROW = 28
_LABEL = 260
_FULL = 360
_WIDTH = _LABEL + _FULL + 140
_LONGEST = 18
"""Characters of a label that fit before its bar; the title tells the whole."""


def svg(chart: Chart) -> str:
    """Return a horizontal bar chart; each bar is a part of the grey one behind it."""
    height = _ROW * max(1, len(chart.bars))
    rows = "".join(_bar(bar, _ROW * place) for place, bar in enumerate(chart.bars))
    return (
        f'<svg role="img" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(chart.title)}</title>{rows}</svg>"
    )


def _bar(bar: Bar, top: int) -> str:
    length = _FULL * bar.value // bar.of if bar.of else 0
    middle = top + _ROW // 2 + 5
    label = bar.label
    if len(label) > _LONGEST:
        label = f"{label[: _LONGEST - 1]}…"
    rate = f"{100 * bar.value // bar.of}% " if bar.of else ""
    return (
        f"<g><title>{escape(bar.label)}: {bar.value} / {bar.of}</title>"
        f'<text x="{_LABEL - 10}" y="{middle}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{_LABEL}" y="{top + 5}" width="{_FULL}" height="18" class="all"/>'
        f'<rect x="{_LABEL}" y="{top + 5}" width="{length}" height="18" class="part"/>'
        f'<text x="{_LABEL + _FULL + 10}" y="{middle}">'
        f"{rate}({bar.value}/{bar.of})</text></g>"
    )
