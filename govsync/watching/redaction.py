"""Keep secrets and the numbers that name a person out of what is written.

A secret is found as it is and in every form that JSON, URL and HTML quoting make of
it, also of each other's output: in each of its characters a quoted one may stand.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from govsync.rules.numbers import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "[redacted]"
LEAST = 4
"""A shorter secret protects nothing, and would blank every line."""

_QUOTING = frozenset("%\\+&")
"""What a quoted character begins with."""
_SHORT = {'"': '"', "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
"""Escapes of JSON beside ``\\uXXXX`` (RFC 8259, 7)."""

_BACKSLASHES = r"(?:\\|%(?:25)*5[cC])+"
"""What an escape of JSON begins with, also where it was quoted again."""

_NAMES = r"[\w-]*(?:token|secret|passwd|password|pwd|key|ticket|credentials?|signature)"
_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key"
_ENDS = r"""\s"'&#,;)}\]<>"""
_PRIVATE_KEY = (
    r"(?P<kept>)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?"
    r"(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
)
# A header's value goes to its closing quote, or to the end of the line.
_HEADER = (
    rf"(?P<kept>\b(?:{_HEADERS})\b\\*[\"']?\s*[:=,]\s*)"
    r"(?:\\*\"[^\"]*\"?|'[^']*'?|[^\r\n]+)"
)
_SCHEME = r"(?P<kept>\b(?:Bearer|Basic|Digest)\s+)[\w.~+/=-]{4,}"
_NAMED = (
    rf"(?P<kept>\b{_NAMES}(?:=|\\*[\"']\s*:\s*\\*[\"']))"
    rf"(?!{re.escape(MARK)})[^{_ENDS}]+"
)
_ALWAYS = (
    re.compile(_PRIVATE_KEY, re.DOTALL),
    *(re.compile(one, re.IGNORECASE) for one in (_HEADER, _SCHEME, _NAMED)),
)
"""What is secret by its place, whatever it is: what matches, but for ``kept``, goes."""


class Redactor:
    """Takes secrets out of texts; knows those of one configuration.

    Args:
        secrets: As they are configured. Of several lines, such as a key in PEM, each
            line is one.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        lines = {line.strip() for secret in secrets for line in secret.splitlines()}
        lines |= {line.removeprefix("base64:") for line in lines}
        self._plain = sorted((s for s in lines if len(s) >= LEAST), key=len)[::-1]
        forms = "|".join(map(_forms, self._plain))
        self._quoted = re.compile(forms) if forms else None

    def clean(self, text: str) -> str:
        """Return a text without secrets and numbers, also once it is put in JSON."""
        # Half a surrogate pair could not be written.
        known = self._known(text.encode("utf-8", "backslashreplace").decode())
        for pattern in _ALWAYS:
            known = pattern.sub(rf"\g<kept>{MARK}", known)
        found = masked(known)
        return MARK if self._shows(found) else found

    def clean_value(self, value: object) -> object:
        """Return a value for JSON: numbers stay what they are where that is no harm."""
        if value is None or isinstance(value, bool):
            return value
        text = str(value)
        cleaned = self.clean(text)
        if isinstance(value, int | float) and cleaned == text:
            return value
        return cleaned

    def _known(self, text: str) -> str:
        for secret in self._plain:
            text = text.replace(secret, MARK)
        if self._quoted is None or _QUOTING.isdisjoint(text):
            return text
        return self._quoted.sub(MARK, text)

    def _shows(self, text: str) -> bool:
        """Whether a secret shows, for what was taken out brought its parts together.

        So does JSON's quoting of what was none.
        """
        if self._quoted is None:
            return False
        return any(self._quoted.search(form) for form in (text, json.dumps(text)[1:-1]))


def _forms(secret: str) -> str:
    """Return a pattern of a secret's forms."""
    single = re.sub(r"\\+", r"\\", secret)
    return "".join(_form(character) for character in single)


def _form(character: str) -> str:
    if character == "\\":
        # Each layer of quoting doubles it: any number of them is one.
        return r"(?:\\|%(?:25)*5[cC]|\\+u005[cC]|&#92;)+"
    quoted = [re.escape(character), _percent(character), _unicode_escape(character)]
    if character in _SHORT:
        quoted.append(rf"{_BACKSLASHES}{_escaped(_SHORT[character])}")
    if character == " ":
        quoted.append(r"\+")
    if (named := html.escape(character)) != character:
        quoted.append(re.escape(named))
    return f"(?:{'|'.join(quoted)})"


def _escaped(character: str) -> str:
    return f"(?:{re.escape(character)}|{_percent(character)})"


def _percent(character: str) -> str:
    raw = character.encode("utf-8", "surrogatepass")
    return "".join(rf"%(?:25)*(?i:{byte:02x})" for byte in raw)


def _unicode_escape(character: str) -> str:
    raw = character.encode("utf-16-be", "surrogatepass")
    units = (raw[i : i + 2].hex() for i in range(0, len(raw), 2))
    return "".join(rf"{_BACKSLASHES}u(?i:{unit})" for unit in units)
