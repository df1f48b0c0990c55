"""Structured fields are read strictly and written in one way (RFC 9651)."""

from __future__ import annotations

import pytest

from govsync.channels.structured import (
    LONGEST,
    Bare,
    Item,
    MalformedFieldError,
    Token,
    parse_dictionary,
    write_dictionary,
    write_item,
)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("a", Item(value=True)),
        ("a=?0", Item(value=False)),
        ("a;b;c=1", Item(value=True, parameters={"b": True, "c": 1})),
        ("a=-7", Item(-7)),
        ('a="x\\"y\\\\z"', Item('x"y\\z')),
        ("a=text/html", Item(Token("text/html"))),
        ("a=:aGk=:", Item(b"hi")),
        ("a=()", Item(())),
        ('a=("x";q=1 2);p', Item((Item("x", {"q": 1}), Item(2)), {"p": True})),
    ],
)
def test_what_is_read_is_written_the_same(text: str, member: Item) -> None:
    assert parse_dictionary(text) == {"a": member}
    assert write_dictionary({"a": member}) == text


def test_a_token_is_no_string() -> None:
    member = parse_dictionary("a=b")["a"]

    assert isinstance(member.value, Token)


@pytest.mark.parametrize(
    ("loose", "canonical"),
    [
        (" a=1 ,\tb=2 ", "a=1, b=2"),
        ("a=( 1   2 )", "a=(1 2)"),
        ("a=1;  b", "a=1;b"),
        ("a=?1", "a"),
        ("a=007", "a=7"),
    ],
)
def test_loose_forms_become_the_one(loose: str, canonical: str) -> None:
    assert write_dictionary(parse_dictionary(loose)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "A=1",
        "=1",
        "a=",
        "a=1,",
        "a=1 b=2",
        "a=1,,b=2",
        "a=1, a=2",
        "a;b;b",
        'a="open',
        'a="\\x"',
        'a="公"',
        "a=1.5",
        "a=1234567890123456",
        "a=@1659578233",
        "a=:%%:",
        "a=:aGk:",
        "a=?2",
        "a=(1",
        "a=(1)2",
        "a=(1\t2)",
        'a=("x""y")',
        "a=((1))",
        "a=1" + " " * LONGEST,
    ],
)
def test_what_is_malformed_is_refused(text: str) -> None:
    with pytest.raises(MalformedFieldError):
        parse_dictionary(text)


@pytest.mark.parametrize("value", ["公", "a\n", 10**15, Token("a b"), Token("")])
def test_what_no_field_carries_is_not_written(value: Bare) -> None:
    with pytest.raises(MalformedFieldError):
        write_item(Item(value))


@pytest.mark.parametrize("name", ["", "A", "公", "a b"])
def test_a_key_that_is_none_is_not_written(name: str) -> None:
    with pytest.raises(MalformedFieldError):
        write_dictionary({name: Item(1)})
    with pytest.raises(MalformedFieldError):
        write_item(Item(1, {name: 1}))
