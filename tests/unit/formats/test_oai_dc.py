"""What Dublin Core says of a record, and what is taken of a stranger's."""

from __future__ import annotations

import pytest
from lxml import etree
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import dublin_core, oai_dc
from govsync.model import Record, Relation, RelationKind, Step

DC = "{http://purl.org/dc/elements/1.1/}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"


def strangers(inner: str) -> Record:
    bound = f'xmlns:o="{oai_dc.NAMESPACE}" xmlns="{oai_dc.DUBLIN_CORE}"'
    content = f"<o:dc {bound}>{inner}</o:dc>"
    found = oai_dc.read_entry(content.encode())
    assert isinstance(found, Record)
    return found


def test_the_table_has_the_fifteen_elements() -> None:
    assert list(dublin_core.ELEMENTS) == (
        "title creator subject description publisher contributor date type format"
        " identifier source language relation coverage rights".split()
    )


def test_a_record_says_what_dublin_core_can() -> None:
    root = etree.fromstring(oai_dc.entry(full()))
    said = [(str(child.tag).removeprefix(DC), child.text) for child in root]

    assert said == [
        ("title", full().title),
        ("creator", "示例市人民政府"),
        ("subject", "征地补偿 / 征收 / 公告 / 预公告"),
        ("subject", "征地"),
        ("subject", "补偿 & 安置"),
        ("description", "全文如下 &nbsp; <略>"),
        ("publisher", "示例市人民政府"),
        ("contributor", "示例市财政局"),
        ("contributor", "示例市民政局"),
        ("date", "2026-03-03T17:30:00+08:00"),
        ("date", "2026-03-01"),
        ("type", "Text"),
        ("type", "解读"),
        ("format", "text/html"),
        ("format", "application/pdf"),
        ("identifier", full().uri),
        ("identifier", "000014349/2026-00001"),
        ("identifier", "示政发〔2026〕1号"),
        (
            "identifier",
            "https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&b=2",
        ),
        ("language", "zh-CN"),
        ("relation", "urn:govsync:record:%E6%97%A7%E6%96%87/2025-1"),
        (
            "relation",
            "https://www.example.gov.cn/%E9%99%84%E4%BB%B6/1.pdf?a=1&b=2",
        ),
        ("rights", "本村\n村民"),
    ]


def test_what_is_blank_is_not_said() -> None:
    content = oai_dc.entry(plain(keywords=("", " "), item={"area": "", "level1": ""}))

    assert b"<dc:subject>" not in content
    assert b"<dc:description>" not in content


def test_a_record_comes_back_as_far_as_it_was_said() -> None:
    (found,) = read("oai_dc", written("oai_dc", [full()]))

    assert isinstance(found, Record)
    assert found == full(
        body="",
        issued=None,
        stage=None,
        relation=None,
        audience={},
        mode="proactive",
        status={},
        review=None,
        extra={},
        revision=1,
        updated=None,
        link="https://www.example.gov.cn/%E5%85%AC%E5%91%8A/1.html?a=1&b=2",
        attachments=(
            {
                "name": "1.pdf?a=1&b=2",
                "href": "https://www.example.gov.cn/%E9%99%84%E4%BB%B6/1.pdf?a=1&b=2",
            },
        ),
    )


def test_a_withdrawal_is_a_deleted_header() -> None:
    root = etree.fromstring(written("oai_dc", [withdrawn(), full()]))
    headers = [*root.iter(f"{OAI}header")]

    assert [header.get("status") for header in headers] == ["deleted", None]
    assert headers[0].findtext(f"{OAI}datestamp") == "2026-03-06T00:00:00Z"
    assert len(read("oai_dc", written("oai_dc", [withdrawn(), full()]))) == 1


def test_a_withdrawal_has_no_document_of_its_own() -> None:
    with pytest.raises(FormatError, match="withdrawn") as caught:
        oai_dc.entry(withdrawn())

    assert caught.value.field == "status.state"


def test_times_are_utc_to_the_second() -> None:
    """The answer's own time is the feed's, or else that of the latest change."""
    head = written("oai_dc", [full()])
    told = written(
        "oai_dc", [full()], feed=FEED.changed(updated="2026-04-01T00:00:00+08:00")
    )

    assert b"<responseDate>2026-03-05T01:02:03Z</responseDate>" in head
    assert b"<responseDate>2026-03-31T16:00:00Z</responseDate>" in told
    assert b"<datestamp>2026-03-05T01:02:03Z</datestamp>" in told


def test_an_empty_list_is_refused() -> None:
    feed = FEED.changed(updated="2026-04-01T00:00:00+08:00")

    with pytest.raises(FormatError, match="without records"):
        written("oai_dc", [], feed=feed)


def test_a_record_without_any_date_cannot_be_listed() -> None:
    with pytest.raises(FormatError, match="no date at all"):
        written("oai_dc", [plain(published=None)])


def test_a_strangers_record_is_read() -> None:
    record = strangers(
        "<title>题</title><creator>某局</creator><date>2026-03-01</date>"
        "<subject>征地</subject><identifier>A-7</identifier><date/>"
        "<relation>https://a.example/%E8%A1%A8.pdf</relation>"
    )

    assert (record.id, record.title, record.issuer) == ("A-7", "题", "某局")
    assert record.formed is not None
    assert record.published is None
    assert record.step is Step.RELEASE
    assert record.attachments[0].name == "表.pdf"


def test_a_strangers_address_is_its_id_where_it_has_no_better() -> None:
    record = strangers(
        "<title>题</title><identifier>示政发[2026]1号</identifier>"
        "<identifier>https://a.example/1</identifier>"
    )

    assert record.id == record.link == "https://a.example/1"
    assert record.document_number == "示政发[2026]1号"


def test_a_record_that_does_not_hold_is_refused() -> None:
    with pytest.raises(FormatError) as caught:
        strangers("<identifier>a</identifier>")

    assert (caught.value.record, caught.value.field) == ("a", "title")


def test_the_record_that_it_belongs_to_is_no_attachment() -> None:
    relation = Relation(kind=RelationKind.FOLLOWS, target="旧文/1")

    found = oai_dc.read_entry(oai_dc.entry(plain(relation=relation)))

    assert isinstance(found, Record)
    assert found.attachments == ()
