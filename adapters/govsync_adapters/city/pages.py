"""The topic's pages: plain HTML without a script, by Jinja2 templates. Pure.

Every text is escaped; a body is HTML that the model has cleaned
(:mod:`govsync.model.html`), and a policy in each page forbids what acts. The bytes
depend on the topic alone: no clock, no order of arrival.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from govsync.formats.address import to_uri
from govsync.formats.page_tags import minute
from govsync.model import State, canonical_json, digest_of
from govsync_adapters.city import metadata
from govsync_adapters.city.slugs import area_page, memory_of, page_of
from govsync_adapters.city.topic import area_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from govsync.formats import Tombstone
    from govsync.model import Attachment, Record
    from govsync_adapters.city.topic import About, Entry, Link, Topic

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' http: https:;"
    " base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy: our own style, the images of bodies, and nothing else."""
SHOWN = 20
"""How many records of an area the home page shows."""
_BELOW = "../"
_TEMPLATES = files("govsync_adapters.city") / "templates"
_TAG = re.compile(r'<(?:a|img)(?: [a-z]+="[^"]*")*>')
_ADDRESS = re.compile(r' (href|src)="([^"]*)"')
_UNITS = ("字节", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Pages:
    """Renders the pages of a topic that says this of itself."""

    about: About

    @cached_property
    def layout(self) -> str:
        """A digest of what the pages are made with: equal for equal looks."""
        sources = {
            part.name: digest_of(part.read_bytes()) for part in _TEMPLATES.iterdir()
        }
        about = self.about.model_dump(mode="json")
        return digest_of(canonical_json([sources, about, POLICY]))

    @cached_property
    def style(self) -> bytes:
        """The one style sheet."""
        return (_TEMPLATES / "style.css").read_bytes()

    def of(self, entry: Entry, links: Sequence[Link] = ()) -> bytes:
        """Return the page of what is held of a record.

        Args:
            entry: A record's public view, or its tombstone.
            links: The records that it belongs to, or that belong to it.
        """
        from govsync.model import Record

        if isinstance(entry, Record):
            return self._record(entry, links)
        return self._notice(entry)

    def index(self, topic: Topic) -> bytes:
        """Return the home page: by area, newest first."""
        return self._page(
            "index.html",
            path="index.html",
            heading=self.about.title,
            tags=metadata.of_index(self.about, topic.areas),
            areas=topic.areas,
            shown=SHOWN,
        )

    def area(self, area: str, records: Sequence[Record]) -> bytes:
        """Return the page of one area: all of its records, newest first."""
        return self._page(
            "area.html",
            path=area_page(area),
            heading=area,
            tags=metadata.of_area(self.about, area),
            records=records,
        )

    def _record(self, record: Record, links: Sequence[Link]) -> bytes:
        from markupsafe import Markup

        path = page_of(record.id)
        url = self.about.url(path)
        base = record.link or url
        original = to_uri(record.link)
        return self._page(
            "record.html",
            path=path,
            heading=record.title,
            tags=metadata.of_record(self.about, record),
            record=record,
            area=area_of(record),
            facts=tuple(_facts(record)),
            # Safe: a record's body has passed the one cleaner.
            body=Markup(_absolute(record.body, base)),  # noqa: S704
            attachments=[_attachment(one, base) for one in record.attachments],
            links=links,
            original=original if original != url else None,
        )

    def _notice(self, grave: Tombstone) -> bytes:
        return self._page(
            "notice.html",
            path=page_of(grave.id),
            heading=State.WITHDRAWN.label,
            tags=metadata.of_notice(self.about, grave),
            grave=grave,
        )

    def _page(self, template: str, *, path: str, **said: Any) -> bytes:
        markup = (
            _environment()
            .get_template(template)
            .render(
                about=self.about,
                url=self.about.url(path),
                root=_BELOW * path.count("/"),
                policy=POLICY,
                **said,
            )
        )
        return markup.encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: (_TEMPLATES / name).read_text(encoding="utf-8")
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "area_page": area_page,
        "memory_of": memory_of,
        "minute": minute,
        "page_of": page_of,
    }
    return environment


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    """Give the rows of a record's head table that have something to say."""
    issuers = "、".join(filter(None, (record.issuer, *record.co_issuers)))
    audience = record.audience
    rows = (
        ("索引号", record.index_number),
        ("文号", record.document_number),
        ("发布机构", issuers),
        ("成文日期", str(record.formed or "")),
        ("印发日期", str(record.issued or "")),
        ("发布日期", minute(record.published)),
        ("公开事项", str(record.item or "")),
        ("公开环节", record.step.label),
        ("公开类别", record.stage.label if record.stage else ""),
        ("公开方式", record.mode.label),
        ("公开对象", audience.note or audience.scope.label),
        ("主题词", " ".join(record.keywords)),
    )
    return ((name, value) for name, value in rows if value)


def _attachment(attachment: Attachment, base: str) -> dict[str, str | None]:
    size = attachment.size
    return {
        "name": attachment.name or attachment.href,
        # The model does not look at these addresses: only the web's are links.
        "address": to_uri(_joined(base, attachment.href)),
        "size": "" if size is None else _size(size),
    }


def _size(size: int) -> str:
    """Return a number of bytes for a reader: ``451 KB``."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    digits = 1 if unit and amount < 10 else 0
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def _absolute(body: str, base: str) -> str:
    """Return a body with addresses as from the page that it first stood on."""

    def joined(found: re.Match[str]) -> str:
        name, given = found[1], unescape(found[2])
        if given.startswith("#"):
            return found[0]
        return f' {name}="{escape(_joined(base, given))}"'

    return _TAG.sub(lambda tag: _ADDRESS.sub(joined, tag[0]), body)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # a host that cannot be one leads nowhere from here too
        return address
