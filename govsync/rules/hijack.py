"""Hijacked names: advertising where the name of a body or a document should be."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from govsync.model import Finding, Record, Severity
from govsync.model.catalog import comparable
from govsync.rules.fields import names

if TYPE_CHECKING:
    from collections.abc import Iterator


def findings(record: Record) -> Iterator[Finding]:
    """Block a record whose official fields carry words of hijacked pages.

    The words are in ``hijack_tokens.toml``; a notice may name gambling in its title,
    the name of a body may not.
    """
    for field, text in names(record):
        yield from _found(record, field, text, _words("names"))
    yield from _found(record, "title", record.title, _words("titles"))


def advertised(text: str) -> str:
    """Return the first word in a title that only hijacked pages have; empty: none.

    >>> advertised("首页 - 澳门新葡京官网"), advertised("关于打击网络赌博的通告")
    ('澳门新葡京', '')
    """
    match = _words("titles").search(comparable(text).casefold())
    return match[0] if match else ""


def _found(
    record: Record, field: str, text: str, words: re.Pattern[str]
) -> Iterator[Finding]:
    match = words.search(comparable(text).casefold()) if text else None
    if match:
        yield Finding(
            rule="integrity.hijacked-name",
            severity=Severity.BLOCK,
            message=f"{match[0]!r} is a word of hijacked pages, not of an official one",
            record=record.id,
            field=field,
            mend="restore the field from the signed original, and look who changed it",
        )


@cache
def _words(table: str) -> re.Pattern[str]:
    """Return the words of a table of the shipped file, as one expression."""
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath("hijack_tokens.toml").read_text(encoding="utf-8")
    words: list[str] = tomllib.loads(text)[table]
    return re.compile("|".join(re.escape(comparable(w).casefold()) for w in words))
