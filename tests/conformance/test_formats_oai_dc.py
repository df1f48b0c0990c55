"""Dublin Core and its list against schemas written from the standards' texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from lxml import etree
from support import formats as support
from support.formats import IDS, MOMENTS, any_record, awkward, full, written

from govsync.formats import oai_dc
from govsync.model import Record

if TYPE_CHECKING:
    from datetime import datetime

SCHEMAS = Path(support.__file__).with_name("schemas")
LIST = etree.XMLSchema(etree.parse(str(SCHEMAS / "oai_pmh.xsd")))
ALONE = etree.XMLSchema(etree.parse(str(SCHEMAS / "oai_dc.xsd")))


def check(schema: etree.XMLSchema, content: bytes) -> None:
    schema.assertValid(etree.fromstring(content))


def test_a_list_keeps_the_schema() -> None:
    check(LIST, written("oai_dc", awkward()))


@settings(max_examples=60)
@given(record=any_record())
def test_any_record_keeps_the_schema_and_can_be_read_again(record: Record) -> None:
    """Whatever stands in it: what comes back has the same id and the same title."""
    content = oai_dc.entry(record)
    check(ALONE, content)
    check(LIST, written("oai_dc", [record]))

    found = oai_dc.read_entry(content)

    assert isinstance(found, Record)
    assert (found.id, found.title) == (record.id, record.title)


@settings(max_examples=30)
@given(name=IDS, at=MOMENTS)
def test_a_datestamp_is_of_four_digit_years(name: str, at: datetime) -> None:
    record = Record(id=name, title="题", published=at)

    check(LIST, written("oai_dc", [record]))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"dc:contributor", b"dc:author"),
        (b"01:02:03Z<", b"01:02:03+08:00<"),
        (b"<datestamp>", b"<datestamp/><datestamp>"),
        (b'verb="ListRecords"', b'verb="GetRecord"'),
    ],
)
def test_the_schema_finds_what_is_wrong(good: bytes, bad: bytes) -> None:
    content = written("oai_dc", [full()])
    assert good in content

    with pytest.raises(etree.DocumentInvalid):
        check(LIST, content.replace(good, bad))
