"""A redacted copy says all that its original did, but for the numbers of persons."""

from __future__ import annotations

import json
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from support.rules import CARD, ID, MOBILE

from govsync.attachments.images import PNG, orientation, tells
from govsync.attachments.reading import contents
from govsync.attachments.redacting import Change, redact
from govsync.attachments.stars import starred
from govsync.errors import InputError

STARS = "138****0001"
ID_STARS = "23*************011"
WORD = "xmlns:w='urn:w'"


def zipped(**members: str | bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def member(content: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode()


def rows(content: bytes) -> list[tuple[object, ...]]:
    sheet = load_workbook(BytesIO(content)).active
    assert sheet
    return list(sheet.iter_rows(values_only=True))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.txt", f"电话{MOBILE}。\r\n", f"电话{STARS}。\r\n"),
        ("a.txt", "138 0467-0001", "138 ****-0001"),
        ("a.txt", "+86 138 0467 0001", "+86 138 **** 0001"),
        ("a.txt", "一三八〇四六七〇〇〇一", "一三八****〇〇〇一"),
        ("a.txt", "1380\u200b4670001", "138*\u200b***0001"),
        ("a.tsv", f"{ID[:6]}\t{ID[6:14]}\t{ID[14:]}", "23****\t********\t*011"),
        ("a.csv", f'户主,电话\n"甲,乙",{MOBILE}\n', f'户主,电话\n"甲,乙",{STARS}\n'),
        ("a.csv", f"{ID[:6]},{ID[6:14]},{ID[14:]}\n", "23****,********,*011\n"),
        ("a.json", f'{{"a": [{MOBILE}, true, null]}}', None),
        (
            "a.jsonl",
            f'{{"a":1}}\n{{"a": "{MOBILE}"}}\n',
            f'{{"a":1}}\n{{"a": "{STARS}"}}\n',
        ),
        ("a.html", "<p>138<b>0467</b>0001</p>", "<p>138<b>****</b>0001</p>"),
        ("a.html", "<p>138&#48;467 </p>&lt;", None),
        ("a.html", "<p>&#49;380467000&#x31;", "<p>&#49;38****000&#x31;"),
        ("a.html", "<p>138\n   0467 0001", "<p>138\n   **** 0001"),
        ("a.html", f"<!-- {MOBILE} -->", f"<!-- {STARS} -->"),
        ("a.html", f'<a href="tel:{MOBILE}">', f'<a href="tel:{STARS}">'),
        ("a.html", f'<a href="/{CARD}.pdf" title="{MOBILE}">', None),
        ("a.xml", f"<a>{CARD}</a>", "<a>6228********0007</a>"),
    ],
)
def test_only_the_digits_of_numbers_change(
    name: str, before: str, after: str | None
) -> None:
    copy = redact(name, before.encode()).content.decode()

    if after is not None:
        assert copy == after
    assert MOBILE not in copy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_copy_keeps_the_encoding(encoding: str) -> None:
    copy = redact("a.txt", f"电话{MOBILE}".encode(encoding)).content

    assert copy.startswith("电".encode(encoding)[:2])
    assert copy.decode(encoding) == f"电话{STARS}"


def test_utf_16_with_the_high_byte_first_stays_so() -> None:
    copy = redact("a.txt", b"\xfe\xff" + MOBILE.encode("utf-16-be")).content

    assert copy == b"\xfe\xff" + STARS.encode("utf-16-be")


def test_json_stays_json() -> None:
    content = json.dumps({"a": int(MOBILE), "b": [1.5, True, None, MOBILE]}).encode()

    assert json.loads(redact("a.json", content).content) == {
        "a": STARS,
        "b": [1.5, True, None, STARS],
    }


def test_cells_of_a_workbook_lose_their_numbers_and_nothing_else() -> None:
    book, out = Workbook(), BytesIO()
    assert book.active
    for row in (
        ["户主", "电话", "身份证", "", ""],
        ["甲", int(MOBILE), ID[:6], ID[6:14], ID[14:]],
        [f"乙{MOBILE}", 14500, "无", "", ID[14:]],
    ):
        book.active.append(row)
    book.active["A2"].comment = None
    book.save(out)
    redacted = redact("a.xlsx", out.getvalue())

    assert rows(redacted.content) == [
        ("户主", "电话", "身份证", None, None),
        ("甲", STARS, "23****", "********", "*011"),
        (f"乙{STARS}", 14500, "无", None, ID[14:]),
    ]
    assert Change("sheet Sheet, row 2, column 2", "privacy.mobile-number", STARS) in (
        redacted.changes
    )


