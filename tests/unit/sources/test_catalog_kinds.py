"""One catalog in every kind of file reads the same, to the last cell."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from support import catalogs
from support.catalogs import BELOW, KINDS, ROW, TITLE, TOP, Sheet, packed, page

from govsync.errors import SourceError
from govsync.model import BoxSemantics, Demand, Level
from govsync.sources import CatalogReading, read_catalogs


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_reads_the_same(name: str, tmp_path: Path) -> None:
    reading = read_catalogs(KINDS[name](tmp_path / name, Sheet()))
    (catalog,) = reading.catalogs.catalogs
    first, second = catalog.items

    assert reading.problems == ()
    assert (catalog.area, catalog.title) == ("市政服务", TITLE)
    assert catalog.box_semantics is BoxSemantics.OFFICIAL
    assert [str(item.ref) for item in catalog.items] == [
        "市政服务 / 公用事业 / 停水公告",
        "市政服务 / 公用事业 / 停气公告",
    ]
    assert first.content == "1.时间\n2.范围"
    assert [c.demand for c in first.channels] == [Demand.REQUIRED, Demand.OPTIONAL]
    assert first.levels == (Level.COUNTY, Level.TOWN, Level.VILLAGE)
    assert second == first.changed(ref=second.ref, number="2")


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_known_by_the_content(name: str, tmp_path: Path) -> None:
    """Offices name pages .xls and text .xlsx."""
    path = KINDS[name](tmp_path / name, Sheet()).rename(tmp_path / "catalog.dat")

    assert read_catalogs(path).rows_read == 2


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_parted_by_what_parts_it(delimiter: str, tmp_path: Path) -> None:
    path = catalogs.delimited(tmp_path / "catalog.txt", Sheet(), delimiter)

    assert read_catalogs(path).rows_read == 2


def test_one_text_may_hold_several_areas(tmp_path: Path) -> None:
    other = TITLE.replace("市政服务", "义务教育")
    table = [TOP, BELOW, ROW]
    rows = [
        [TITLE],
        *table,
        [],
        TOP,
        BELOW,
        ["2", "热力", *ROW[2:]],
        [],
        [other],
        *table,
    ]
    reading = read_catalogs(catalogs.delimited(tmp_path / "a.csv", Sheet(rows)))

    areas = {catalog.area: len(catalog.items) for catalog in reading.catalogs.catalogs}
    assert areas == {"市政服务": 2, "义务教育": 1}
    assert reading.places[1].rows == (13,)


def test_text_without_a_header_is_no_catalog(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("联系人,电话\n", encoding="utf-8")

    with pytest.raises(SourceError, match="header of a catalog"):
        read_catalogs(path)


def test_text_that_no_reader_of_csv_takes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text(f"序号,{'长' * 200_000}\n", encoding="utf-8")

    with pytest.raises(SourceError, match="field larger than field limit"):
        read_catalogs(path)


def test_binary_of_no_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.xlsx"
    path.write_bytes(b"\x00\x01\x02catalog")

    with pytest.raises(SourceError, match="save it as .xlsx"):
        read_catalogs(path)


def test_a_broken_package_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"x" * 40)

    with pytest.raises(SourceError, match="not a workbook"):
        read_catalogs(path)


def page_of(tmp_path: Path, around: str) -> CatalogReading:
    return read_catalogs(page(tmp_path / "a.htm", Sheet(), around=around))


@pytest.mark.parametrize(
    "around",
    [
        "<table><tr><td>导航</td><td><div><span>首页</span>{}</div></td></tr></table>",
        "<div><table><tr><td>{}</td></tr></table></div>",
        "<table><tr><td>日期</td></tr></table>{}<table><tr><td>版权</td></tr></table>",
    ],
)
def test_tables_that_lay_out_the_page_are_passed_over(
    around: str, tmp_path: Path
) -> None:
    reading = page_of(tmp_path, around)

    assert (reading.rows_read, reading.problems) == (2, ())
    assert reading.catalogs.catalogs[0].title == TITLE


def test_a_page_without_a_catalog_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><table><tr><td>无</td></tr></table></html>", "utf-8")

    with pytest.raises(SourceError, match="no table of this page"):
        read_catalogs(path)


def test_an_empty_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<!-- <html> -->", "utf-8")

    with pytest.raises(SourceError):
        read_catalogs(path)


def test_a_page_may_declare_a_wrong_charset(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet())
    text = path.read_bytes().decode("gb18030").replace("gb2312", "utf-8")
    path.write_bytes(text.encode("gb18030"))

    assert read_catalogs(path).rows_read == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_may_be_unicode(encoding: str, tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet())
    text = path.read_bytes().decode("gb18030").replace("gb2312", encoding)
    path.write_bytes(f'<?xml version="1.0"?>{text}'.encode(encoding))

    assert read_catalogs(path).rows_read == 2


def test_a_cell_may_hold_a_table_and_boxes_to_click(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet())
    text = path.read_bytes().decode("gb18030")
    boxes = (
        "<table><tr><td><input type=checkbox checked>政府网站</td></tr>"
        "<tr><td><input type=checkbox><b>政府</b>公报<script>x()</script></td></tr>"
        "</table>"
    )
    path.write_bytes(text.replace("■政府网站<br>□政府公报", boxes).encode("gb18030"))
    item = read_catalogs(path).catalogs.items[0]

    assert [(c.code, c.demand) for c in item.channels] == [
        ("gov_site", "required"),
        ("gazette", "optional"),
    ]


def test_spans_beyond_the_table_end_with_it(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet())
    text = (
        path.read_bytes()
        .decode("gb18030")
        .replace(
            '<td rowspan="2" colspan="1">公用事业',
            '<td rowspan="99999" colspan="x">公用事业',
        )
    )
    path.write_bytes(text.encode("gb18030"))

    assert read_catalogs(path).rows_read == 2


def test_a_page_names_its_title_where_nothing_else_does(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet([[""], *Sheet().rows[1:]]))
    text = path.read_bytes().decode("gb18030").replace("公开目录", "救灾领域标准目录")
    path.write_bytes(text.encode("gb18030"))

    assert read_catalogs(path).catalogs.catalogs[0].area == "救灾"


def test_a_caption_is_the_title(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", Sheet())
    text = path.read_bytes().decode("gb18030")
    text = text.replace("<table>", "<table><caption>扶贫领域标准目录</caption><tbody>")
    path.write_bytes(text.replace("</table>", "</tbody></table>").encode("gb18030"))

    assert read_catalogs(path).catalogs.catalogs[0].area == "扶贫"


def test_notes_of_a_word_document_are_kept_and_tell_of_boxes(tmp_path: Path) -> None:
    rows = [list(row) for row in Sheet().rows]
    rows[1][7] = "公开渠道和载体"
    note = "填表说明:■为必选,□为可选"
    path = catalogs.word(tmp_path / "a.docx", Sheet(rows), after=[note, "第1页"])
    (catalog,) = read_catalogs(path).catalogs.catalogs

    assert catalog.notes == (note,)
    assert catalog.box_semantics is BoxSemantics.OFFICIAL


def test_a_table_goes_on_on_the_next_page(tmp_path: Path) -> None:
    """Converters part a long table and give the header once."""
    body = catalogs.word(tmp_path / "a.docx", Sheet())
    with zipfile.ZipFile(body) as archive:
        text = archive.read("word/document.xml").decode()
    cut = text.rindex("<w:tr>")
    parted = f"{text[:cut]}</w:tbl><w:p/><w:tbl>{text[cut:]}"
    inner = parted.split("<w:body>")[1].split("</w:body>", maxsplit=1)[0]
    reading = read_catalogs(packed(tmp_path / "b.docx", inner))

    assert reading.rows_read == 2
    assert reading.catalogs.items[1].ref.level1 == "公用事业"


def test_word_keeps_symbols_breaks_and_insertions_and_no_deletions(
    tmp_path: Path,
) -> None:
    path = catalogs.word(tmp_path / "a.docx", Sheet())
    with zipfile.ZipFile(path) as archive:
        text = archive.read("word/document.xml").decode()
    boxes = (
        '<w:p><w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>政府网站</w:t>'
        "<w:br/>"
        '<w:sym w:font="Wingdings 2" w:char="F0A3"/><w:t>政府公报</w:t></w:r>'
        "<w:del><w:r><w:t>■精准推送</w:t></w:r></w:del></w:p>"
    )
    cell = "".join(
        f"<w:p><w:r><w:t>{box}</w:t></w:r></w:p>" for box in ("■政府网站", "□政府公报")
    )
    assert cell in text
    text = text.replace(cell, boxes).replace(
        "<w:tr>", "<w:ins><w:tr><w:trPr><w:gridBefore w:val='0'/></w:trPr>"
    )
    inner = text.replace("</w:tr>", "</w:tr></w:ins>").split("<w:body>")[1]
    item = read_catalogs(
        packed(tmp_path / "b.docx", inner.split("</w:body>")[0])
    ).catalogs.items[0]

    assert [(c.code, c.demand) for c in item.channels] == [
        ("gov_site", "required"),
        ("gazette", "optional"),
    ]


@pytest.mark.parametrize("content", ["<w:broken", '<!DOCTYPE d [<!ENTITY x "y">]><d/>'])
def test_a_document_that_is_none_is_refused_or_empty(
    content: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", content)

    with pytest.raises(SourceError):
        read_catalogs(path)


def test_a_document_larger_than_anybodys_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.docx", "")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as file,
    ):
        for _ in range(257):
            file.write(bytes(1 << 20))

    with pytest.raises(SourceError, match="larger than"):
        read_catalogs(path)
