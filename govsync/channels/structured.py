"""Structured fields (RFC 9651), as far as signatures and digests need them.

Dictionaries of items and inner lists, whose bare values are integers, strings,
tokens, byte sequences and booleans. Decimals, dates and display strings appear in
no field that govsync reads, and are refused like any other malformed text.
Parsing is strict, and what was parsed is written in the one canonical way, because
a signature covers bytes.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class Token(str):
    """A bare word, told from a quoted string."""

    __slots__ = ()


Bare = int | str | bytes | bool
"""One value; a ``str`` that is not a :class:`Token` is a quoted string."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value, or an inner list of items, with its parameters in their order."""

    value: Bare | tuple[Item, ...]
    parameters: Mapping[str, Bare] = field(default_factory=dict)


class MalformedFieldError(ValueError):
    """Text that is not the structured field it should be, or not one we know."""


KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*")
INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
BOOLEAN = re.compile(r"\?([01])")
ESCAPED = re.compile(r'\\(["\\])')
SPACES = re.compile(" *")
BLANKS = re.compile(r"[ \t]*")
LONGEST = 16 * 1024
"""Characters of a field: more than any server takes of one header line."""


def parse_dictionary(text: str) -> dict[str, Item]:
    """Return the members of a dictionary field in their order (RFC 9651, 4.2.2).

    Raises:
        MalformedFieldError: It is not a dictionary, or a member comes twice: the RFC
            lets the last one win, but what is signed must have one reading.
    """
    if len(text) > LONGEST:
        raise MalformedFieldError(f"more than {LONGEST} characters")
    return _Reader(text.strip(" ")).dictionary()


def write_dictionary(members: Mapping[str, Item]) -> str:
    """Return the canonical text of a dictionary (RFC 9651, 4.1.2).

    Raises:
        MalformedFieldError: A key or a value that no structured field can carry.
    """
    return ", ".join(_key(name) + _write_member(item) for name, item in members.items())


def write_item(item: Item) -> str:
    """Return the canonical text of an item or an inner list.

    Raises:
        MalformedFieldError: A value that no structured field can carry.
    """
    if isinstance(item.value, tuple):
        text = f"({' '.join(map(write_item, item.value))})"
    else:
        text = _write_bare(item.value)
    return text + _write_parameters(item.parameters)


def _write_member(item: Item) -> str:
    if item.value is True:
        return _write_parameters(item.parameters)
    return f"={write_item(item)}"


def _write_parameters(parameters: Mapping[str, Bare]) -> str:
    return "".join(
        f";{_key(name)}" if value is True else f";{_key(name)}={_write_bare(value)}"
        for name, value in parameters.items()
    )


@lru_cache(maxsize=128)
def _key(name: str) -> str:
    if not KEY.fullmatch(name):
        raise MalformedFieldError(f"{name!r} is not a key")
    return name


def _write_bare(value: Bare) -> str:
    if isinstance(value, bool):
        return f"?{value:d}"
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    if isinstance(value, Token):
        return _of_form(TOKEN, str(value))
    if isinstance(value, int):
        return _of_form(INTEGER, str(value))
    return _quoted(value)


# The names of what is signed are few, and come with every message.
@lru_cache(maxsize=128)
def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return _of_form(STRING, f'"{escaped}"')


def _of_form(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise MalformedFieldError(f"{text!r} cannot be written in a structured field")
    return text


class _Reader:
    """A place in a text, moving right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def dictionary(self) -> dict[str, Item]:
        members: dict[str, Item] = {}
        while self.at < len(self.text):
            name = self._take(KEY, "a key")[0]
            if name in members:
                self._fail(f"{name!r} comes twice")
            members[name] = self._member()
            self._separator()
        return members

    def _separator(self) -> None:
        self._take(BLANKS, "")
        if self.at == len(self.text):
            return
        if not self._skip(","):
            self._fail("expected a comma")
        self._take(BLANKS, "")
        if self.at == len(self.text):
            self._fail("a comma ends the field")

    def _member(self) -> Item:
        if not self._skip("="):
            return Item(value=True, parameters=self._parameters())
        if self._skip("("):
            return Item(self._inner_list(), self._parameters())
        return self._item()

    def _inner_list(self) -> tuple[Item, ...]:
        items: list[Item] = []
        while True:
            spaces = self._take(SPACES, "")[0]
            if self._skip(")"):
                return tuple(items)
            if items and not spaces:
                self._fail("expected a space or the list's end")
            items.append(self._item())

    def _item(self) -> Item:
        return Item(self._bare(), self._parameters())

    def _parameters(self) -> dict[str, Bare]:
        parameters: dict[str, Bare] = {}
        while self._skip(";"):
            self._take(SPACES, "")
            name = self._take(KEY, "a parameter's name")[0]
            if name in parameters:
                self._fail(f"parameter {name!r} comes twice")
            parameters[name] = self._bare() if self._skip("=") else True
        return parameters

    def _bare(self) -> Bare:
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return ESCAPED.sub(r"\1", self._take(STRING, "a string")[1])
        if first == ":":
            return self._bytes(self._take(BYTES, "a byte sequence")[1])
        if first == "?":
            return self._take(BOOLEAN, "a boolean")[1] == "1"
        if first and first in "-0123456789":
            return int(self._take(INTEGER, "an integer")[0])
        return Token(self._take(TOKEN, "a value")[0])

    def _bytes(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise MalformedFieldError(f"a byte sequence: {error}") from error

    def _take(self, form: re.Pattern[str], what: str) -> re.Match[str]:
        found = form.match(self.text, self.at)
        if found is None:
            self._fail(f"expected {what}")
        self.at = found.end()
        return found

    def _skip(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _fail(self, message: str) -> NoReturn:
        raise MalformedFieldError(f"{message}, at character {self.at + 1}")