LIST = (
    ["农村危房改造补助名单"],
    ["户主", "家庭住址", "账号"],
    ["示例甲", "裴德镇平安村3组12号", "230100123456789"],
    ["示例乙", "裴德镇***", "无"],
)


@pytest.mark.parametrize("names", [False, True])
def test_lists_of_persons_lose_what_their_heads_tell_of(names: bool) -> None:
    book, out = Workbook(), BytesIO()
    assert book.active
    for row in LIST:
        book.active.append(row)
    book.save(out)
    table = "\n".join(map(",".join, LIST)).encode()
    copy = redact("a.xlsx", out.getvalue(), names=names)
    lines = redact("a.csv", table, names=names).content.decode().splitlines()

    masked_row = ("示**" if names else "示例甲", "裴德镇***", "23**********789")
    assert rows(copy.content)[2] == masked_row
    assert lines[2] == ",".join(masked_row)
    assert {change.rule for change in copy.changes} >= {
        "privacy.address",
        "privacy.account",
    }


def test_what_labels_tell_of_is_starred() -> None:
    text = "家庭住址:密山镇东安街1委2组3号,护照:E12345678。"

    copy = redact("a.txt", text.encode()).content.decode()

    assert copy == "家庭住址:密山镇*********,护照:E1****678。"


def test_a_formula_with_a_number_goes_and_the_order_of_formulas_too() -> None:
    """Else a spreadsheet program would call the copy broken."""
    cell = f"<c r='A1'><f>1+1</f><v>{MOBILE}</v></c>"
    listed = "<a><b PartName='/xl/calcChain.xml'/><b PartName='/xl/workbook.xml'/></a>"
    copy = redact(
        "a.xlsx",
        zipped(
            **{
                "[Content_Types].xml": listed,
                "xl/_rels/workbook.xml.rels": "<a><b Target='calcChain.xml'/></a>",
                "xl/worksheets/sheet1.xml": f"<a><row>{cell}</row></a>",
                "xl/calcChain.xml": "<a><c r='A1'/></a>",
            }
        ),
    ).content

    assert "<f>" not in member(copy, "xl/worksheets/sheet1.xml")
    assert "calcChain" not in member(copy, "[Content_Types].xml")
    assert "workbook" in member(copy, "[Content_Types].xml")
    assert "calcChain" not in member(copy, "xl/_rels/workbook.xml.rels")
    with pytest.raises(KeyError):
        member(copy, "xl/calcChain.xml")


def test_strings_that_no_cell_shows_go() -> None:
    sheet = "<sheetData><row><c t='s'><v>0</v></c></row></sheetData>"
    strings = f"<sst><si><t>甲</t></si><si><t>{MOBILE}</t></si></sst>"
    parts = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings}
    copy = redact("a.xlsx", zipped(**parts)).content

    assert "138" not in member(copy, "xl/sharedStrings.xml")
    assert "甲" in member(copy, "xl/sharedStrings.xml")


def test_runs_of_a_document_keep_their_borders() -> None:
    body = f"<w:p {WORD}><w:r><w:t>电话138</w:t></w:r><w:t>04670001</w:t></w:p>"
    links = f"<a><b Target='tel:{MOBILE}'/></a>"
    core = f"<a><b>{MOBILE}</b></a>"
    copy = redact(
        "a.docx",
        zipped(
            **{
                "word/document.xml": body,
                "word/_rels/document.xml.rels": links,
                "docProps/core.xml": core,
                "word/embeddings/b.docx": zipped(**{"a.xml": core}),
                "word/media/a.bin": b"\0",
            }
        ),
    ).content

    document = member(copy, "word/document.xml")
    assert "<w:t>电话138</w:t></w:r><w:t>****0001</w:t>" in document
    assert f"tel:{STARS}" in member(copy, "word/_rels/document.xml.rels")
    assert STARS in member(copy, "docProps/core.xml")
    assert contents("a.docx", copy).pieces


