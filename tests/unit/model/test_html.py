"""The cleaner: nothing active is left, and cleaning again changes nothing."""

from __future__ import annotations

import nh3
import pytest

from govsync.model.html import (
    ATTRIBUTES,
    TAGS,
    _settled,
    active_content,
    clean,
    text_of,
)


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<img src=x onerror=alert(1)>", '<img src="x">'),
        ("<IMG SRC=JaVaScRiPt:alert(1)>", "<img>"),
        ('<a href="jav&#x09;ascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href=" java\nscript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="vbscript:x">a</a>', "<a>a</a>"),
        ('<a href="data:text/html;base64,PHNjcmlwdD4=">a</a>', "<a>a</a>"),
        ('<a href="https://a.example/" target=_blank>a</a>', None),
        ("<svg onload=alert(1)><p>a</p></svg>", "<p>a</p>"),
        ("<math><mtext><style><img src=x onerror=alert(1)></style>", ""),
        ('<noscript><p title="</noscript><img src=x onerror=a()>">', None),
        ("<iframe src=https://a.example></iframe>b", "b"),
        ("<object data=x><embed src=x></object>b", "b"),
        ('<base href="https://evil.example/"><p>a</p>', "<p>a</p>"),
        ("<form action=x><input name=a><p>a</p></form>", "<p>a</p>"),
        ('<p style="background:url(x)" class="c" id="i">a</p>', "<p>a</p>"),
        ("<!--[if IE]><script>x</script><![endif]--><p>a</p>", "<p>a</p>"),
        ("<style>@import 'x'</style><p>a</p>", "<p>a</p>"),
        ('<meta http-equiv=refresh content="0;url=x"><p>a</p>', "<p>a</p>"),
        ("<textarea><script>x</script></textarea>", None),
        ("<scr<script>ipt>alert(1)</script>", None),
        ("<p>1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_what_acts_is_removed(html: str, cleaned: str | None) -> None:
    out = clean(html)

    assert active_content(out) == ()
    assert "javascript" not in out.lower()
    if cleaned is not None:
        assert out == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<p>一、范围 &amp; 期限</p>",
        '<a href="https://a.example/1.html">a</a>',
        '<a href="/1.html">a</a>',
        '<a href="tel:0467-5230000">a</a>',
        '<a href="mailto:a@a.example">a</a>',
        '<table><tbody><tr><th colspan="2">a</th></tr></tbody></table>',
        '<ol start="3"><li>a</li></ol>',
        '<img src="/1.png" alt="一图读懂">',
    ],
)
def test_what_a_body_needs_stays_as_it_is(html: str) -> None:
    assert clean(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<pre>\n\n\nx</pre>",
        '<pre title="a">\n\nx</pre>',
        "a&#13;b",
        "<h5><foo><h1>x",
        "<h2><select><h4>",
        "<li><button><li>",
        "<p><button><p>a",
        "<a><a>b</a></a>",
        "<b><p>1</b>2</p>",
    ],
)
def test_cleaning_again_changes_nothing_where_parsers_nest_anew(html: str) -> None:
    assert clean(clean(html)) == clean(html)


def test_what_does_not_settle_is_refused_as_html() -> None:
    assert _settled("<h2><select><h4>x", passes=3) == "<h2></h2><h4>x</h4>"
    assert _settled("<h2><select><h4>x", passes=2) is None


@pytest.mark.parametrize(
    "html",
    ["", "<p></p>", "<p>a</p><p>b\n\t c</p>", "<p>\x0c\u2028\ufeff𠮷\"'</p>"],
)
def test_plain_paragraphs_take_the_fast_path_to_the_same_end(html: str) -> None:
    slow = nh3.clean(html, tags=set(TAGS), attributes=ATTRIBUTES, link_rel=None)

    assert clean(html) == html == slow


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>a</p>", ()),
        ("a < b", ()),
        ("a", ()),
        ("<p>a</p><SCRIPT>x</SCRIPT>", ("script",)),
        ("<p onclick=x onclick=y>a</p>", ("onclick",)),
        ('<a href=" java\tscript:x">a</a>', ("javascript:",)),
        ("<svg/onload=x><iframe>", ("svg", "onload", "iframe")),
    ],
)
def test_active_content_is_named(html: str, found: tuple[str, ...]) -> None:
    assert active_content(html) == found


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a", "a"),
        ("<p>a</p><p>b <b>c</b>d</p>", "a\nb cd"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
        ("a&nbsp;b &lt;c&gt;", "a b <c>"),
        ("a<br>b", "a\nb"),
        ("<p> </p>", ""),
    ],
)
def test_text_of_puts_blocks_and_cells_on_lines_of_their_own(
    html: str, text: str
) -> None:
    assert text_of(html) == text
