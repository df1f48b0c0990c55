"""Our Atom against its RELAX NG profile, and the profile against known faults."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from lxml import etree
from support.formats import any_record, awkward, full, plain, withdrawn, written

from govsync.formats import atom

if TYPE_CHECKING:
    from govsync.model import Record

PROFILE = etree.RelaxNG(
    etree.fromstring(
        files("govsync.formats").joinpath("schemas/atom-1.rng").read_bytes()
    )
)


def holds(content: bytes) -> bool:
    return bool(PROFILE.validate(etree.fromstring(content)))


def test_a_feed_keeps_the_profile() -> None:
    assert holds(written("atom", awkward())), PROFILE.error_log


@pytest.mark.parametrize("record", [full(), plain(), withdrawn()], ids=str)
def test_an_entry_keeps_the_profile(record: Record) -> None:
    assert holds(atom.entry(record)), PROFILE.error_log


@settings(max_examples=50)
@given(record=any_record())
def test_any_record_keeps_the_profile(record: Record) -> None:
    assert holds(atom.entry(record)), PROFILE.error_log


@pytest.mark.parametrize(
    ("sound", "faulty"),
    [
        (f"<id>{full().uri}</id>", ""),
        (f"<id>{full().uri}</id>", "<id>no iri</id>"),
        ("<updated>2026-03-05T09:02:03.000456+08:00</updated><pub", "<pub"),
        ("09:02:03.000456+08:00</updated><pub", "09:02:03</updated><pub"),
        ("<author><name>示例市人民政府</name></author>\n", ""),
        ('content type="html"', 'content type="CDATA"'),
        ('content type="html"', 'content type="xhtml"'),
        ('xml:lang="zh-CN"', 'xml:lang="zh_CN"'),
        ('rel="enclosure"', 'rel="alternate"'),
        ('term="征地"', ""),
        (' when="2026-03-06T08:00:00+08:00"', ""),
        ("</entry>\n</feed>", '</entry><at:deleted-entry ref="a:b"/></feed>'),
        ("https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&amp;b=2", "/1.html"),
    ],
)
def test_the_profile_finds_faults(sound: str, faulty: str) -> None:
    content = written("atom", [full(), withdrawn()]).decode()
    assert holds(content.encode())
    assert sound in content

    assert not holds(content.replace(sound, faulty).encode())


def test_an_entry_without_content_or_alternate_is_found() -> None:
    content = atom.entry(plain()).replace(b'<content type="html"></content>', b"")

    assert not holds(content)
