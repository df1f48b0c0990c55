"""What is secret by its place goes, and what is not stays."""

from __future__ import annotations

import pytest

from govsync.watching.redaction import MARK, Redactor


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def",
        "{'Authorization': 'Bearer abc.def', 'Accept': '*/*'}",
        "Cookie: sid=abc.def; other=1",
        '"Set-Cookie": "sid=abc.def"',
        "GET /token?access_token=abc.def&type=1",
        "https://h/p?appid=1&secret=abc.def",
        '{"access_token": "abc.def"}',
        "-----BEGIN PRIVATE KEY-----\nabc.def\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nabc.def",
    ],
)
def test_what_is_secret_by_its_place_goes(text: str) -> None:
    cleaned = Redactor().clean(text)

    assert "abc.def" not in cleaned
    assert MARK in cleaned


def test_numbers_of_persons_are_masked() -> None:
    cleaned = Redactor().clean("230382199102110011 and 13800000001")

    assert "230382199102110011" not in cleaned
    assert "13800000001" not in cleaned


def test_a_number_is_masked_where_it_is_no_text() -> None:
    assert Redactor().clean_value(13800000001) == "138****0001"
    assert Redactor().clean_value(7) == 7
    assert Redactor().clean_value(True) is True
    assert Redactor().clean_value(None) is None


def test_each_line_of_a_key_is_a_secret() -> None:
    redactor = Redactor(["first-line\nsecond-line", "base64:c2VjcmV0"])

    assert redactor.clean("x second-line y c2VjcmV0") == f"x {MARK} y {MARK}"


def test_a_short_secret_blanks_nothing() -> None:
    assert Redactor(["a"]).clean("a channel") == "a channel"


def test_what_quoting_would_bring_together_goes() -> None:
    """JSON makes two backslashes of one: the secret would stand in the line."""
    assert Redactor(["begin\\\\end"]).clean("begin\\end") == MARK


def test_what_is_no_secret_stays() -> None:
    text = "023038202/2018-00003 on city: 404 not found (https://h/p?page=2)"
    assert Redactor(["hidden-token"]).clean(text) == text
