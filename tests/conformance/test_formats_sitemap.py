"""Sitemaps against a schema written from sitemaps.org."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support import formats as support
from support.formats import FEED, MOMENTS, TEXT, any_record, full, plain, written

from govsync.formats import sitemap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Record

SCHEMA = etree.XMLSchema(
    etree.parse(str(Path(support.__file__).with_name("schemas") / "sitemap.xsd"))
)
PAGES = st.builds("https://www.example.gov.cn/{}".format, TEXT)


def check(content: bytes) -> None:
    SCHEMA.assertValid(etree.fromstring(content))


def test_a_sitemap_keeps_its_schema() -> None:
    check(written("sitemap", [full(), plain(link=FEED.site)]))


@settings(max_examples=60)
@given(record=any_record(link=PAGES, updated=st.none() | MOMENTS))
def test_any_page_keeps_the_schema(record: Record) -> None:
    check(written("sitemap", [record]))


def test_an_index_keeps_the_schema() -> None:
    made: dict[str, bytes] = {}

    @contextmanager
    def opened(name: str) -> Iterator[BinaryIO]:
        out = BytesIO()
        yield out
        made[name] = out.getvalue()

    pages = (
        plain(id=f"n{number}", link=f"{FEED.site}{number}") for number in range(50_001)
    )
    sitemap.write_all(FEED, pages, opened)

    assert len(made) == 3
    for content in made.values():
        check(content)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"<loc>https", b"<loc>ftp"),
        (b"T09:02:03", b" 09:02:03"),
        (b"<lastmod>", b"<priority>1</priority><lastmod>"),
        (b"</url>\n", b"</url><url><loc>https://www.example.gov.cn/</loc></url>" * 2),
    ],
)
def test_the_schema_finds_what_is_wrong(good: bytes, bad: bytes) -> None:
    content = written("sitemap", [full()])
    assert good in content

    with pytest.raises((etree.DocumentInvalid, etree.XMLSyntaxError)):
        check(content.replace(good, bad))
