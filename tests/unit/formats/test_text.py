"""Escaping and addresses."""

from __future__ import annotations

import pytest

from govsync.formats.address import media_type, to_uri
from govsync.formats.text import attribute, encoded, forbidden, text


def test_text_escapes_what_is_markup() -> None:
    assert text("a & <b> ]]>") == "a &amp; &lt;b&gt; ]]&gt;"


def test_attributes_keep_their_blanks() -> None:
    assert attribute('"a"\t\n') == "&quot;a&quot;&#9;&#10;"


def test_a_carriage_return_survives() -> None:
    assert encoded("a\r\nb") == b"a&#13;\nb"


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x1f", "\ufffe", "\uffff", "\ud800"]
)
def test_what_is_no_character_of_xml_is_not_encoded(character: str) -> None:
    assert encoded(f"a{character}") is None


@pytest.mark.parametrize(
    "character", ["\t", "\n", "\x7f", "\x85", "\u2028", "\ue000", "𠮷"]
)
def test_what_is_only_strange_may_stand(character: str) -> None:
    assert encoded(character) == character.encode()


def test_the_name_of_a_column_is_searched_too() -> None:
    error = forbidden({"extra": {"a\x08": "b"}}, record="r")

    assert error is not None
    assert (error.record, error.field, error.offset) == ("r", "extra.a\ufffd", 1)


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://a.example/1?a=b&c#d", "https://a.example/1?a=b&c#d"),
        ("HTTP://a.example/", "http://a.example/"),
        (
            "http://例子.测试/路 径",
            "http://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF%20%E5%BE%84",
        ),
        ("http://a.example/100%", "http://a.example/100%25"),
        ("http://a.example/%E4%B8%AD", "http://a.example/%E4%B8%AD"),
        ("http://a.example:8080?中", "http://a.example:8080?%E4%B8%AD"),
        ("http://a.example/[1]", "http://a.example/%5B1%5D"),
        ("/1.html", None),
        ("a.example/1", None),
        ("//a.example/1", None),
        ("ftp://a.example/", None),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://a.example:x/", None),
        ("http://user@a.example/", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_addresses(address: str, uri: str | None) -> None:
    assert to_uri(address) == uri


@pytest.mark.parametrize(
    ("given", "said"),
    [("application/pdf", "application/pdf"), ("PDF", ""), ("a/b c", ""), ("", "")],
)
def test_media_types(given: str, said: str) -> None:
    assert media_type(given) == said