def test_what_a_document_says_unseen_is_starred() -> None:
    parts = {
        "word/document.xml": f"<a><docPr descr='{MOBILE}'/></a>",
        "word/d.vml": f"<a><div>{MOBILE}<br></div></a>",
    }
    copy = redact("a.docx", zipped(**parts)).content

    assert f'descr="{STARS}"' in member(copy, "word/document.xml")
    assert STARS in member(copy, "word/d.vml")


def test_a_cell_of_opendocument_becomes_a_text() -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    cell = f"<o:c xmlns:o='{space}' o:value-type='float' o:value='{MOBILE}'/>"
    copy = redact("a.ods", zipped(**{"content.xml": cell})).content

    assert 'value-type="string"' in member(copy, "content.xml")
    assert "value=" not in member(copy, "content.xml")


def test_a_formula_that_masks_a_number_goes_and_its_value_stays() -> None:
    cells = f"<c t='str'><f>REPLACE('{MOBILE}',4,4,'*')</f><v>138*</v></c>"
    sheet = f"<sheetData><row>{cells}</row></sheetData>"
    copy = redact("a.xlsx", zipped(**{"xl/worksheets/sheet1.xml": sheet})).content

    assert '<c t="str"><v>138*</v></c>' in member(copy, "xl/worksheets/sheet1.xml")


def test_the_rows_that_a_pivot_table_keeps_are_refused() -> None:
    rows = f"<pivotCacheRecords><r><s v='{MOBILE}'/></r></pivotCacheRecords>"

    with pytest.raises(InputError, match="would be left"):
        redact("a.xlsx", zipped(**{"xl/pivotCache/r1.xml": rows}))


@pytest.mark.parametrize(
    ("name", "picture", "listed", "entry"),
    [
        ("a.docx", "docProps/thumbnail.jpeg", "_rels/.rels", "Target"),
        ("a.odt", "Thumbnails/thumbnail.png", "META-INF/manifest.xml", "full-path"),
    ],
)
def test_the_picture_of_the_first_page_goes(
    name: str, picture: str, listed: str, entry: str
) -> None:
    """It shows the numbers as they were."""
    image = b"\xff\xd8\xff\xda\0\0" if picture.endswith("jpeg") else PNG
    parts = {
        "content.xml": f"<a>{MOBILE}</a>",
        picture: image,
        listed: f"<manifest><b {entry}='{picture}'/><b {entry}='c'/></manifest>",
    }
    copy = redact(name, zipped(**parts)).content

    with zipfile.ZipFile(BytesIO(copy)) as archive:
        assert archive.namelist() == ["content.xml", listed]
    assert member(copy, listed).count("<b ") == 1


def test_chinese_names_in_an_archive_stay_readable() -> None:
    content = zipped(**{"XX.txt": MOBILE}).replace(b"XX", "名".encode("gb18030"))
    copy = redact("a.zip", content).content

    assert member(copy, "名.txt") == STARS


def test_numbers_parted_by_tabs_and_line_breaks_are_starred_each() -> None:
    runs = f"<w:t>1</w:t><w:tab/><w:t>{MOBILE}</w:t><w:br/><w:t>{MOBILE}</w:t>"
    body = f"<w:p {WORD}><w:r>{runs}</w:r></w:p>"
    copy = redact("a.docx", zipped(**{"word/document.xml": body})).content

    document = member(copy, "word/document.xml")
    assert document.count(f"<w:t>{STARS}</w:t>") == 2
    assert "<w:tab/>" in document


def test_an_archive_is_redacted_file_by_file_names_too() -> None:
    inner = zipped(**{"b.txt": f"x{MOBILE}"})
    content = zipped(**{f"{MOBILE}.txt": MOBILE, "b.zip": inner, "c/": ""})
    copy = redact("a.zip", content).content

    assert member(copy, "138XXXX0001.txt") == STARS


def test_the_same_file_gives_the_same_copy() -> None:
    content = zipped(**{"a.txt": MOBILE})

    assert redact("a.zip", content) == redact("a.zip", content)


