"""Documents that may not be read, and what is said of them."""

from __future__ import annotations

import pytest
from support.formats import full, read, withdrawn, written

from govsync.errors import FormatError
from govsync.formats import FORMATS, catalog_xml, json_lines, json_records

XML = ("atom", "rss", "xml")
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
"""
EXTERNAL = b'<!DOCTYPE feed SYSTEM "http://192.0.2.1/feed.dtd">\n'


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("prolog", [BOMB, EXTERNAL])
def test_a_doctype_is_refused(name: str, prolog: bytes) -> None:
    content = written(name, [full()]).split(b"\n", 1)[1]

    with pytest.raises(FormatError, match="DOCTYPE"):
        read(name, prolog + content)


@pytest.mark.parametrize("name", XML)
def test_what_is_cut_off_is_refused_with_its_line(name: str) -> None:
    content = written(name, [full(), full(id="b")])

    with pytest.raises(FormatError, match="not well-formed") as caught:
        read(name, content[:-40])

    assert caught.value.where.startswith("line ")


@pytest.mark.parametrize("name", XML)
def test_an_empty_document_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="empty"):
        read(name, b"")


@pytest.mark.parametrize("name", XML)
def test_another_document_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="the document is a html"):
        read(name, b"<html/>")


@pytest.mark.parametrize("name", XML)
def test_a_blank_line_before_the_declaration_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="line 2"):
        read(name, b"\n" + written(name, [full()]))


def test_gb18030_is_read_where_it_is_declared() -> None:
    """Writing is UTF-8 only: many readers decode nothing else."""
    for name in XML:
        content = written(name, [full()]).decode()
        local = content.replace('encoding="UTF-8"', 'encoding="GB18030"')

        assert read(name, local.encode("gb18030")) == [full()]


def test_comments_and_cdata_of_others_are_read_through() -> None:
    content = written("atom", [full()])
    title = "关于 A&B <征收> 的公告 ]]>"
    spoilt = content.replace(
        b"</title><updated>2026-03-05", b"<!-- c --></title><updated>2026-03-05"
    )

    (record,) = read("atom", spoilt)

    assert record == full()
    assert full().title == title


@pytest.mark.parametrize("name", ["xml", "atom", "rss"])
def test_an_unknown_word_of_our_namespace_is_refused(name: str) -> None:
    content = FORMATS[name].entry(full())
    spoilt = content.replace(b"index_number", b"index_nummer")

    with pytest.raises(FormatError, match="unknown element"):
        FORMATS[name].read_entry(spoilt)


@pytest.mark.parametrize("name", ["xml", "atom", "rss", "json", "json_feed"])
def test_a_record_without_its_digest_is_refused(name: str) -> None:
    content = FORMATS[name].entry(full())
    spoilt = content.replace(f' digest="{full().digest}"'.encode(), b"").replace(
        f'"digest":"{full().digest}"'.encode(), b'"revision":7'
    )
    assert spoilt != content

    with pytest.raises(FormatError, match="no digest"):
        FORMATS[name].read_entry(spoilt)


@pytest.mark.parametrize("name", ["xml", "atom", "rss", "json", "json_feed"])
def test_a_value_that_does_not_hold_is_named_by_field(name: str) -> None:
    content = FORMATS[name].entry(full())
    spoilt = content.replace(b"special", b"nobody")

    with pytest.raises(FormatError) as caught:
        FORMATS[name].read_entry(spoilt)

    assert caught.value.field == "audience.scope"
    assert caught.value.record == full().id


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no object"),
        (b"{}", "no records"),
        (b'{"records":{}}', "no list"),
        (b'{"records":[1]}', "no object"),
        (b'{"records":[{"id":"a"}]}', "no digest"),
    ],
)
def test_what_is_no_document_of_records_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        list(json_records.read(content))


def test_a_json_entry_is_one_record() -> None:
    with pytest.raises(FormatError, match="no entry"):
        json_records.read_entry(b"{}")


def test_a_bad_line_is_named() -> None:
    good = json_lines.entry(full())

    with pytest.raises(FormatError) as caught:
        list(json_lines.read(good + b"\n{\n"))

    assert caught.value.where == "line 3"


def test_a_strangers_tombstone_cannot_be_taken_over() -> None:
    """It names no revision and no digest."""
    content = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" '
        b'xmlns:at="http://purl.org/atompub/tombstones/1.0">'
        b'<at:deleted-entry ref="tag:a.example,2026:1" when="2026-01-01T00:00:00Z"/>'
        b"</feed>"
    )

    with pytest.raises(FormatError, match="without revision and digest"):
        read("atom", content)


@pytest.mark.parametrize("name", ["atom", "rss", "xml", "json", "json_feed"])
def test_a_tombstone_that_does_not_hold_is_refused(name: str) -> None:
    content = FORMATS[name].entry(withdrawn())
    spoilt = content.replace(withdrawn().digest.encode(), b"0")

    with pytest.raises(FormatError) as caught:
        FORMATS[name].read_entry(spoilt)

    assert (caught.value.record, caught.value.field) == (withdrawn().id, "digest")


def test_a_second_element_of_one_kind_in_an_item_is_refused() -> None:
    twice = "<content>1</content><content>2</content>"
    item = f'<item><ref area="a" level1="b"/>{twice}</item>'
    content = (
        '<publication xmlns="urn:govsync:catalog:1"><feed title="t" site="s"/>'
        f'<catalog area="a">{item}</catalog></publication>'
    )

    with pytest.raises(FormatError, match="second content"):
        catalog_xml.read_catalogs(content.encode())
