"""The meta tags of government pages (国办发〔2017〕47号, 附件《网页设计规范》).

Each page bears the tags of its site, of its column, and, where it shows a record, of
its content. What the guideline demands (必选) and what it leaves open (可选) stands in
:data:`DEMANDED` and :data:`OPEN`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync.errors import FormatError
from govsync.formats.address import to_uri
from govsync.model import SHANGHAI, Step, Value
from govsync.model.catalog import Line
from govsync.model.html import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from govsync.formats.feed import Feed
    from govsync.model import Record

Tags = tuple[tuple[str, str], ...]
"""Names and contents of meta tags, in order."""

DEMANDED = (
    "SiteName SiteDomain SiteIDCode"
    " ColumnName ColumnDescription ColumnKeywords ColumnType"
    " ArticleTitle PubDate ContentSource"
).split()
"""Tags that a page of content must have."""
OPEN = ("Keywords", "Author", "Description", "Image", "Url")
"""Tags that it may have."""
LONGEST_DESCRIPTION = 200
"""Characters of a description that is taken from the body."""
BETWEEN_BODIES = "、"
COLUMN = "信息公开目录"
"""The column type of pages that no other type is for."""

_COLUMN_OF_STEP = {Step.INTERPRETATION: "政策解读", Step.RESPONSE: "回应关切"}
_DOCUMENTS = "政策文件"
_SITE_ID = re.compile(r"bm[0-9]{8}|[0-9]{10}")


class Site(Value):
    """What a site says of itself on each of its pages."""

    name: Line
    """网站规范名称."""
    domain: Line
    """英文域名."""
    id: Line = ""
    """网站标识码, such as 3100000087 or bm01000001; empty where it is not known."""


class Column(Value):
    """What a page says of the column (栏目) that it stands in."""

    name: Line
    description: Line
    keywords: Line
    kind: Line = COLUMN
    """栏目类别, of an open list."""


def site_of(feed: Feed) -> Site:
    """Return what is known of a site by its feed: no 网站标识码."""
    host = urlsplit(to_uri(feed.site) or "").hostname or ""
    return Site(name=feed.title, domain=host)


def check_site(site: Site) -> None:
    """Refuse a 网站标识码 that cannot be one.

    Raises:
        FormatError: It is neither ten digits nor ``bm`` and eight.
    """
    if site.id and not _SITE_ID.fullmatch(site.id):
        raise FormatError(
            f"{site.id!r} is no 网站标识码",
            field="site.id",
            mend="give ten digits, or bm and eight, or leave it empty",
        )


def site_tags(site: Site) -> Tags:
    """Return the tags of a site."""
    return (
        ("SiteName", site.name),
        ("SiteDomain", site.domain),
        ("SiteIDCode", site.id),
    )


def column_tags(column: Column) -> Tags:
    """Return the tags of a column."""
    return (
        ("ColumnName", column.name),
        ("ColumnDescription", column.description),
        ("ColumnKeywords", column.keywords),
        ("ColumnType", column.kind),
    )


def column_of(record: Record, topic: str, area: str) -> Column:
    """Return the column of a record: its area within a topic."""
    kind = _COLUMN_OF_STEP.get(record.step) or (
        _DOCUMENTS if record.document_number else COLUMN
    )
    return Column(name=area, description=f"{topic}:{area}", keywords=area, kind=kind)


def content_tags(record: Record, url: str) -> Tags:
    """Return the tags of a record's page.

    Args:
        record: What the page shows.
        url: The page's address; empty where it is not known.
    """
    bodies = filter(None, (record.issuer, *record.co_issuers))
    return (
        ("ArticleTitle", record.title),
        ("PubDate", minute(record.published or record.changed_at)),
        ("ContentSource", BETWEEN_BODIES.join(bodies)),
        ("Keywords", ",".join(filter(None, record.keywords))),
        ("Description", summary_of(record)),
        ("Url", url),
    )


def given(*groups: Tags) -> Tags:
    """Return the tags of some groups that say something, in order."""
    return tuple(tag for group in groups for tag in group if tag[1])


def minute(moment: datetime | None) -> str:
    """Return a moment as pages show it: ``2017-10-02 15:09``; empty for None."""
    if moment is None:
        return ""
    at = moment.astimezone(SHANGHAI).replace(tzinfo=None)
    return at.isoformat(" ", "minutes")


def summary_of(record: Record) -> str:
    """Return the summary of a record, or the beginning of its text."""
    if record.summary:
        return record.summary
    text = " ".join(text_of(record.body).split())
    cut = text[:LONGEST_DESCRIPTION]
    return cut if cut == text else f"{cut}…"
