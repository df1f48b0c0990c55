"""The meta tags of a page (政府网站发展指引, 国办发〔2017〕47号, 网页设计规范). Pure.

Each page bears the tags of the site, of its column, and, where it shows a record, of
its content. ``PubDate`` is ``YYYY-MM-DD HH:MM``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import SHANGHAI, State, Step
from govsync.model.html import text_of
from govsync_adapters.city.slugs import page_of
from govsync_adapters.city.topic import area_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from govsync.formats import Tombstone
    from govsync.model import Record
    from govsync_adapters.city.topic import About

Tags = tuple[tuple[str, str], ...]
"""Names and contents of meta tags, in order."""

LONGEST_DESCRIPTION = 200
"""Characters of a description that is taken from the body."""
_COLUMN = "信息公开目录"
_COLUMN_OF_STEP = {Step.INTERPRETATION: "政策解读", Step.RESPONSE: "回应关切"}


def of_index(about: About, areas: Iterable[str]) -> Tags:
    """Return the tags of the home page."""
    column = about.title
    description = f"{column}:按领域公开决策、执行、管理、服务、结果信息"
    keywords = ",".join((column, *areas))
    return _given(_site(about), _column(column, description, keywords, _COLUMN))


def of_area(about: About, area: str) -> Tags:
    """Return the tags of an area's page."""
    description = f"{about.title}:{area}领域公开的信息"
    keywords = f"{area},{about.title}"
    return _given(_site(about), _column(area, description, keywords, _COLUMN))


def of_record(about: About, record: Record) -> Tags:
    """Return the tags of a record's page."""
    area = area_of(record)
    kind = _COLUMN_OF_STEP.get(record.step) or (
        "政策文件" if record.document_number else _COLUMN
    )
    content = (
        ("ArticleTitle", record.title),
        ("PubDate", minute(record.published or record.changed_at)),
        ("ContentSource", "、".join((record.issuer, *record.co_issuers)).strip("、")),
        ("Keywords", ",".join(record.keywords)),
        ("Description", summary_of(record)),
        ("Url", about.url(page_of(record.id))),
    )
    column = _column(area, f"{about.title}:{area}", area, kind)
    return _given(_site(about), column, content)


def of_notice(about: About, grave: Tombstone) -> Tags:
    """Return the tags of the page that a withdrawn record leaves."""
    content = (
        ("ArticleTitle", State.WITHDRAWN.label),
        ("PubDate", minute(grave.when)),
        ("Url", about.url(page_of(grave.id))),
    )
    column = _column(about.title, about.title, about.title, _COLUMN)
    return _given(_site(about), column, content)


def minute(moment: datetime | None) -> str:
    """Return a moment as pages show it: ``2017-10-02 15:09``; empty for None."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


def summary_of(record: Record) -> str:
    """Return the summary of a record, or the beginning of its text."""
    if record.summary:
        return record.summary
    text = " ".join(text_of(record.body).split())
    cut = text[:LONGEST_DESCRIPTION]
    return cut if cut == text else f"{cut}…"


def _site(about: About) -> Tags:
    return (
        ("SiteName", about.site_name),
        ("SiteDomain", about.domain),
        ("SiteIDCode", about.site_id),
    )


def _column(name: str, description: str, keywords: str, kind: str) -> Tags:
    return (
        ("ColumnName", name),
        ("ColumnDescription", description),
        ("ColumnKeywords", keywords),
        ("ColumnType", kind),
    )


def _given(*groups: Tags) -> Tags:
    return tuple(tag for group in groups for tag in group if tag[1])
