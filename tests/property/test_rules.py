"""Rules: whatever the text, a number is found in it, and none is repeated."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st
from support.rules import ALL, catalogs, good

from govsync.attachments.stars import starred
from govsync.model import Severity
from govsync.model.html import clean, text_of
from govsync.rules import privacy, screen
from govsync.rules.digits import plain
from govsync.rules.numbers import masked, scan
from govsync.rules.shapes import SHAPES, id_checksum_holds
from govsync.rules.shown import shown
from govsync.rules.sketch import borders

DIGITS = st.text("0123456789", min_size=1, max_size=25)
NOISE = st.sampled_from(
    [*" -–.·/xX元年¥,、\n\t", "\u200b", "\u3000", "**", "<b>", "&nbsp;"]
)
PIECES = "a, ,<p>,</p>,<b>,<td>,<tr>,<table>,</table>,&lt;,&amp;,<br>".split(",")
NUMERIC = st.lists(DIGITS | NOISE, max_size=40).map("".join)
MOBILES = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
BORDERS = st.text(st.characters(exclude_categories=["N", "Cf", "Cs", "Zs", "P", "S"]))


@st.composite
def ids(draw: st.DrawFn) -> str:
    """An ID number whose check digit holds, of any region, ended ones too."""
    day = draw(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
    head = f"{draw(st.integers(110000, 829999))}{day:%Y%m%d}"
    body = f"{head}{draw(st.integers(0, 999)):03d}"
    return next(body + c for c in "0123456789X" if id_checksum_holds(body + c))


def between(number: str, marks: list[str]) -> str:
    """Put a mark between every two characters of a number."""
    return "".join(c + marks[i % len(marks)] for i, c in enumerate(number))


@given(ids() | MOBILES, BORDERS, BORDERS)
def test_a_number_is_found_in_any_text(number: str, before: str, after: str) -> None:
    assert [hit.start for hit in scan(before + number + after)] == [len(before)]


@given(
    ids() | MOBILES,
    st.lists(
        st.sampled_from(["", "\u200b", "\xad", "<b>", "</b>", "<i></i>", "&#8203;"]),
        min_size=1,
    ),
)
def test_a_number_is_found_whatever_unseen_stands_in_it(
    number: str, marks: list[str]
) -> None:
    record = good(body=f"<p>甲{between(number, marks)}乙</p>")

    assert [f.severity for f in privacy.findings(record)] == [Severity.BLOCK]


@given(ids(), st.lists(st.sampled_from(["", " ", "-", "\u3000"]), min_size=1))
def test_an_id_is_found_however_it_is_grouped(number: str, marks: list[str]) -> None:
    written = between(number, marks).rstrip(" -\u3000")
    assume(len(set(marks) - {""}) < 2)

    assert [hit.kind for hit in scan(f"甲{written}乙")] == ["id-number"]


@given(NUMERIC)
def test_masking_leaves_nothing_to_find(text: str) -> None:
    assert list(scan(masked(text))) == []


@given(NUMERIC)
def test_stars_leave_nothing_to_find(text: str) -> None:
    (copy,) = starred([text], [""])

    assert list(scan(copy)) == []
    assert len(copy) == len(text)


@given(NUMERIC)
def test_hits_come_in_order_and_apart_and_within_the_text(text: str) -> None:
    end = 0
    for hit in scan(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] not in hit.masked
        end = hit.end


@given(NUMERIC)
def test_a_plain_text_knows_where_each_of_its_characters_stands(text: str) -> None:
    made = plain(text)

    assert len(made.text) == len(made.places)
    for character, place in zip(made.text, made.places, strict=True):
        if character.isdigit():
            assert text[place] == character


@given(NUMERIC)
def test_a_sketch_misses_no_number(text: str) -> None:
    """Searched by sketch, or from each character: the same numbers."""
    padded = f" {plain(text).text}"
    (shape,) = (shape for shape in SHAPES if shape.long)

    found = {match.start() for match in shape.pattern.finditer(padded)}
    assert found <= set(borders(padded))


@given(st.lists(NUMERIC | st.sampled_from(["<td>", "<tr>", "<table>", "</p>"])))
def test_no_finding_repeats_a_number(parts: list[str]) -> None:
    text = "".join(parts)
    record = good(body=text, summary=text, extra={text: text}, keywords=(text,))

    for finding in privacy.findings(record):
        assert not list(scan(str(finding)))


@given(st.lists(st.sampled_from(PIECES)))
def test_the_text_shown_is_the_text_of_the_body(parts: list[str]) -> None:
    body = clean("".join(parts))

    assert shown(body).text.split() == text_of(body).split()


@given(st.text(), st.text(min_size=1).filter(str.strip))
def test_any_record_is_screened_and_a_block_goes_nowhere(body: str, text: str) -> None:
    record = good(body=body, title=text, summary=body, extra={text: body})
    result = screen(record, catalogs=catalogs(), destinations=ALL)
    whole = [f for f in result.findings if f.severity is not Severity.WARN]

    assert bool(result.channels) is not bool(whole)
