"""Reports: what an inspector, a leader or the public reads, as of any day.

Facts (:mod:`~govsync.reports.gathering`) become figures, figures a
:class:`~govsync.reports.document.Report`, and that a page, a workbook, JSON or
Markdown. The same database and day give the same bytes: no clock is asked.
"""

from govsync.reports.document import Audience, Figure, Listing, Report, Section, Table
from govsync.reports.facts import Facts
from govsync.reports.gathering import Subject, gather
from govsync.reports.making import make
from govsync.reports.rendering import RENDERINGS, rendering_of

__all__ = [
    "RENDERINGS",
    "Audience",
    "Facts",
    "Figure",
    "Listing",
    "Report",
    "Section",
    "Subject",
    "Table",
    "gather",
    "make",
    "rendering_of",
]