def test_a_clean_file_is_copied_as_it_is() -> None:
    content = zipped(**{"a.xml": "<a/>"})

    assert redact("a.docx", content) == (content, ())


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", f"{MOBILE},{'a' * 140_000}".encode(), "too large"),
        ("a.exe", b"MZ", "nobody here reads"),
        ("a.zip", zipped(**{"a.exe": b""}), "nobody here reads"),
        ("a.json", f'{{"a": "{MOBILE}"'.encode(), "no sound JSON"),
    ],
)
def test_what_cannot_be_redacted_is_refused(
    name: str, content: bytes, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        redact(name, content)


def test_what_would_be_left_is_refused(tmp_path: Path) -> None:
    """A sheet's name is told of in formulas, too: a person has to change it."""
    book = Workbook()
    assert book.active
    book.active.title = MOBILE
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(InputError, match="1 would be left, such as privacy.mobile"):
        redact("a.xlsx", (tmp_path / "a.xlsx").read_bytes())


def test_the_margins_of_a_sheet_are_redacted(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active
    book.active.oddFooter.center.text = f"电话{MOBILE}"
    book.save(tmp_path / "a.xlsx")
    redacted = redact("a.xlsx", (tmp_path / "a.xlsx").read_bytes())

    assert redacted.changes[0].place == "sheet Sheet, margins, line 1"
    assert STARS in member(redacted.content, "xl/worksheets/sheet1.xml")


def test_a_pdf_is_refused_with_the_reason(pdf_with_number: bytes) -> None:
    with pytest.raises(InputError, match="painted over"):
        redact("a.pdf", pdf_with_number)


@pytest.fixture
def pdf_with_number() -> bytes:
    from pypdf import PdfWriter
    from pypdf.generic import (
        DictionaryObject,
        NameObject,
        StreamObject,
    )

    writer, out = PdfWriter(), BytesIO()
    page = writer.add_blank_page(200, 100)
    stream = StreamObject()
    stream.set_data(f"BT /F 12 Tf 10 50 Td ({MOBILE}) Tj ET".encode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(out)
    return out.getvalue()


def tiff(*tags: tuple[int, int]) -> bytes:
    entries = b"".join(struct.pack(">HHIHH", tag, 3, 1, v, 0) for tag, v in tags)
    return b"MM\0*" + struct.pack(">IH", 8, len(tags)) + entries + b"\0\0\0\0"


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


PICTURE = b"\xff\xda\0\x02pixels\xff\xd9"
GPS = b"Exif\0\0" + tiff((0x0112, 6), (0x8825, 1), (0x013B, 1))


@pytest.mark.parametrize(
    "beside",
    [
        segment(0xE1, GPS),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<a exif:GPSLatitude='1'/>"),
        segment(0xED, b"Photoshop 3.0\0\x1c\x02\x50\0\x03abc"),
    ],
)
def test_a_photograph_loses_what_it_tells_and_keeps_its_pixels(beside: bytes) -> None:
    image = b"\xff\xd8" + segment(0xE0, b"JFIF\0") + beside + PICTURE
    copy = redact("a.jpg", image).content

    assert tells(image)
    assert tells(copy) == ()
    assert copy.endswith(PICTURE)
    assert segment(0xE0, b"JFIF\0") in copy


def test_a_photograph_still_stands_upright() -> None:
    image = b"\xff\xd8" + segment(0xE1, GPS) + PICTURE

    assert orientation(redact("a.jpg", image).content) == orientation(image) == 6


def test_png_and_webp_lose_it_too() -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + b"crc_"

    png = (
        PNG + chunk(b"IHDR", b"a") + chunk(b"tEXt", b"Author\0x") + chunk(b"IEND", b"")
    )
    body = b"WEBPVP8X\x01\0\0\0\x0c\0EXIF" + struct.pack("<I", 26) + tiff((0x8825, 1))
    webp = b"RIFF\0\0\0\0" + body
    for name, image in (("a.png", png), ("a.webp", webp)):
        copy = redact(name, image).content
        assert tells(image)
        assert tells(copy) == ()
    assert copy[20:21] == b"\0"


def test_stars_go_over_several_texts() -> None:
    assert starred(["138", "0467", "0001", "a"], ["", "", "\n", ""]) == [
        "138",
        "****",
        "0001",
        "a",
    ]
