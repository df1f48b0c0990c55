"""The meta tags of the topic's pages (国办发〔2017〕47号). Pure.

What the tags are called and what a record says in them is
:mod:`govsync.formats.page_tags`; here is which page bears which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.formats.page_tags import (
    Column,
    Site,
    Tags,
    column_of,
    column_tags,
    content_tags,
    given,
    minute,
    site_tags,
)
from govsync.model import State
from govsync_adapters.city.slugs import page_of
from govsync_adapters.city.topic import area_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govsync.formats import Tombstone
    from govsync.model import Record
    from govsync_adapters.city.topic import About


def of_index(about: About, areas: Iterable[str]) -> Tags:
    """Return the tags of the home page."""
    column = Column(
        name=about.title,
        description=f"{about.title}:按领域公开决策、执行、管理、服务、结果信息",
        keywords=",".join((about.title, *areas)),
    )
    return given(_site(about), column_tags(column))


def of_area(about: About, area: str) -> Tags:
    """Return the tags of an area's page."""
    column = Column(
        name=area,
        description=f"{about.title}:{area}领域公开的信息",
        keywords=f"{area},{about.title}",
    )
    return given(_site(about), column_tags(column))


def of_record(about: About, record: Record) -> Tags:
    """Return the tags of a record's page."""
    column = column_of(record, about.title, area_of(record))
    content = content_tags(record, about.url(page_of(record.id)))
    return given(_site(about), column_tags(column), content)


def of_notice(about: About, grave: Tombstone) -> Tags:
    """Return the tags of the page that a withdrawn record leaves."""
    title = about.title
    column = Column(name=title, description=title, keywords=title)
    content = (
        ("ArticleTitle", State.WITHDRAWN.label),
        ("PubDate", minute(grave.when)),
        ("Url", about.url(page_of(grave.id))),
    )
    return given(_site(about), column_tags(column), content)


def _site(about: About) -> Tags:
    known = Site(name=about.site_name, domain=about.domain, id=about.site_id)
    return site_tags(known)
