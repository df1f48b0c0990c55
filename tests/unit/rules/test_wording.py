"""Well-known mistakes are named with their place and what is meant, in one pass."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rules import ALL, catalogs, good

from govsync.errors import ConfigError
from govsync.model import Severity
from govsync.rules import screen, wording
from govsync.rules.wording import Entry, Wordings, read, shipped

WORDS = st.text("甲乙丙", min_size=2, max_size=5)


def list_of(**entries: str) -> Wordings:
    made = (Entry(wrong=w, right=r, source="测试") for w, r in entries.items())
    return Wordings(entries=tuple(made))


def found(text: str, known: Wordings) -> list[tuple[int, str]]:
    return [(offset, entry.wrong) for offset, entry in known.hits(text)]


@pytest.mark.parametrize(
    ("change", "field", "place"),
    [
        ({"title": "关于登陆系统的通知"}, "title", "offset 2"),
        ({"body": "<p>请<b>登陆</b>系统</p>"}, "body", "offset 1"),
        (
            {"body": "<table><tr><th>事项<tr><td>登陆系统</table>"},
            "body",
            "table 1, row 2, column 事项",
        ),
        ({"summary": "登陆系统"}, "summary", "offset 0"),
        (
            {"attachments": ({"name": "登陆系统.pdf", "href": "/1.pdf"},)},
            "attachments[0].name",
            "offset 0",
        ),
    ],
)
def test_a_mistake_is_a_warning_with_its_place(
    change: dict[str, Any], field: str, place: str
) -> None:
    (finding,) = wording.findings(good(**change))

    assert (finding.rule, finding.severity) == ("wording.mistake", Severity.WARN)
    assert (finding.field, finding.place) == (field, place)
    assert finding.mend == "write 登录系统"


def test_a_word_of_a_field_is_told_of_once_and_counted() -> None:
    (finding,) = wording.findings(good(body="拔款,又拔款,再拔款"))

    assert "3 times" in finding.message
    assert finding.place == "offset 0"


def test_a_mark_of_secrecy_keeps_the_record_back() -> None:
    record = good(body="<p>机密★5年</p>")
    result = screen(record, catalogs=catalogs(), destinations=ALL)

    assert result.channels == ()
    assert [(f.rule, f.severity) for f in result.findings] == [
        ("wording.secrecy-mark", Severity.BLOCK)
    ]


@pytest.mark.parametrize(
    "right",
    [
        "按装修方案验收",
        "予以公布署名文章",
        "事实得到澄清况且无人反对",
        "办公设施严峻工作不容松懈",
        "台风在浙江登陆",
        "公布情况、拨款、部署、安装、气候、时候",
    ],
)
def test_what_is_right_is_not_taken_for_a_mistake(right: str) -> None:
    assert not [*shipped().hits(right)]


def test_every_shipped_entry_is_found_and_its_right_form_is_none() -> None:
    for entry in shipped().entries:
        assert found(entry.wrong, shipped()) == [(0, entry.wrong)]
        assert not found(entry.right, shipped())
        for longer in entry.within:
            assert entry.wrong in longer
            assert not found(longer, shipped())


def test_every_shipped_word_stands_once() -> None:
    assert len(shipped().by_word) == len(shipped().entries)


@given(words=st.sets(WORDS, min_size=1), text=st.text("甲乙丙丁", max_size=40))
def test_it_finds_what_a_plain_search_finds(words: set[str], text: str) -> None:
    """From the left, the longest first: as if every word were looked for in turn."""
    expected, offset = [], 0
    while offset < len(text):
        here = [w for w in words if text.startswith(w, offset)]
        word = max(here, key=len, default="")
        expected += [(offset, word)] if word else []
        offset += len(word) or 1

    assert found(text, list_of(**dict.fromkeys(words, "x"))) == expected


def test_signs_of_expressions_are_plain_signs() -> None:
    assert found("a.b(c|d)*", list_of(**{"(c|d)*": "", "a.": ""})) == [
        (0, "a."),
        (3, "(c|d)*"),
    ]


def test_without_words_nothing_is_found() -> None:
    assert not found("登陆系统", Wordings())


def test_a_city_may_overrule_an_entry() -> None:
    own = read(
        '[[words]]\nwrong = "机密★"\nseverity = "warn"\nsource = "本市保密办"\n',
        where="own.toml",
    )
    known = Wordings(entries=(*shipped().entries, *own.entries))
    record = good(body="机密★")

    (finding,) = wording.findings(record, wordings=known)
    assert finding.severity is Severity.WARN
    assert known.digest != shipped().digest


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("words = 1", "w.toml: words", "valid"),
        ("words = [", "w.toml", "not valid TOML"),
        ("", "w.toml: words", "required"),
        ('[[words]]\nwrong = "按装"', "w.toml: words.0.source", "required"),
        ('[[words]]\nwrong = "按"\nsource = "s"', "w.toml: words.0.wrong", "at least"),
        (
            '[[words]]\nwrong = "按装"\nsource = "s"\nserverity = "warn"',
            "w.toml: words.0.serverity",
            "not permitted",
        ),
    ],
)
def test_a_list_that_does_not_hold_is_named_by_its_place(
    text: str, where: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        read(text, where="w.toml")

    assert error.value.where == where


def test_the_example_of_the_documentation_is_a_list() -> None:
    page = (Path(__file__).parents[3] / "docs" / "review.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(# wording.toml\n.*?)```", page, re.DOTALL)

    known = read(block, where="docs/review.md")
    assert found("原密山县,密山县", known) == [(5, "密山县")]
