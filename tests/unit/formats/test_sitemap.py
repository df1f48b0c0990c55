"""The limits of sitemaps, and what may stand in one."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import pytest
from support.formats import FEED, full, plain, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import sitemap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Record

SITE = "https://www.example.gov.cn"


class Folder(dict[str, bytes]):
    """A directory in memory: each file is written once, whole."""

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        assert name not in self
        out = BytesIO()
        yield out
        self[name] = out.getvalue()


def page(number: int, path: str = "") -> Record:
    return plain(id=f"n{number}", link=f"{SITE}/{path}{number}.html")


def test_an_address_is_percent_encoded_then_escaped() -> None:
    record = plain(link=f"{SITE}/公告?a='1'&b=2")

    content = written("sitemap", [record])

    assert b"/%E5%85%AC%E5%91%8A?a=&apos;1&apos;&amp;b=2</loc>" in content


def test_the_date_is_of_the_latest_change_without_fractions() -> None:
    content = written("sitemap", [full()])

    assert b"<lastmod>2026-03-05T09:02:03+08:00</lastmod>" in content


def test_a_page_without_a_date_stands_without_one() -> None:
    content = written("sitemap", [page(1).changed(published=None)])

    assert b"lastmod" not in content
    assert content.count(b"<url>") == 1


def test_withdrawn_records_are_left_out_and_pages_stand_once() -> None:
    out = BytesIO()
    records = [page(1), plain(id="same", link=page(1).link), withdrawn()]

    assert sitemap.write(FEED, records, out) == 1
    assert out.getvalue().count(b"<url>") == 1


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "no web address"),
        ("页面/1.html", "no web address"),
        ("https://other.example.gov.cn/1", "another host"),
        ("http://www.example.gov.cn/1", "another host"),
        ("https://www.example.gov.cn:8443/1", "another host"),
        (f"{SITE}/{'公' * 230}", "more than 2047"),
    ],
)
def test_a_page_that_may_not_stand_is_refused_by_name(link: str, said: str) -> None:
    errors: list[FormatError] = []
    record = plain(id="bad", link=link)

    content = written("sitemap", [record, page(1)], on_error=errors.append)

    assert content.count(b"<url>") == 1
    assert [(error.record, error.field) for error in errors] == [("bad", "link")]
    assert said in errors[0].message
    assert errors[0].mend
    with pytest.raises(FormatError, match=said):
        written("sitemap", [record])


def test_a_host_is_the_same_in_capitals() -> None:
    content = written("sitemap", [plain(link="https://WWW.example.gov.cn/1")])

    assert content.count(b"<url>") == 1


def test_a_sitemap_of_nothing_is_refused() -> None:
    for records in ([], [withdrawn()]):
        with pytest.raises(FormatError, match="no record that stands has a page"):
            written("sitemap", records)


def test_more_addresses_than_a_file_holds_are_refused_in_one() -> None:
    out = BytesIO()

    with pytest.raises(FormatError, match="50000 addresses") as caught:
        sitemap.write(FEED, map(page, range(50_001)), out)

    assert "write_all" in caught.value.mend
    assert out.getvalue() == b""


def test_what_one_file_holds_needs_no_index() -> None:
    folder = Folder()

    assert sitemap.write_all(FEED, [page(1), page(2)], folder.open) == 2
    assert folder == {"sitemap.xml": written("sitemap", [page(1), page(2)])}


def test_more_than_one_file_holds_is_written_with_an_index() -> None:
    folder = Folder()
    records = (page(number) for number in range(100_001))

    assert sitemap.write_all(FEED, records, folder.open) == 100_001

    # The index comes last: whoever reads it finds what it names.
    assert [*folder] == [*(f"sitemap-{n}.xml" for n in (1, 2, 3)), "sitemap.xml"]
    sizes = [content.count(b"<url>") for content in folder.values()]
    assert sizes == [50_000, 50_000, 1, 0]
    assert f"<loc>{SITE}/sitemap-3.xml</loc><lastmod>".encode() in folder["sitemap.xml"]


def test_no_file_is_longer_than_fifty_megabytes() -> None:
    folder = Folder()
    long = "x" * 1900 + "/"
    records = (page(number, long) for number in range(28_000))

    assert sitemap.write_all(FEED, records, folder.open) == 28_000

    assert [*folder] == ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    assert 52_420_000 < len(folder["sitemap-1.xml"]) <= 52_428_800
