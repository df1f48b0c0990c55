"""Files beside a record are read by their kind; what cannot be read is said."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)
from support.catalogs import Sheet, xls
from support.rules import CARD, ID, MOBILE, good

from govsync.attachments import Folder, UnreadableError, findings, read
from govsync.attachments.images import PNG, is_image, tells
from govsync.attachments.reading import contents
from govsync.model import Severity

PARAGRAPH = (
    "<w:p xmlns:w='w'><w:r><w:t>电话138</w:t></w:r><w:r><w:t>04670001</w:t></w:r></w:p>"
)

LINK = f"<Relationships><Relationship Target='tel:{MOBILE}'/></Relationships>"
BOX = (
    f"<w:p xmlns:w='w'><w:t>{MOBILE}</w:t><w:txbx><w:p><w:t>2024</w:t></w:p></w:txbx>"
    "</w:p>"
)
"""A text box is anchored right after the number."""
CHART = f"<c><p><t>图</t></p><pt><v>{MOBILE}</v></pt></c>"
"""A title in a paragraph, and a value outside of any."""
VALIDATION = f"<a><dataValidation prompt='{MOBILE}'/></a>"
ODT_PLACE = "content, paragraph 1"
ODF = (
    "<a xmlns:t='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>"
    "<t:p>138<t:span>0467</t:span>0001</t:p></a>"
)


def zipped(**members: str | bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def parted(tag: str, part: str = "word/document.xml") -> bytes:
    """A document with a number between two others, parted by empty elements."""
    runs = f"<w:t>2024</w:t><{tag}/><w:t>{MOBILE}</w:t><{tag}/><w:t>5000</w:t>"
    return zipped(**{part: f"<w:p xmlns:w='w'><w:r>{runs}</w:r></w:p>"})


def spoken(body: str) -> bytes:
    """An OpenDocument text."""
    space = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    return zipped(**{"content.xml": f"<a xmlns:t='{space}'>{body}</a>"})


def sheet(cells: str, **parts: str) -> bytes:
    """A workbook of one sheet with one row, and whatever else is in it."""
    rows = f"<sheetData><row>{cells}</row></sheetData>"
    return zipped(**{"xl/worksheets/sheet1.xml": rows, **parts})


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), BytesIO()
    assert book.active
    book.active.title = "名单"
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def exif(tag: int, *, order: str = "<", nested: bool = False) -> bytes:
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHII", tag, 2, 1, 0)
    directory = struct.pack(f"{order}H", 1) + entry + b"\0\0\0\0"
    if not nested:
        return head + struct.pack(f"{order}I", 8) + directory
    outer = struct.pack(f"{order}HHHII", 1, 0x8769, 4, 1, 26) + b"\0\0\0\0"
    return head + struct.pack(f"{order}I", 8) + outer + directory


def jpeg(block: bytes) -> bytes:
    content = b"Exif\0\0" + block
    segment = b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content
    return b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\x01" + segment + b"\xff\xda\0\0"


def png(block: bytes) -> bytes:
    return PNG + struct.pack(">I4s", len(block), b"eXIf") + block + b"crc_"


def webp(block: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBPEXIF" + struct.pack("<I", len(block)) + block


def folder_with(tmp_path: Path, name: str, content: bytes) -> Folder:
    (tmp_path / name).write_bytes(content)
    return Folder(tmp_path, prefix="https://www.example.gov.cn/files/")


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", f"户主,电话\n甲,{MOBILE}\n".encode("gb18030"), "row 2, column 2"),
        ("a.tsv", f"甲\t{MOBILE}".encode(), "line 1"),
        ("a.txt", MOBILE.encode("utf-16"), "line 1"),
        ("a.html", b"<p>138<b>0467</b>0001</p>", "line 1"),
        ("a.html", f"<svg><text>{MOBILE}</text></svg>".encode(), "line 1"),
        ("a.html", f"<template>{MOBILE}</template>".encode(), "line 1"),
        ("a.html", f"<img alt='{MOBILE}'>".encode(), "markup, line 1"),
        (
            "a.xlsx",
            workbook(["户主", "电话"], ["甲", int(MOBILE)]),
            "sheet 名单, row 2, column 2",
        ),
        (
            "a.docx",
            zipped(**{"word/document.xml": PARAGRAPH}),
            "document, paragraph 1",
        ),
        (
            "a.pptx",
            zipped(**{"docProps/core.xml": f"<a>{MOBILE}</a>", "b.bin": b""}),
            "core, paragraph 1",
        ),
        ("a.zip", zipped(**{"b.txt": MOBILE}), "b.txt, line 1"),
        ("a.zip", zipped(**{f"{MOBILE}.txt": ""}), "the names in it, line 1"),
        ("a.html", f"<p>名单</p><!-- {MOBILE} -->".encode(), "markup, line 3"),
        ("a.html", f"<script>var a='{MOBILE}'</script>".encode(), "markup, line 1"),
        ("a.html", f'<a href="tel:{MOBILE}">电话</a>'.encode(), "markup, line 1"),
        (f"{MOBILE}.txt", b"", "the file's name"),
        ("a.xls", workbook([MOBILE]), "sheet 名单, row 1, column 1"),
        ("a.xls", f"<table><td>{MOBILE}".encode("gb18030"), "line 1"),
        (
            "a.xlsx",
            sheet(f"<c r='XFD1048576'><v>{MOBILE[:1]}.{MOBILE[1:]}E10</v></c>"),
            "sheet sheet1, row 1, column 16384",
        ),
        (
            "a.xlsx",
            sheet(
                "", **{"xl/sharedStrings.xml": f"<sst><si><t>{MOBILE}</t></si></sst>"}
            ),
            "strings that no cell shows, line 1",
        ),
        (
            "a.xlsx",
            sheet("", **{"xl/comments1.xml": f"<c><text><t>{MOBILE}</t></text></c>"}),
            "comments1, paragraph 1",
        ),
        (
            "a.docx",
            zipped(**{"word/_rels/document.xml.rels": LINK}),
            "links, line 1",
        ),
        (
            "a.docx",
            zipped(**{"word/embeddings/b.xlsx": workbook([MOBILE])}),
            "word/embeddings/b.xlsx, sheet 名单, row 1, column 1",
        ),
        ("a.odt", zipped(**{"content.xml": ODF}), "content, paragraph 1"),
        ("a.csv", f"{'a' * 140_000},{MOBILE}".encode(), "row 1, column 1"),
        ("a.docx", parted("w:tab"), "document, paragraph 1"),
        ("a.docx", parted("w:br"), "document, paragraph 1"),
        ("a.pptx", parted("w:br", "ppt/slides/slide1.xml"), "slide1, paragraph 1"),
        (
            "a.docx",
            zipped(**{"word/document.xml": BOX}),
            "document, paragraph 2",
        ),
        (
            "a.docx",
            zipped(**{"word/charts/chart1.xml": CHART}),
            "chart1, paragraph 2",
        ),
        ("a.odt", spoken(f"<t:p>1<t:tab/>{MOBILE}<t:tab/>5</t:p>"), ODT_PLACE),
        ("a.odt", spoken(f"<t:p>{MOBILE}<t:line-break/>2024</t:p>"), ODT_PLACE),
        (
            "a.odt",
            spoken(f"<t:p>{MOBILE}<t:note><t:p>1</t:p></t:note>2</t:p>"),
            "content, paragraph 2",
        ),
        ("a.odt", spoken(f"<t:h>{MOBILE}</t:h><t:p>a</t:p>"), ODT_PLACE),
        (
            "a.xlsx",
            sheet(f"<c t='str'><f>REPLACE('{MOBILE}',4,4,'*')</f><v>138*</v></c>"),
            "sheet sheet1, formulas, line 1",
        ),
        (
            "a.xlsx",
            zipped(**{"xl/worksheets/s.xml": VALIDATION}),
            "sheet s, formulas, line 1",
        ),
        (
            "a.xlsx",
            sheet("", **{"xl/pivotCache/r.xml": f"<r><s v='{MOBILE}'/></r>"}),
            "r, unseen, line 1",
        ),
        (
            "a.xlsx",
            sheet("", **{"xl/drawings/d.vml": f"<x><div><br>{MOBILE}</div></x>"}),
            "d, paragraph 1",
        ),
        (
            "a.docx",
            zipped(**{"word/document.xml": f"<a><docPr descr='{MOBILE}'/></a>"}),
            "document, unseen, line 1",
        ),
        (
            "a.docx",
            zipped(**{"word/chunk.htm": MOBILE}),
            "word/chunk.htm, line 1",
        ),
        (
            "a.docx",
            zipped(**{"word/Document.XML": PARAGRAPH}),
            "Document, paragraph 1",
        ),
        ("a.odt", spoken(f"<t:p>138<!-- a -->{MOBILE[3:]}</t:p>"), ODT_PLACE),
    ],
)
def test_a_number_in_a_file_is_found_with_its_place(
    tmp_path: Path, name: str, content: bytes, place: str
) -> None:
    folder = folder_with(tmp_path, name, content)
    record = good(attachments=({"name": "名单", "href": f"/{name}"},))

    (finding,) = findings(record, folder)

    assert (finding.rule, finding.severity) == ("privacy.mobile-number", Severity.BLOCK)
    assert (finding.field, finding.place) == ("attachments[0]", place)
    assert MOBILE not in str(finding)


def encrypted() -> bytes:
    content = bytearray(zipped(**{"a.txt": "a"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


def scanned() -> bytes:
    """A PDF whose page is a picture."""
    writer, out = PdfWriter(), BytesIO()
    picture = StreamObject()
    picture[NameObject("/Subtype")] = NameObject("/Image")
    drawn = DictionaryObject({NameObject("/I"): writer._add_object(picture)})
    page = writer.add_blank_page(100, 100)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    writer.write(out)
    return out.getvalue()


def pdf(*, secret: str = "") -> bytes:
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    if secret:
        writer.encrypt(secret)
    writer.write(out)
    return out.getvalue()


def twice(name: str) -> bytes:
    """An archive with a number in the first of two members of one name."""
    content = zipped(**{"b.txt": MOBILE, name: "a"})
    return content.replace(b"b.txt", name.encode())


def torn(method: int) -> bytes:
    """An archive whose member is not what its method wrote."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.txt", "a" * 1000)
    content = out.getvalue()
    return content[:40] + b"\xee" * 10 + content[50:]


