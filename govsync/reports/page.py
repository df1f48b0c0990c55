"""Page: a report as one HTML file that needs no script and asks for nothing else."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from govsync.reports.bars import svg

if TYPE_CHECKING:
    from typing import IO

    from govsync.reports.document import Report

CAP = 200
"""Rows of a list that a page shows; the page says how many there are."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy: the style in the page, and nothing else."""


def write(report: Report, out: IO[bytes]) -> None:
    """Write a report as UTF-8 HTML; equal reports give equal bytes."""
    from jinja2 import Environment
    from markupsafe import Markup

    templates = files(__package__) / "templates"
    environment = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string(
        (templates / "report.html").read_text(encoding="utf-8")
    )
    style = (templates / "report.css").read_text(encoding="utf-8")
    shown = template.generate(
        report=report,
        cap=CAP,
        policy=POLICY,
        # Safe: a shipped file, and SVG whose texts are escaped.
        style=Markup(style),  # noqa: S704
        svg=lambda chart: Markup(svg(chart)),  # noqa: S704
    )
    out.writelines(part.encode() for part in shown)
