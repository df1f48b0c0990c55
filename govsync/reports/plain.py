"""Plain: a report as JSON, whose schema is shipped (``schemas/report-1.json``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO

    from govsync.reports.document import Figure, Listing, Report, Section, Table

CAP = 1000
"""Rows of a list that the document holds; ``total`` says how many there are."""
SCHEMA = "https://govsync.example.org/schemas/report-1.json"
"""The name of the schema, for the member ``$schema``."""


def write(report: Report, out: IO[bytes]) -> None:
    """Write a report as UTF-8 JSON; equal reports give equal bytes."""
    text = json.dumps(content(report), ensure_ascii=False, indent=2)
    out.write(f"{text}\n".encode())


def content(report: Report) -> dict[str, Any]:
    """Return a report as plain data."""
    return {
        "$schema": SCHEMA,
        "audience": str(report.audience),
        "title": report.title,
        "city": report.city,
        "as_of": report.as_of.isoformat(),
        "basis": dict(report.basis),
        "sections": [_section(one) for one in report.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "notes": list(section.notes),
        "text": list(section.text),
        "figures": [_figure(one) for one in section.figures],
        "tables": [_table(one) for one in section.tables],
        "lists": [_listing(one) for one in section.listings],
    }


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "value": one.value,
        "of": one.of,
        "unit": one.unit,
        "note": one.note,
        "list": one.listing,
    }


def _table(one: Table) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "header": list(one.header),
        "rows": [list(row) for row in one.rows],
        "lists": list(one.links),
    }


def _listing(one: Listing) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "total": one.total,
        "rows": [list(row) for row in one.rows[:CAP]],
    }
