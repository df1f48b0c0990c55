"""Whatever is altered is refused, and whatever is read is read in one way only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import http_sf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.signed import HMAC, NONCE, PRIVATE, Request, Response

from govsync.channels.signatures import Key, SignatureError
from govsync.channels.structured import (
    Item,
    MalformedFieldError,
    Token,
    parse_dictionary,
    write_dictionary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ["Signature", "Signature-Input", "Content-Digest", "Idempotency-Key"]
ALGORITHMS = st.sampled_from([HMAC, PRIVATE])
SIGNED = {key.id: Request().signed(key) for key in (HMAC, PRIVATE)}
ANSWERED = {key.id: Response().signed(key) for key in (HMAC, PRIVATE)}
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


@given(
    key=ALGORITHMS,
    method=st.sampled_from(["PUT", "POST", "DELETE"]),
    path=st.from_regex(r"(/[a-z0-9%~]{0,5}){1,3}(\?[a-z=&]{1,9})?", fullmatch=True),
    content=st.binary(),
    nonce=VISIBLE.filter(bool),
)
def test_what_is_signed_is_believed(
    key: Key, method: str, path: str, content: bytes, nonce: str
) -> None:
    request = Request(method, f"https://gov.example{path}", {}, content)

    assert request.signed(key, nonce=nonce[:256]).verified().nonce == nonce[:256]


@given(key=ALGORITHMS, change=st.data())
def test_any_altered_part_is_refused(key: Key, change: st.DataObject) -> None:
    signed = SIGNED[key.id]
    part = change.draw(st.sampled_from(["method", "url", "content"]))
    values: dict[str, st.SearchStrategy[Any]] = {
        "method": st.from_regex(r"[A-Z]{1,8}", fullmatch=True),
        "url": st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]*", fullmatch=True),
        "content": st.binary(),
    }
    value = change.draw(values[part])
    assume(value != getattr(signed, part))

    with pytest.raises(SignatureError):
        replace(signed, **{part: value}).verified()


@given(
    key=ALGORITHMS,
    name=st.sampled_from([*NAMES, "Content-Type"]),
    change=st.data(),
)
def test_any_altered_character_of_a_header_is_refused(
    key: Key, name: str, change: st.DataObject
) -> None:
    signed = SIGNED[key.id]
    altered = _altered(signed.headers, name, change)

    assume(not _same_in_another_form(signed.headers, altered, name))

    with pytest.raises(SignatureError):
        replace(signed, headers=altered).verified()


@given(key=ALGORITHMS, name=st.sampled_from(NAMES[:3]), change=st.data())
def test_any_altered_character_of_an_answer_is_refused(
    key: Key, name: str, change: st.DataObject
) -> None:
    signed = ANSWERED[key.id]
    altered = _altered(signed.headers, name, change)

    assume(not _same_in_another_form(signed.headers, altered, name))

    with pytest.raises(SignatureError):
        replace(signed, headers=altered).verified()


def _altered(
    headers: Mapping[str, str], name: str, change: st.DataObject
) -> dict[str, str]:
    """Return the headers with one character of one of them put in another's place."""
    value = headers[name]
    place = change.draw(st.integers(0, len(value) - 1))
    letter = change.draw(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
    assume(letter != value[place])
    return {**headers, name: value[:place] + letter + value[place + 1 :]}


def _same_in_another_form(
    before: Mapping[str, str], after: Mapping[str, str], name: str
) -> bool:
    """A base64 text may end in bits that mean nothing: they are not the signature."""
    try:
        return parse_dictionary(before[name]) == parse_dictionary(after[name])
    except MalformedFieldError:
        return False


@given(st.sampled_from(NAMES), st.text())
def test_no_header_breaks_the_reader(name: str, value: str) -> None:
    request = SIGNED[HMAC.id]

    with pytest.raises(SignatureError):
        replace(request, headers={**request.headers, name: value}).verified()


TOKENS = st.from_regex(r"[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*", fullmatch=True)
BARE = (
    st.integers(-(10**15) + 1, 10**15 - 1)
    | VISIBLE
    | st.binary()
    | st.booleans()
    | TOKENS.map(Token)
    | st.from_regex(r"[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*", fullmatch=True).map(
        Token
    )
)
KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]*", fullmatch=True)
ITEMS = st.builds(Item, BARE, st.dictionaries(KEYS, BARE, max_size=3))
LISTS = st.builds(
    Item,
    st.lists(ITEMS, max_size=3).map(tuple),
    st.dictionaries(KEYS, BARE, max_size=3),
)
DICTIONARIES = st.dictionaries(KEYS, ITEMS | LISTS, min_size=1, max_size=4)


@given(DICTIONARIES)
def test_a_dictionary_reads_back_as_it_was_written(members: dict[str, Item]) -> None:
    assert parse_dictionary(write_dictionary(members)) == members


@given(DICTIONARIES)
def test_an_independent_reader_accepts_what_we_write(members: dict[str, Item]) -> None:
    text = write_dictionary(members)

    read = http_sf.parse(text.encode(), tltype="dictionary")

    assert http_sf.ser(read) == text


@given(st.text(alphabet='ab1-"\\;=,:?(). \t*A+/', max_size=30))
def test_we_never_read_what_an_independent_reader_refuses(text: str) -> None:
    """We are the stricter one: we know fewer types, and take no key twice."""
    try:
        members = parse_dictionary(text)
    except MalformedFieldError:
        return
    # An empty dictionary is no field at all to them (RFC 9651, 4.1).
    assume(members)

    theirs = http_sf.parse(text.encode(), tltype="dictionary")

    assert http_sf.ser(theirs) == write_dictionary(members)


def test_the_nonce_is_what_was_signed() -> None:
    assert SIGNED[HMAC.id].verified().nonce == NONCE
