"""Letter: a report as DOCX (ECMA-376, transitional), for drafters to go on from.

Only what every word processor knows: styles, paragraphs, tables. Type sizes are those
of official documents (GB/T 9704-2012: titles 22 pt, text 16 pt). Charts are left out;
the tables say the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

    from govsync.reports.document import Report, Section

CAP = 50
"""Rows of a list that the text shows; it says how many there are."""
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BARRED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
_WIDTH = 8844
"""Of the text, in twentieths of a point: A4 less 28 and 26 mm (GB/T 9704-2012)."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The least that a ZIP can tell: no clock gets into the bytes."""


def write(report: Report, out: IO[bytes]) -> None:
    """Write a report as a document; equal reports give equal bytes."""
    body = "".join(_body(report))
    whole = f"<w:body>{body}{_PAGE}</w:body>"
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations("officeDocument", "word/document.xml"),
        "word/document.xml": f'<w:document xmlns:w="{_WORD}">{whole}</w:document>',
        "word/styles.xml": _styles(),
        "word/_rels/document.xml.rels": _relations("styles", "styles.xml"),
    }
    with ZipFile(out, "w") as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, _HEAD + content)


def _body(report: Report) -> Iterator[str]:
    yield _paragraph(report.title, "Title")
    for name, value in report.basis:
        yield _paragraph(f"{name}: {value}", "Note")
    for section in report.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield _paragraph(section.title, "Heading1")
    for note in section.notes:
        yield _paragraph(note, "Note")
    for paragraph in section.text:
        yield _paragraph(paragraph, "Normal")
    if section.figures:
        cells = [(one.label, one.shown, one.percent) for one in section.figures]
        yield from _table([("指标", "数量", "比率"), *cells])
    for table in section.tables:
        yield _paragraph(table.title, "Heading2")
        yield from _table([table.header, *table.rows])
    for listing in section.listings:
        rows = listing.rows[:CAP]
        yield _paragraph(f"{listing.title}: {listing.counted(len(rows))}", "Heading2")
        yield from _table([("编号", "名称", "说明"), *rows])


def _paragraph(text: str, style: str) -> str:
    said = escape(_BARRED.sub("\ufffd", text))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{said}</w:t></w:r></w:p>'
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    width = _WIDTH // len(rows[0])
    columns = f'<w:gridCol w:w="{width}"/>' * len(rows[0])
    yield '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr>'
    yield f"<w:tblGrid>{columns}</w:tblGrid>"
    for row in rows:
        yield f"<w:tr>{''.join(_cells(row, width))}</w:tr>"
    yield "</w:tbl>"
    # Two tables without a paragraph between them would be one.
    yield _paragraph("", "Note")


def _cells(row: Iterable[str], width: int) -> Iterator[str]:
    for cell in row:
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(cell, 'Cell')}</w:tc>"
        )


_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"'
    ' w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
)
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml"'
    f' ContentType="{_KIND}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
)


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


_STYLES = (
    # Id, name, font, size in half points, paragraph properties.
    ("Normal", "Normal", "仿宋", 32, '<w:ind w:firstLineChars="200"/>'),
    ("Title", "Title", "方正小标宋简体", 44, '<w:jc w:val="center"/>'),
    ("Heading1", "heading 1", "黑体", 32, '<w:keepNext/><w:outlineLvl w:val="0"/>'),
    ("Heading2", "heading 2", "楷体", 32, '<w:keepNext/><w:outlineLvl w:val="1"/>'),
    ("Note", "Note", "仿宋", 24, ""),
    ("Cell", "Cell", "仿宋", 21, ""),
)


_DEFAULT = ' w:default="1"'


def _styles() -> str:
    told = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"'
        f"{_DEFAULT if key == 'Normal' else ''}>"
        f'<w:name w:val="{name}"/><w:pPr>{properties}</w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{font}" w:eastAsia="{font}" w:hAnsi="{font}"/>'
        f'<w:sz w:val="{size}"/></w:rPr></w:style>'
        for key, name, font, size, properties in _STYLES
    )
    return f'<w:styles xmlns:w="{_WORD}">{told}{_GRID}</w:styles>'


_GRID = (
    '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr>'
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style>"
)
