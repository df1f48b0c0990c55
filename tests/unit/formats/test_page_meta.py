"""The meta tags of 国办发〔2017〕47号: written for a site, read from a page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from support.formats import FEED, full, plain, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import page_meta
from govsync.formats.page_tags import DEMANDED, OPEN, Site
from govsync.model import Record

PAGE = "https://www.example.gov.cn/zwgk/1.html"
BODY = '<p>一、范围 <a href="1.doc">附件</a></p>'


def page(
    *more: str, charset: str = "utf-8", codec: str = "", body: str = "", **tags: str
) -> bytes:
    known = {
        "ArticleTitle": "关于停水的公告",
        "PubDate": "2026-03-01 08:05",
        "ContentSource": "示例市供水局",
        "Url": PAGE,
        **tags,
    }
    said = "".join(f'<meta name="{n}" content="{c}">\n' for n, c in known.items() if c)
    declared = f'<meta charset="{charset}">' if charset else ""
    head = f"<head>{declared}<title>别的</title>\n{said}{''.join(more)}</head>"
    markup = f"<!DOCTYPE html><html>{head}<body><p>导航</p>{body}</body></html>"
    return markup.encode(codec or charset or "utf-8")


def one(content: bytes, **more: Any) -> Record:
    (found,) = page_meta.read(content, **more)
    assert isinstance(found, Record)
    return found


def test_a_block_has_the_tags_of_site_column_and_content() -> None:
    out = BytesIO()
    site = Site(name="示例市人民政府", domain="www.example.gov.cn", id="3100000087")

    assert page_meta.write(FEED, [full(), withdrawn()], out, site=site) == 1

    assert out.getvalue().decode() == (
        '<meta name="SiteName" content="示例市人民政府">\n'
        '<meta name="SiteDomain" content="www.example.gov.cn">\n'
        '<meta name="SiteIDCode" content="3100000087">\n'
        '<meta name="ColumnName" content="征地补偿">\n'
        '<meta name="ColumnDescription" content="示例市政务公开:征地补偿">\n'
        '<meta name="ColumnKeywords" content="征地补偿">\n'
        '<meta name="ColumnType" content="政策解读">\n'
        '<meta name="ArticleTitle"'
        ' content="关于 A&amp;B &lt;征收&gt; 的公告 ]]&gt;">\n'
        '<meta name="PubDate" content="2026-03-03 17:30">\n'
        '<meta name="ContentSource"'
        ' content="示例市人民政府、示例市财政局、示例市民政局">\n'
        '<meta name="Keywords" content="征地,补偿 &amp; 安置">\n'
        '<meta name="Description" content="全文如下 &amp;nbsp; &lt;略&gt;">\n'
        '<meta name="Url" content="https://www.example.gov.cn/'
        '%E5%85%AC%E5%91%8A/1.html?a=1&amp;b=2">\n'
    )


def test_a_block_has_every_tag_that_the_guideline_demands() -> None:
    site = Site(name="示例市人民政府", domain="www.example.gov.cn", id="bm01000001")
    content = written("page_meta", [plain(issuer="")], site=site).decode()

    names = [line.split('"')[1] for line in content.splitlines()]

    assert names == DEMANDED
    assert set(names).isdisjoint(OPEN)
    assert f'"ContentSource" content="{FEED.author}"' in content


def test_without_a_site_the_feed_says_what_it_knows() -> None:
    content = written("page_meta", [plain()]).decode()

    assert '"SiteName" content="示例市政务公开"' in content
    assert '"SiteDomain" content="www.example.gov.cn"' in content
    assert "SiteIDCode" not in content


@pytest.mark.parametrize("wrong", ["31000000", "bm1", "31000000870", "xx00000000"])
def test_a_site_code_that_cannot_be_one_is_refused(wrong: str) -> None:
    site = Site(name="示例市人民政府", domain="www.example.gov.cn", id=wrong)

    with pytest.raises(FormatError, match="网站标识码") as caught:
        written("page_meta", [plain()], site=site)

    assert caught.value.field == "site.id"
    assert caught.value.mend


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (plain(published=None), "published"),
        (plain(issuer=""), "issuer"),
        (withdrawn(), "status.state"),
        (plain(title="一\x08"), "title"),
    ],
    ids=["undated", "without issuer", "withdrawn", "control character"],
)
def test_an_entry_that_lacks_what_is_demanded_is_refused(
    record: Record, field: str
) -> None:
    with pytest.raises(FormatError) as caught:
        page_meta.entry(record)

    assert (caught.value.record, caught.value.field) == (record.id, field)


def test_blocks_come_back_as_far_as_they_say() -> None:
    records = [
        plain(id="a", link=PAGE, keywords=("水", "停水"), co_issuers=("水务局",)),
        plain(id="b", link=f"{PAGE}?b", title='引 " & 号', summary="略"),
    ]

    found = read("page_meta", written("page_meta", records))

    assert found == [record.changed(id=record.link) for record in records]


def test_a_page_of_a_city_is_read_into_a_record() -> None:
    content = page(Keywords="停水,公告;管网 、维修", Description="因维修停水。")

    record = one(content)

    assert (record.id, record.link) == (PAGE, PAGE)
    assert record.title == "关于停水的公告"
    assert record.published is not None
    assert record.published.isoformat() == "2026-03-01T08:05:00+08:00"
    assert record.issuer == "示例市供水局"
    assert record.keywords == ("停水", "公告", "管网", "维修")
    assert record.summary == "因维修停水。"
    assert record.body == ""


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "UTF-8", ""])
@pytest.mark.parametrize("title", ["镕基𠮷", "\ufe10"])
def test_a_page_is_read_in_the_charset_it_declares(charset: str, title: str) -> None:
    """All of GB 18030 is read, whichever of its older names is declared."""
    codec = "gb18030" if charset.lower().startswith("gb") else "utf-8"

    assert one(page(charset=charset, codec=codec, ArticleTitle=title)).title == title


def test_an_older_declaration_of_the_charset_is_read() -> None:
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'

    content = page(declared, charset="", codec="gb18030")

    assert one(content).title == "关于停水的公告"


def test_a_page_that_declares_nothing_is_tried() -> None:
    assert one(page(charset="", codec="gb18030")).title == "关于停水的公告"


def test_a_byte_order_mark_goes_before_the_declaration() -> None:
    content = b"\xef\xbb\xbf" + page(charset="gb2312", codec="utf-8")

    assert one(content).title == "关于停水的公告"


def test_private_use_of_the_first_edition_is_put_right() -> None:
    content = page(charset="gb18030").replace("停".encode("gb18030"), b"\xa6\xd9")

    assert one(content).title == "关于\ufe10水的公告"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2017-10-02 15:09", "2017-10-02T15:09:00+08:00"),
        ("2017—10—02 15:09", "2017-10-02T15:09:00+08:00"),
        ("2017——10——02 15:09", "2017-10-02T15:09:00+08:00"),
        ("2017–10–2 5:09:33", "2017-10-02T05:09:00+08:00"),
        ("2017年10月2日", "2017-10-02T00:00:00+08:00"),
        ("2017-10-02T15:09", "2017-10-02T15:09:00+08:00"),
    ],
)
def test_dates_are_read_with_hyphens_or_dashes(said: str, meant: str) -> None:
    published = one(page(PubDate=said)).published

    assert published is not None
    assert published.isoformat() == meant


def test_a_page_without_a_date_has_none() -> None:
    assert one(page(PubDate="")).published is None


@pytest.mark.parametrize("said", ["昨天", "2017-13-02 15:09", "20171002", "0000-01-01"])
def test_what_is_no_date_is_refused_by_page(said: str) -> None:
    with pytest.raises(FormatError, match="is no date") as caught:
        one(page(PubDate=said))

    assert (caught.value.record, caught.value.field) == (PAGE, "PubDate")


@pytest.mark.parametrize(
    "around",
    [
        '<div id="UCAP-CONTENT">{}</div>',
        '<td id="zoom">{}</td>',
        '<div id="Zoom">{}</div>',
        '<div class="view TRS_UEDITOR trs_web">{}</div>',
        '<div class="TRS_Editor"><style>p {{}}</style>{}</div>',
        '<section itemprop="articleBody">{}</section>',
        '<article><div class="body" dir="auto">{}</div></article>',
    ],
)
def test_a_body_is_taken_from_the_usual_containers(around: str) -> None:
    if around.startswith("<td"):
        around = f"<table><tr>{around}</tr></table>"

    assert one(page(body=around.format(BODY))).body == BODY


@pytest.mark.parametrize(
    "around", ["{}", '<div class="content">{}</div>', "<main>{}</main>"]
)
def test_a_body_that_nothing_marks_is_left_out(around: str) -> None:
    assert one(page(body=around.format(BODY))).body == ""


def test_a_body_is_cleaned() -> None:
    spoilt = '<div id="zoom">甲<script>x()</script><p onclick="x()">乙</p></div>'

    assert one(page(body=spoilt)).body == "甲<p>乙</p>"


def test_an_address_is_that_of_the_page_where_it_says_none() -> None:
    content = page(Url="")

    assert one(content, url=PAGE).id == PAGE
    with pytest.raises(FormatError, match="does not say its address"):
        one(content)


def test_a_relative_address_is_joined_to_where_the_page_was() -> None:
    assert one(page(Url="2.html"), url=PAGE).link == (
        "https://www.example.gov.cn/zwgk/2.html"
    )
    assert one(page(Url="http://["), url=PAGE).link == PAGE


def test_names_of_tags_are_read_in_any_case_and_once() -> None:
    content = page(
        '<META NAME="keywords" CONTENT="甲"><meta name="KEYWORDS" content="乙">'
    )

    assert one(content).keywords == ("甲",)


def test_characters_that_html_has_not_are_dropped() -> None:
    assert one(page(ArticleTitle="停\x00水\x0b")).title == "停水"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no HTML"),
        (b"<html><head><title>x</title></head></html>", "no title of content"),
        (page(charset="utf-8", codec="gb18030"), "bytes that are not utf-8"),
        (page(charset="", codec="gb18030") + b"\xff\xff", "bytes that are not gb18030"),
        (page(charset="shift_jis", codec="utf-8"), "the charset shift_jis"),
        (page(ArticleTitle=" "), "at least 1 character"),
    ],
    ids=["empty", "list", "not utf-8", "not gb18030", "charset", "title"],
)
def test_what_is_no_page_of_a_record_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        one(content)


def test_an_entry_is_read_back() -> None:
    record = plain(link=PAGE)

    assert page_meta.read_entry(page_meta.entry(record)) == record.changed(id=PAGE)