def corners(rows: int) -> bytes:
    """A workbook with a cell in the last column of every row."""
    cell = "</row><row><c r='XFD1'><v>1</v></c>"
    return sheet(cell * rows)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "nobody here reads .exe"),
        ("a", b"", "without a suffix"),
        ("a.txt", b"\xff\xff\xff", "no encoding"),
        ("a.xlsx", b"PK", "broken"),
        ("a.xls", b"abc", "no workbook"),
        ("a.docx", zipped(**{"a.xml": "<a"}), "a.xml in it is broken"),
        ("a.zip", encrypted(), "encrypted"),
        ("a.zip", zipped(**{"b.exe": b"MZ"}), "b.exe in it"),
        ("a.zip", zipped(**{str(i): b"" for i in range(2001)}), "2001 files"),
        ("a.zip", zipped(b=bytes(257 << 20)), "unpacks to 257 MB"),
        ("a.pdf", b"%PDF", "no sound PDF"),
        ("a.pdf", pdf(), "no text"),
        ("a.txt", MOBILE.encode("utf-16-le"), "no encoding"),
        ("a.txt", MOBILE.encode("utf-32"), "no encoding"),
        ("a.xlsx", sheet("", **{"xl/sharedStrings.xml": "<sst"}), "is broken"),
        ("a.xlsx", corners(400), "too many cells"),
        ("a.docx", zipped(**{"word/embeddings/o.bin": b"a"}), "o.bin in it"),
        ("a.pdf", pdf(secret="geheim"), "encrypted"),
        ("a.jpg", b"\xff\xd8abcdef", "broken"),
        ("a.jpg", jpeg(b"XX*\0"), "no TIFF"),
        ("a.png", png(b"II*\0\xff\xff\0\0"), "broken"),
        ("a.xlsx", workbook(["a"])[500:], "broken (ValueError)"),
        ("a.xlsx", sheet("</row><row r='a'><c><v>1</v></c>"), "broken (ValueError)"),
        ("a.zip", zipped(名=b"").replace("名".encode(), b"\xff" * 3), "broken"),
        ("a.zip", twice("a.txt"), "two files in it have one name"),
        ("a.zip", torn(zipfile.ZIP_BZIP2), "broken (OSError)"),
        ("a.zip", torn(zipfile.ZIP_LZMA), "broken (LZMAError)"),
    ],
)
def test_what_cannot_be_read_holds_the_record(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    folder = folder_with(tmp_path, name, content)
    href = f"https://www.example.gov.cn/files/{name}"

    (finding,) = findings(good(attachments=({"name": "a", "href": href},)), folder)

    assert (finding.rule, finding.severity) == ("attachment.unreadable", Severity.HOLD)
    assert why in finding.message


def test_archives_are_opened_no_deeper_than_two() -> None:
    inner = zipped(**{"a.txt": "a"})
    for _ in range(2):
        inner = zipped(**{"a.zip": inner})

    with pytest.raises(UnreadableError, match="deeper than two"):
        contents("a.zip", inner)


def test_a_file_that_is_not_there_or_too_large_is_unreadable(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(65 << 20)

    with pytest.raises(UnreadableError, match="not there"):
        read(tmp_path / "none.txt")
    with pytest.raises(UnreadableError, match="larger than 64 MB"):
        read(large)


@pytest.mark.parametrize("wrapped", [jpeg, png, webp])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_photograph_tells_its_place_and_author(
    wrapped: Callable[[bytes], bytes], order: str, nested: bool
) -> None:
    for tag, told in ((0x8825, ("place",)), (0x013B, ("author",)), (0x0100, ())):
        image = wrapped(exif(tag, order=order, nested=nested))
        assert is_image(image)
        assert tells(image) == told


def test_a_photograph_with_a_place_is_blocked(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.jpg", jpeg(exif(0x8825)))
    record = good(attachments=({"name": "a", "href": "a.jpg"},))

    assert [f.rule for f in findings(record, folder)] == ["privacy.photo-place"]


@pytest.mark.parametrize(
    "href",
    ["https://other.example/a.txt", "//x/a.txt", "../a.txt", "%2e%2e/a.txt", "out/a"],
)
def test_what_lies_elsewhere_is_not_read(tmp_path: Path, href: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to(tmp_path)

    assert Folder(tmp_path / "in").path(href) is None


@pytest.mark.parametrize("href", ["http://[a/b.txt", "//[a", "http://℀.cn/a.txt"])
def test_an_address_that_is_none_names_no_file(tmp_path: Path, href: str) -> None:
    record = good(attachments=({"name": "a", "href": href},))

    (finding,) = findings(record, Folder(tmp_path))

    assert finding.rule == "attachment.elsewhere"


def test_an_address_of_the_folder_that_is_none_holds(tmp_path: Path) -> None:
    href = "https://www.example.gov.cn/files///[a"
    folder = Folder(tmp_path, prefix="https://www.example.gov.cn/files/")

    (finding,) = findings(good(attachments=({"name": "a", "href": href},)), folder)

    assert finding.rule == "attachment.unreadable"


def test_a_withdrawal_has_no_files_to_look_at(tmp_path: Path) -> None:
    record = good(
        status={"state": "withdrawn"}, attachments=({"name": "a", "href": "a"},)
    )

    assert not list(findings(record, Folder(tmp_path)))


def test_cells_of_excel_97_are_found_with_their_place(tmp_path: Path) -> None:
    sheet = Sheet([["户主", "电话"], ["甲", MOBILE]], [])
    xls(tmp_path / "a.xls", sheet)
    record = good(attachments=({"name": "a", "href": "a.xls"},))
    (finding,) = findings(record, Folder(tmp_path))

    assert finding.place == f"sheet {sheet.name}, row 2, column 2"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        pytest.param(76, b"\xff" * 4, id="a sector that is not there"),
        pytest.param(1566, b"\xff", id="more rows than memory"),
    ],
)
def test_a_workbook_that_breaks_its_reader_holds(
    tmp_path: Path, at: int, value: bytes
) -> None:
    """The reader ends its process, and the process is not ours."""
    content = bytearray(
        xls(tmp_path / "a.xls", Sheet([["a", "b"], ["1", "2"]])).read_bytes()
    )
    content[at : at + len(value)] = value

    with pytest.raises(UnreadableError, match="broken, or too large"):
        contents("a.xls", bytes(content))


def test_many_numbers_are_counted(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.txt", f"{ID}\n{CARD}\n".encode() * 20)
    found = list(findings(good(attachments=({"name": "a", "href": "a.txt"},)), folder))

    assert [f.message[:7] for f in found[20:]] == ["10 more", "10 more"]
    assert {f.rule for f in found} == {"privacy.id-number", "privacy.bank-card"}


def test_the_parts_of_an_id_are_found_over_cells(tmp_path: Path) -> None:
    content = workbook(["户主", "身份证"], ["甲", ID[:6], ID[6:14], ID[14:]])
    folder = folder_with(tmp_path, "a.xlsx", content)
    (finding,) = findings(good(attachments=({"name": "a", "href": "a.xlsx"},)), folder)

    assert finding.severity is Severity.BLOCK
    assert finding.place == "sheet 名单, row 2, column 2"


def test_a_page_that_is_a_picture_is_not_taken_for_clean(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.pdf", scanned())
    (finding,) = findings(good(attachments=({"name": "a", "href": "a.pdf"},)), folder)

    assert "page 1 is a picture" in finding.message


def annotated(**annotation: str) -> bytes:
    """A PDF with a text, and a note on its page."""
    writer, out = PdfWriter(), BytesIO()
    page = writer.add_blank_page(100, 100)
    text = StreamObject()
    text.set_data(b"BT /F 9 Tf (text) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(text)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = {NameObject(k): NameObject(v) for k, v in font.items()}
    fonts = DictionaryObject({NameObject("/F"): DictionaryObject(named)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    told = {NameObject(f"/{k}"): TextStringObject(v) for k, v in annotation.items()}
    note = DictionaryObject(told)
    if "URI" in annotation:
        note = DictionaryObject({NameObject("/A"): note})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    if "file" in annotation:
        writer.add_attachment("a.txt", annotation["file"].encode())
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "annotation", [{"Contents": MOBILE}, {"V": MOBILE}, {"URI": f"tel:{MOBILE}"}]
)
def test_notes_fields_and_links_of_a_page_are_read(
    tmp_path: Path, annotation: dict[str, str]
) -> None:
    folder = folder_with(tmp_path, "a.pdf", annotated(**annotation))
    record = good(attachments=({"name": "a", "href": "a.pdf"},))

    (finding,) = findings(record, folder)

    assert finding.rule == "privacy.mobile-number"
    assert finding.place == "page 1, notes and forms, line 1"


def test_files_embedded_in_a_pdf_are_not_taken_for_read() -> None:
    with pytest.raises(UnreadableError, match="embedded"):
        contents("a.pdf", annotated(file=MOBILE))


def test_a_file_elsewhere_is_told_of_and_one_outside_holds(tmp_path: Path) -> None:
    record = good(
        attachments=(
            {"name": "a", "href": "https://other.example/a.txt"},
            {"name": "b", "href": "../b.txt"},
        )
    )
    elsewhere, outside = findings(record, Folder(tmp_path))

    assert (elsewhere.rule, elsewhere.severity) == (
        "attachment.elsewhere",
        Severity.WARN,
    )
    assert (outside.rule, outside.severity) == (
        "attachment.unreadable",
        Severity.HOLD,
    )
