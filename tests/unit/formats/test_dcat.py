"""What DCAT says of catalogs and records, and what comes back of it."""

from __future__ import annotations

from io import BytesIO

import pytest
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync import convert
from govsync.errors import FormatError
from govsync.formats import dcat
from govsync.formats.dcat_terms import area_of, catalog_uri, item_of, item_uri
from govsync.model import Catalog, Catalogs, Item, ItemRef, Record

PAGE = "https://www.example.gov.cn/1.html"
REF = ItemRef(area="征地补偿", level1="征收/甲", level2="公告")
CATALOGS = Catalogs(
    catalogs=(
        Catalog(
            area="征地补偿",
            title="征地补偿领域标准目录",
            version="2026-01",
            items=(
                Item(
                    ref=REF,
                    content="公告 <要素>\n期限",
                    basis=("《条例》", "《办法》"),
                    bodies=("自然资源局", "县人民政府"),
                ),
                Item(ref=ItemRef(area="征地补偿", level1="补偿")),
            ),
        ),
        Catalog(area="义务教育"),
    )
)


def with_catalogs(*records: Record) -> bytes:
    out = BytesIO()
    dcat.write(FEED, records, out, catalogs=CATALOGS)
    return out.getvalue()


def test_catalogs_come_back_as_far_as_dcat_says() -> None:
    assert dcat.read_catalogs(with_catalogs()) == CATALOGS


def test_a_record_of_a_catalogs_item_adds_no_item() -> None:
    content = with_catalogs(plain(link=PAGE, item=REF))

    assert dcat.read_catalogs(content) == CATALOGS


def test_a_record_of_another_item_brings_it_along() -> None:
    other = ItemRef(area="市政服务", level1="供水")

    found = dcat.read_catalogs(with_catalogs(plain(link=PAGE, item=other)))

    assert found.catalogs == (
        *CATALOGS.catalogs,
        Catalog(area="市政服务", items=(Item(ref=other),)),
    )


def test_records_come_back_as_far_as_dcat_says() -> None:
    (found,) = read("dcat", written("dcat", [full()]))

    assert isinstance(found, Record)
    assert found == Record(
        id=full().id,
        title=full().title,
        summary=full().summary,
        published=full().published,
        updated=full().updated,
        item=full().item,
        link="https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&b=2",
    )


@pytest.mark.parametrize("item", [None, REF], ids=["without item", "with item"])
def test_an_entry_comes_back(item: ItemRef | None) -> None:
    record = plain(link=PAGE, item=item)

    found = dcat.read_entry(dcat.entry(record))

    assert isinstance(found, Record)
    assert (found.id, found.title, found.link) == (record.id, record.title, PAGE)
    assert found.item == item


def test_withdrawn_records_are_left_out() -> None:
    content = written("dcat", [withdrawn(), plain(link=PAGE)])

    assert [record.id for record in read("dcat", content)] == ["a"]


def test_a_withdrawal_has_no_document_of_its_own() -> None:
    with pytest.raises(FormatError, match="withdrawn") as caught:
        dcat.entry(withdrawn())

    assert caught.value.field == "status.state"


def test_a_record_without_an_address_is_left_out_by_name() -> None:
    errors: list[FormatError] = []
    records = [plain(id="bad", link="页面/1.html"), plain(link=PAGE)]

    content = written("dcat", records, on_error=errors.append)

    assert [(error.record, error.field) for error in errors] == [("bad", "link")]
    assert len(read("dcat", content)) == 1


def test_what_xml_cannot_hold_is_refused_by_field() -> None:
    bad = "\x08"
    spoilt = Catalogs(catalogs=(Catalog(area=f"义务{bad}"),))

    with pytest.raises(FormatError) as caught:
        dcat.write(FEED, [], BytesIO(), catalogs=spoilt)
    assert (caught.value.field, caught.value.offset) == ("catalogs[0].area", 2)

    with pytest.raises(FormatError) as caught:
        written("dcat", [plain(link=PAGE)], feed=FEED.changed(author=f"一{bad}"))
    assert (caught.value.field, caught.value.offset) == ("feed.author", 1)

    with pytest.raises(FormatError) as caught:
        written("dcat", [plain(link=PAGE, summary=f"一{bad}")])
    assert (caught.value.record, caught.value.field) == ("a", "summary")


def test_the_feed_is_a_distribution_where_it_has_an_address() -> None:
    access = b'<dcat:accessURL rdf:resource="https://www.example.gov.cn/feed"/>'

    assert access in written("dcat", [])
    assert access not in written("dcat", [], feed=FEED.changed(self_url=""))
    assert read("dcat", written("dcat", [])) == []


@pytest.mark.parametrize(
    "ref",
    [
        REF,
        ItemRef(area="a", level1="", level3="三"),
        ItemRef(area="%2F /", level1="#?"),
        ItemRef(area="", level1=""),
    ],
    ids=str,
)
def test_the_iri_of_an_item_says_which(ref: ItemRef) -> None:
    assert item_of(item_uri(ref)) == ref
    assert item_of("urn:other:1") is None


def test_the_iri_of_a_catalog_says_which_area() -> None:
    assert area_of(catalog_uri("征地/补偿")) == "征地/补偿"
    assert area_of("https://www.example.gov.cn/") is None


def test_a_strangers_distribution_with_a_title_is_read() -> None:
    content = b"""<?xml version="1.0"?>
        <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
               xmlns="http://www.w3.org/ns/dcat#" xmlns:t="http://purl.org/dc/terms/">
        <Dataset r:about="https://a.example/d"><distribution><Distribution>
        <t:title>Title</t:title><accessURL r:resource="https://a.example/1"/>
        </Distribution></distribution></Dataset></r:RDF>"""

    (found,) = read("dcat", content)

    assert isinstance(found, Record)
    assert (found.id, found.title, found.item) == ("https://a.example/1", "Title", None)
    assert dcat.read_catalogs(content) == Catalogs()


def test_a_record_that_does_not_hold_is_refused_with_its_line() -> None:
    content = written("dcat", [full()]).replace(b"2026-03-03T", b"2026-13-03T")

    with pytest.raises(FormatError, match="published") as caught:
        read("dcat", content)

    assert caught.value.where.startswith("line ")


def test_convert_writes_catalogs_where_a_format_has_a_place_for_them() -> None:
    for name, more in (("dcat", b"dct:Standard"), ("xml", b"<catalog ")):
        out = BytesIO()

        convert([plain(link=PAGE)], name, out, feed=FEED, catalogs=CATALOGS)

        assert more in out.getvalue()
