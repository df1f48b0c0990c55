"""Wording: well-known slips of the pen, and marks that no published text bears.

A list of words, in TOML: the shipped one is small and says where each entry is from;
cities add their own. It judges no topic and no opinion.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, ValidationError

from govsync.errors import ConfigError
from govsync.model import Finding, Record, Severity, Value, canonical_json, digest_of
from govsync.rules.fields import readable
from govsync.rules.shown import place_in, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_FINDINGS = 20
"""Different words in one field that are told of."""
Word = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=2, max_length=100, pattern=r"^[^\r\n]+$"
    ),
]


class Entry(Value):
    """A word that should not stand in a published text."""

    wrong: Word
    right: str = ""
    """What is meant; empty where the word has no business there at all."""
    severity: Severity = Severity.WARN
    rule: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")] = "mistake"
    """What is found is called ``wording.mistake``, or whatever this says."""
    within: tuple[Word, ...] = ()
    """Longer words that hold it and are right: 按装修方案 holds 按装."""
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    """Where it is written that the word is wrong."""


class Wordings(Value):
    """Entries, and one expression that finds all of them in one pass."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def digest(self) -> str:
        """What a screening depends on."""
        return digest_of(canonical_json(self.model_dump(mode="json")))

    @cached_property
    def by_word(self) -> dict[str, Entry]:
        """The entries by their words; of two, the later counts."""
        return {entry.wrong: entry for entry in self.entries}

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        right = {word for entry in self.by_word.values() for word in entry.within}
        return re.compile(_any_of({*self.by_word, *right} - {""}))

    def hits(self, text: str) -> Iterator[tuple[int, Entry]]:
        """Yield where a wrong word stands, and which; of two at one place, the longer.

        In one pass over the text, however many the entries are.
        """
        if not self.entries:
            return
        for match in self._expression.finditer(text):
            entry = self.by_word.get(match[0])
            if entry is not None:
                yield match.start(), entry


def findings(record: Record, *, wordings: Wordings | None = None) -> Iterator[Finding]:
    """Yield what stands in a record that should not, each word of a field once.

    Args:
        record: Its title, body and all that people read beside it.
        wordings: What is looked for; the shipped list where absent.
    """
    known = wordings or shipped()
    body = shown(record.body)
    yield from _in_text(
        record, "body", body.text, known, lambda offset: place_in(body, offset)
    )
    fields = list(readable(record))
    # No word spans lines: one look tells of nearly every record that there is nothing.
    if next(known.hits("\n".join(text for _, text in fields)), None) is None:
        return
    for field, text in fields:
        yield from _in_text(record, field, text, known, "offset {}".format)


def _in_text(
    record: Record,
    field: str,
    text: str,
    known: Wordings,
    place: Callable[[int], str],
) -> Iterator[Finding]:
    hits = list(known.hits(text))
    if not hits:
        return
    times = Counter(entry.wrong for _, entry in hits)
    first = {entry.wrong: (offset, entry) for offset, entry in reversed(hits)}
    for word in [*times][:MOST_FINDINGS]:
        offset, entry = first[word]
        yield _finding(record, field, place(offset), entry, times[word])


def _finding(
    record: Record, field: str, place: str, entry: Entry, times: int
) -> Finding:
    often = f", {times} times" if times > 1 else ""
    what = f"should be {entry.right!r}" if entry.right else "should not stand here"
    mend = f"write {entry.right}" if entry.right else "take it out, or withhold it"
    return Finding(
        rule=f"wording.{entry.rule}",
        severity=entry.severity,
        message=f"{entry.wrong!r} {what}{often}: {entry.source}",
        record=record.id,
        field=field,
        place=place,
        mend=mend,
    )


@cache
def shipped() -> Wordings:
    """Return the list that govsync ships."""
    from importlib.resources import files

    text = files(__package__).joinpath("wording.toml").read_text(encoding="utf-8")
    return read(text, where="wording.toml")


def read(text: str, *, where: str) -> Wordings:
    """Read a list of words.

    Args:
        text: TOML, with a table ``[[words]]`` for each entry.
        where: Its name, for errors.

    Raises:
        ConfigError: It is no such list; names the entry and what is wrong with it.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=where) from error
    try:
        listed = _File.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise ConfigError(
            fault["msg"],
            where=f"{where}: {place}",
            mend="docs/review.md shows such a file",
        ) from error
    return Wordings(entries=listed.words)


class _File(Value):
    words: Annotated[tuple[Entry, ...], Field(min_length=1)]


def _any_of(words: Iterable[str]) -> str:
    """Return an expression of words, the longer first, that goes by their beginnings.

    A plain list of them would be tried word by word at every character.
    """
    tails: dict[str, set[str]] = {}
    for word in words:
        tails.setdefault(word[:1], set()).add(word[1:])
    ends = tails.pop("", None) is not None
    branches = [
        re.escape(first) + _any_of(rest) for first, rest in sorted(tails.items())
    ]
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"
