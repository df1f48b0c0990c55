"""The model: cleaning settles, records read back, addresses never meet."""

from __future__ import annotations

import json

import nh3
from hypothesis import assume, given
from hypothesis import strategies as st
from support.formats import IDS, MOMENTS, any_record

from govsync.model import IndexKind, IndexNumber, Record
from govsync.model.catalog import comparable
from govsync.model.html import ATTRIBUTES, TAGS, active_content, clean, text_of

REFUSED = (
    "script style svg math select option button form template textarea noscript"
    " iframe foo center font nobr title xmp plaintext"
)
NAMES = st.sampled_from([*sorted(TAGS), *REFUSED.split()])
TITLES = st.sampled_from(["<b>", "-->", "&quot;"])
PIECES = st.one_of(
    st.builds("<{}>".format, NAMES),
    st.builds("</{}>".format, NAMES),
    st.builds('<{} title="{}">'.format, NAMES, TITLES),
    st.builds("<{} onclick=x style='y'>".format, NAMES),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "<?x", "<", ">", "&", "&lt;"]),
    st.sampled_from(["&#13;", "&#0;", "\n", "\r", "\0", "\xa0", '"', "'", "/"]),
    st.sampled_from(['<a href="javascript:x">', "<img src=x onerror=y>", "&amp;lt;"]),
    st.text(max_size=3),
)
HTML = st.lists(PIECES, max_size=15).map("".join) | st.text()


@given(HTML)
def test_cleaning_twice_is_cleaning_once(html: str) -> None:
    once = clean(html)

    assert clean(once) == once
    assert active_content(once) == ()


@given(
    st.text(st.characters(exclude_characters="<>&\r\0\xa0", exclude_categories=["Cs"]))
)
def test_the_fast_path_ends_where_the_slow_one_does(text: str) -> None:
    html = f"<p>{text}</p><p></p>"

    slow = nh3.clean(html, tags=set(TAGS), attributes=ATTRIBUTES, link_rel=None)

    assert clean(html) == slow == html


@given(HTML)
def test_the_text_of_a_body_keeps_no_empty_lines(html: str) -> None:
    text = text_of(clean(html))

    assert all(line == " ".join(line.split()) != "" for line in text.splitlines())


@given(any_record())
def test_a_record_reads_back_from_its_plain_data(record: Record) -> None:
    read = Record.model_validate(json.loads(json.dumps(record.plain())))

    assert read == record
    assert read.digest == record.digest


@given(any_record(), st.integers(1, 10**9), st.none() | MOMENTS)
def test_the_digest_is_independent_of_what_the_ledger_adds(
    record: Record, revision: int, updated: object
) -> None:
    assert record.changed(revision=revision, updated=updated).digest == record.digest


@given(any_record())
def test_what_is_public_is_public_already(record: Record) -> None:
    public = record.public()

    assert public.public() == public
    assert public.review is None
    assert not public.extra


@given(IDS, IDS)
def test_two_ids_have_two_addresses_in_ascii(one: str, other: str) -> None:
    assume(one != other)
    uris = [Record(id=id_, title="x").uri for id_ in (one, other)]

    assert uris[0] != uris[1]
    assert all(uri.isascii() and not set(uri) & set(' <>"{}|\\^`') for uri in uris)


@given(st.text())
def test_an_index_number_is_always_taken_apart(text: str) -> None:
    number = IndexNumber.parse(text)

    assert number.text == text.strip()
    assert (number.checked is None) or number.body_code


@given(st.integers(1900, 9999), st.integers(1, 99999))
def test_what_is_issued_is_read_back(year: int, serial: int) -> None:
    number = IndexNumber.issue("000014349", year, serial)

    assert number.kind is IndexKind.ORG_CODE
    assert (number.year, int(number.serial), number.checked) == (year, serial, True)
    assert len(number.text) == 20


@given(st.text())
def test_what_is_compared_has_no_blanks(text: str) -> None:
    assert not any(map(str.isspace, comparable(text)))
