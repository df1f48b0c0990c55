"""What strangers wrote, made safe to show: no controls, no personal data. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from govsync.channels.contract import Feedback

_ADDRESS = re.compile(r"([\w.+-])[\w.+-]{0,63}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_KEPT_CONTROLS = frozenset("\n\t")


def cleaned(text: str, limit: int) -> str:
    """Return a text that no terminal, page or log takes for anything but text.

    Control characters, those that turn the direction of writing, and what is no
    character at all are left out; at most ``limit`` characters remain.
    """
    kept = (
        char
        for char in text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n")
        if char in _KEPT_CONTROLS or unicodedata.category(char)[0] != "C"
    )
    return "".join(kept).strip()[:limit]


def masked_name(name: str) -> str:
    """Return a name with its first character alone.

    >>> masked_name("王小明")
    '王**'
    """
    return name[:1] + "*" * (len(name) - 1)


def masked_contact(contact: str) -> str:
    """Return a telephone number or an address that only its owner knows again.

    >>> masked_contact("someone@mail.example")
    's***@mail.example'
    >>> masked_contact("0467-5221234")
    '***34'
    """
    if _ADDRESS.search(contact):
        return _ADDRESS.sub(r"\1***@\2", contact)
    return f"***{contact[-2:]}" if contact else ""


def masked_text(text: str, said: Feedback) -> str:
    """Return a text without numbers of persons, addresses and its sender's name."""
    safe = _ADDRESS.sub(r"\1***@\2", masked(text))
    for secret, shown in (
        (said.sender, masked_name(said.sender)),
        (said.contact, masked_contact(said.contact)),
    ):
        if len(secret) > 1:
            safe = safe.replace(secret, shown)
    return safe


def without_person(said: Feedback) -> Feedback:
    """Return feedback as listings show it."""
    return said.changed(
        record=masked(said.record),
        title=masked_text(said.title, said),
        text=masked_text(said.text, said),
        sender=masked_name(said.sender),
        contact=masked_contact(said.contact),
    )
