"""What anybody may read: the topic's start page, an item's page, an Atom feed.

Every text is escaped; a body is HTML that the model has cleaned
(:mod:`govsync.model.html`), and the pages forbid what acts (Content-Security-Policy).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from govsync.formats import Feed
from govsync.model import Record, RelationKind, State
from govsync.platform import store
from govsync.platform.calls import Reply
from govsync.platform.intake import public_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from govsync.model import Attachment
    from govsync.platform.office import Office

Page = Callable[["Office", Mapping[str, str]], Reply]
"""Makes a page, given what its path named."""

_ORIGINALS = {
    RelationKind.INTERPRETS: "解读的原文",
    RelationKind.ANSWERS: "回应的原文",
    RelationKind.FOLLOWS: "关联信息",
}
LINKED = 50
"""How many records that belong to it a page names."""
SHOWN = 100
"""How many records the start page and the feed show."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src http: https:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "font:1.05rem/1.8 system-ui,sans-serif}dl{display:grid;"
    "grid-template-columns:max-content 1fr;gap:0 1rem}dd{margin:0}"
    "table{border-collapse:collapse}td,th{border:1px solid;padding:.2rem .5rem}"
)


def home(office: Office, names: Mapping[str, str]) -> Reply:
    """The newest records, linked."""
    del names
    base = office.settings.base_url
    lines = (
        f'<li><a href="{escape(public_url(base, row.city, row.id))}">'
        f"{escape(record.title)}</a> {escape(record.issuer)}</li>"
        for row, record in _newest(office)
    )
    return _html(200, office.settings.title, f"<ul>{''.join(lines)}</ul>")


def item(office: Office, names: Mapping[str, str]) -> Reply:
    """One record; 410 where it was withdrawn, 404 where it never was."""
    with office.database.read() as tx:
        row = store.page(tx, names["city"], names["id"])
    if row is None:
        return _html(404, "没有这条信息", "")
    if row.record is None:
        return _html(410, State.WITHDRAWN.label, "<p>该信息已撤回。</p>")
    record = Record.model_validate(row.record)
    links = _links(office, names["city"], record)
    return _html(200, record.title, "".join((*_parts(record), *links)))


def feed(office: Office, names: Mapping[str, str]) -> Reply:
    """The newest records as an Atom feed; one that Atom cannot carry is left out."""
    from govsync.formats import atom

    del names
    settings = office.settings
    newest = _newest(office)
    about = Feed(
        title=settings.title,
        site=f"{settings.base_url}/",
        self_url=f"{settings.base_url}/feed.atom",
        updated=newest[0][0].at if newest else office.clock(),
    )
    out = BytesIO()
    left_out: list[str] = []
    records = [record for _, record in newest]
    atom.write(about, records, out, on_error=lambda e: left_out.append(e.record))
    headers = {"X-Left-Out": str(len(left_out))} if left_out else {}
    return Reply(
        status=200,
        content=out.getvalue(),
        media_type=atom.MEDIA_TYPE,
        headers=headers,
    )


PAGES: Mapping[str, Page] = {
    "/": home,
    "/feed.atom": feed,
    "/items/{city}/{id:path}": item,
}
"""Every public page, by path."""


def _newest(office: Office) -> Sequence[tuple[Row[Any], Record]]:
    with office.database.read() as tx:
        rows = store.newest_pages(tx, SHOWN)
    return [(row, Record.model_validate(row.record)) for row in rows]


def _parts(record: Record) -> Iterator[str]:
    facts = {
        "索引号": record.index_number,
        "文号": record.document_number,
        "发布机构": record.issuer,
        "发布日期": f"{record.published:%Y-%m-%d %H:%M}" if record.published else "",
        "公开事项": str(record.item or ""),
    }
    rows = (
        f"<dt>{name}</dt><dd>{escape(text)}</dd>"
        for name, text in facts.items()
        if text
    )
    yield f"<dl>{''.join(rows)}</dl>"
    yield f"<article>{record.body}</article>"
    if record.attachments:
        files = "".join(map(_attachment, record.attachments))
        yield f"<ul>{files}</ul>"
    if record.link.startswith(("http://", "https://")):
        yield f'<p><a href="{escape(record.link)}">原文</a></p>'


def _links(office: Office, city: str, record: Record) -> Iterator[str]:
    """Give what a record belongs to and what belongs to it, as far as they stand.

    原文 and 解读 must lead to each other (国办发〔2017〕47号).
    """
    relation = record.relation
    if relation and relation.target == record.id:
        relation = None
    with office.database.read() as tx:
        original = store.page(tx, city, relation.target) if relation else None
        rows = store.related_pages(tx, city, record.id, LINKED)
    base = office.settings.base_url
    lines = []
    if relation and original is not None and original.record is not None:
        target = Record.model_validate(original.record)
        lag = _lag(record.days_after(target), "本条")
        label = _ORIGINALS[relation.kind]
        lines.append(_link(public_url(base, city, target.id), label, target, lag))
    for row in rows:
        other = Record.model_validate(row.record)
        if other.relation and other.id != record.id:
            lag = _lag(other.days_after(record), "")
            address = public_url(base, city, other.id)
            lines.append(_link(address, other.relation.kind.label, other, lag))
    if lines:
        yield f"<section><h2>相关信息</h2><ul>{''.join(lines)}</ul></section>"


def _link(address: str, label: str, record: Record, lag: str) -> str:
    title = escape(record.title)
    return f'<li>{label}: <a href="{escape(address)}">{title}</a>{lag}</li>'


def _lag(days: int | None, who: str) -> str:
    """Say how long after its original something was published."""
    if days is None:
        return ""
    if days == 0:
        return f" ({who}同日发布)"
    return f" ({who}{'晚' if days > 0 else '早'} {abs(days)} 日发布)"


def _attachment(file: Attachment) -> str:
    name = escape(file.name or file.href)
    if not file.href.startswith(("http://", "https://")):
        return f"<li>{name}</li>"
    return f'<li><a href="{escape(file.href)}">{name}</a></li>'


def _html(status: int, title: str, inner: str) -> Reply:
    shown = escape(title)
    document = (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="alternate" type="application/atom+xml" href="/feed.atom">'
        f"<title>{shown}</title><style>{STYLE}</style></head>"
        f"<body><h1>{shown}</h1>{inner}</body></html>"
    )
    return Reply(
        status=status,
        content=document.encode(),
        media_type="text/html; charset=utf-8",
        headers=HEADERS,
    )
