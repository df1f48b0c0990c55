"""Every character at every place, in every format: carried as it is, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from support.formats import LOSSLESS, full, read, written

from govsync.errors import FormatError
from govsync.formats import FORMATS
from govsync.model import Attachment, ItemRef, Record

CARRIED = {
    "CJK": "公开",
    "astral ideograph": "\U00020bb7",
    "emoji of many code points": "👨\u200d👩\u200d👧",
    "end of a CDATA section": "]]>",
    "markup": "<b>&amp;</b>",
    "quotes": "\"'",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next line": "\u0085",
    "a control of C1": "\u0091",
    "private use": "\ue000",
    "the last code point of a plane": "\U0001ffff",
    "tab, line feed, carriage return": "\t\r\n",
    "no-break space": "\xa0",
    "ideographic space": "\u3000",
    "zero width": "\u200b\ufeff",
    "right to left": "\u202eab\u202c",
    "combining": "e\u0301",
    "compatibility": "ﬁ①",
}
REFUSED = ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"]
PLACES: dict[str, Any] = {
    "title": lambda said: {"title": f"一{said}二"},
    "summary": lambda said: {"summary": f"一{said}二"},
    "body": lambda said: {"body": f"<p>一{_escaped(said)}二</p>"},
    "issuer": lambda said: {"issuer": f"一{said}二"},
    "co_issuers[1]": lambda said: {"co_issuers": ("甲", f"一{said}二")},
    "keywords[0]": lambda said: {"keywords": (f"一{said}二",)},
    "document_number": lambda said: {"document_number": f"一{said}二"},
    "item.level2": lambda said: {
        "item": ItemRef(area="征地补偿", level1="甲", level2=f"一{said}二")
    },
    "attachments[0].name": lambda said: {
        "attachments": (Attachment(name=f"一{said}二", href="https://a.example/1"),)
    },
    "audience.note": lambda said: {"audience": {"scope": "all", "note": f"一{said}二"}},
    "status.reason": lambda said: {"status": {"reason": f"一{said}二"}},
    "extra.备注": lambda said: {"extra": {"备注": f"一{said}二"}},
}


def _escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def said_at(place: str, said: str) -> Record:
    return full(id="r", **PLACES[place](said))


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("place", PLACES)
def test_what_xml_holds_comes_back_to_the_character(form: str, place: str) -> None:
    records = [
        said_at(place, said).changed(id=f"r{number}")
        for number, said in enumerate(CARRIED.values())
    ]

    assert read(form, written(form, records)) == records


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("said", REFUSED, ids=ascii)
def test_what_xml_does_not_hold_is_refused_where_it_stands(
    form: str, place: str, said: str
) -> None:
    record = said_at(place, said)
    if place == "body" and said == "\x00":
        assert record.body == "<p>一二</p>"  # by the cleaner
        return

    with pytest.raises(FormatError) as caught:
        FORMATS[form].entry(record)

    error = caught.value
    field = record.body if place == "body" else "一"
    offset = field.index(said) if place == "body" else 1
    assert (error.record, error.field, error.offset) == ("r", place, offset)
    assert f"U+{ord(said):04X}" in error.message
    assert error.mend


@pytest.mark.parametrize("form", ["atom", "rss", "xml", "oai_dc", "dcat"])
def test_every_parser_of_xml_takes_it(form: str) -> None:
    for said in CARRIED.values():
        for place in PLACES:
            root = etree.fromstring(FORMATS[form].entry(said_at(place, said)))
            assert root.getroottree().docinfo.encoding == "UTF-8"
