"""The catalog XML against its own schema, and catalogs there and back."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import cast

import pytest
from hypothesis import given, settings
from lxml import etree
from support.formats import FEED, any_record, awkward, full, plain, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import FORMATS, catalog_xml
from govsync.model import (
    Audience,
    BoxSemantics,
    Catalog,
    Catalogs,
    ChannelCode,
    ChannelDemand,
    Demand,
    Item,
    ItemRef,
    Level,
    Mode,
    Record,
    Scope,
)
from govsync.model.codes import Code

SCHEMA = etree.XMLSchema(etree.fromstring(catalog_xml.schema()))
XS = {"xs": "http://www.w3.org/2001/XMLSchema"}
CATALOGS = Catalogs(
    catalogs=(
        Catalog(
            area="征地补偿",
            title="征地补偿领域基层政务公开标准目录",
            version="2026-01",
            valid_from=date(2026, 1, 1),
            box_semantics=BoxSemantics.USED,
            notes=("填表说明:■ 表示采用", ""),
            items=(
                Item(
                    ref=ItemRef(area="征地补偿", level1="征收", level2="公告"),
                    number="1-1",
                    content="公告\n内容 <要素> ",
                    basis=("《条例》", "《办法》"),
                    deadline="20个工作日\n内",
                    bodies=("自然资源局", ""),
                    channels=(
                        ChannelDemand(code=ChannelCode.GOV_SITE),
                        ChannelDemand(
                            code=ChannelCode.NOTICE_BOARD,
                            demand=Demand.OPTIONAL,
                            label="村公示栏",
                        ),
                    ),
                    audience=(Audience(), Audience(scope=Scope.SPECIAL, note="村民")),
                    modes=tuple(Mode),
                    levels=tuple(Level),
                    extra={"备注": " a\r\n"},
                ),
                Item(ref=ItemRef(area="征地补偿", level1="")),
            ),
        ),
        Catalog(area="义务教育"),
    )
)


def check(content: bytes) -> None:
    SCHEMA.assertValid(etree.fromstring(content))


def with_catalogs(catalogs: Catalogs, *records: Record) -> bytes:
    out = BytesIO()
    catalog_xml.write(FEED, records, out, catalogs=catalogs)
    return out.getvalue()


def test_a_publication_keeps_its_schema() -> None:
    check(written("xml", awkward()))


@pytest.mark.parametrize("record", [*awkward(), withdrawn(id="w2")], ids=str)
def test_an_entry_keeps_the_schema(record: Record) -> None:
    check(catalog_xml.entry(record))


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_our_words_in_others_keep_the_schema(name: str) -> None:
    content = etree.fromstring(written(name, awkward()))
    ours = [*content.iter("{urn:govsync:catalog:1}details")]
    ours += content.iter("{urn:govsync:catalog:1}tombstone")

    assert len(ours) == len(awkward())
    for element in ours:
        element.tail = None
        check(etree.tostring(element))


@settings(max_examples=50)
@given(record=any_record())
def test_any_record_keeps_the_schema(record: Record) -> None:
    check(catalog_xml.entry(record))
    for name in ("atom", "rss"):
        entry = etree.fromstring(FORMATS[name].entry(record))
        for element in entry.iter("{urn:govsync:catalog:1}details"):
            check(etree.tostring(element, with_tail=False))


def test_catalogs_come_back_as_they_went() -> None:
    content = with_catalogs(CATALOGS, full(), withdrawn())

    check(content)
    assert catalog_xml.read_catalogs(content) == CATALOGS
    assert catalog_xml.read_catalogs(content).digest == CATALOGS.digest
    assert len(list(catalog_xml.read(content))) == 2


def test_a_publication_without_catalogs_has_none() -> None:
    assert catalog_xml.read_catalogs(written("xml", [plain()])) == Catalogs()


def test_a_catalogs_own_words_are_guarded() -> None:
    spoilt = Catalogs(
        catalogs=(Catalog(area="义务教育", notes=("好", "坏\x08")),),
    )

    with pytest.raises(FormatError) as caught:
        with_catalogs(spoilt)

    assert (caught.value.field, caught.value.offset) == ("catalogs[0].notes[1]", 1)


def test_a_catalog_that_does_not_hold_is_refused_with_its_line() -> None:
    content = with_catalogs(CATALOGS).replace(b'code="gov_site"', b'code="radio"')

    with pytest.raises(FormatError, match="code") as caught:
        catalog_xml.read_catalogs(content)

    assert caught.value.where.startswith("line 4, items.0.channels.0")


def in_schema(path: str) -> list[str]:
    schema = etree.fromstring(catalog_xml.schema())
    return [
        str(found) for found in cast("list[str]", schema.xpath(path, namespaces=XS))
    ]


def lists() -> list[str]:
    return in_schema("xs:simpleType[xs:restriction/xs:enumeration]/@name")


@pytest.mark.parametrize("name", lists())
def test_the_schemas_code_lists_are_the_models(name: str) -> None:
    # Rooms above the model have code lists of the same names.
    codes = {
        kind.__name__: kind
        for kind in Code.__subclasses__()
        if kind.__module__.startswith("govsync.model.")
    }
    values = in_schema(f"xs:simpleType[@name='{name}']//xs:enumeration/@value")

    assert values == [code.value for code in codes[name]]
