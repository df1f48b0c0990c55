"""A body as its reader sees it, and the names of places in it."""

from __future__ import annotations

import pytest

from govsync.model.html import clean
from govsync.rules.shown import place_in, shown, tables


def place(html: str, text: str) -> str:
    body = shown(clean(html))
    return place_in(body, body.text.index(text))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a", "a"),
        ("<p>a</p><p>b</p>", "a\nb\n"),
        ("<p><b>23</b>03<i>8</i></p>", "2303 8".replace(" ", "") + "\n"),
        ("a<br>b", "a\nb"),
        ("<p>a \n\t b</p>", "a b\n"),
        ("<p>a&nbsp;b &lt;c&gt; &amp;nbsp;</p>", "a\xa0b <c> &nbsp;\n"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2\n"),
        ("1 &lt; 2 <b>", "1 < 2 "),
    ],
)
def test_blocks_and_cells_stand_on_lines_of_their_own(html: str, text: str) -> None:
    assert shown(clean(html)).text == text


def test_what_is_no_tag_stays_text() -> None:
    assert shown('1 < 2 <13804670001> <a href="x').text == (
        '1 < 2 <13804670001> <a href="x'
    )


TABLE = (
    "<p>甲</p><table><tr><th>村</th><th>户主</th><th>身份证号</th></tr>"
    "<tr><td rowspan=2>一村</td><td>a1</td><td>a2</td></tr>"
    "<tr><td>b1</td><td>b2</td></tr>"
    "<tr><td colspan=2>c1</td><td>c2</td></tr></table><p>乙</p>"
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("甲", "offset 0"),
        ("户主", "table 1, row 1, column 2"),
        ("一村", "table 1, row 2, column 村"),
        ("a2", "table 1, row 2, column 身份证号"),
        ("b1", "table 1, row 3, column 户主"),
        ("b2", "table 1, row 3, column 身份证号"),
        ("c1", "table 1, row 4, column 村"),
        ("c2", "table 1, row 4, column 身份证号"),
    ],
)
def test_a_cell_is_named_by_row_and_by_what_heads_its_column(
    text: str, named: str
) -> None:
    """Merged cells count as what they cover; the header is row 1."""
    assert place(TABLE, text) == named


def test_after_a_table_places_are_offsets_again() -> None:
    body = shown(clean(TABLE))

    assert place_in(body, body.text.index("乙")) == f"offset {body.text.index('乙')}"


def test_a_first_row_with_numbers_is_no_header() -> None:
    """What it holds is a person's, and is not repeated as the name of a column."""
    html = (
        "<table><tr><td>某户</td><td>5230000</td></tr>"
        "<tr><td>x</td><td>y</td></tr></table>"
    )

    assert place(html, "x") == "table 1, row 2, column 1"


def test_tables_are_counted_and_may_stand_in_cells() -> None:
    inner = "<table><tr><th>h</th></tr><tr><td>x</td></tr></table>"
    html = (
        f"<table><tr><td>k</td></tr></table><table><tr><td>{inner}z</td></tr></table>"
    )

    assert place(html, "x") == "table 3, row 2, column h"
    assert place(html, "z") == "table 2, row 1, column 1"


def test_a_column_without_a_header_is_numbered() -> None:
    html = "<table><tr><th>a</th></tr><tr><td>b</td><td>x</td></tr></table>"

    assert place(html, "x") == "table 1, row 2, column 2"


def test_tables_that_nobody_ends_end_with_the_body() -> None:
    body = shown("<table><tr><td>a<td>b")

    assert [place_in(body, body.text.index(c)) for c in "ab"] == [
        "table 1, row 1, column 1",
        "table 1, row 1, column 2",
    ]


def test_stray_cells_and_ends_are_text() -> None:
    assert shown("</table><td>a</td></table>b").text == "a\nb"


@pytest.mark.parametrize(
    ("html", "attributes"),
    [
        ('<img src="/13804670001.png" alt="甲 &amp; 乙">', (("alt", "甲 & 乙"),)),
        ('<a href="/13804670001.html" title="t">a</a>', (("title", "t"),)),
        ('<a href="tel:13804670001">a</a>', (("href", "tel:13804670001"),)),
        ("<p>a</p>", ()),
    ],
)
def test_attributes_that_readers_get_are_kept_and_addresses_are_not(
    html: str, attributes: tuple[tuple[str, str], ...]
) -> None:
    assert shown(html).attributes == attributes


@pytest.mark.parametrize("span", ["0", "-1", "x", "999999999", "1000000"])
def test_a_span_out_of_reason_does_no_harm(span: str) -> None:
    html = f'<table><tr><td colspan="{span}" rowspan="{span}">a</td><td>b</td></tr>'

    assert len(shown(html).cells) == 2


def test_merged_cells_do_not_make_a_table_larger_than_its_body() -> None:
    wide = '<td colspan="100" rowspan="65000"></td>' * 100
    rows = "<tr><td>a</td></tr>" * 100
    table = tables(shown(f"<table><tr>{wide}</tr>{rows}</table>"))[1]

    assert max(map(len, table)) == 300
    assert table[100][-1] == "a"
