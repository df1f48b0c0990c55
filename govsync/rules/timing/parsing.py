"""Read 公开时限: a phrase of a catalog becomes a :class:`Deadline`.

A phrase has sentences, a sentence clauses. A clause that fits no pattern is tried
together with the one after it (自然灾害发生后,24小时内); what still fits none is kept
as a part of kind *unparsed*. Nothing is dropped and nothing guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from govsync.rules.timing import marks
from govsync.rules.timing.fitting import Fit, fit
from govsync.rules.timing.measure import Deadline, Kind, Part
from govsync.rules.timing.patterns import NO_EVENT
from govsync.rules.timing.places import ONLY_PLACE
from govsync.rules.timing.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import ChannelCode

    Places = tuple[ChannelCode, ...]

_PARENTHESIS = re.compile(r"\(,?([^()]+)\)")
_COMMA = re.compile(r",(?![^(《]*[)》])")
_INNER_END = re.compile(r"内(?=.)")
_APART = frozenset(
    {
        Kind.PERMANENT,
        Kind.PROMPT,
        Kind.PROVISO,
        Kind.BY_RULE,
        Kind.LASTING,
        Kind.TAKE_DOWN,
        Kind.PERIODIC,
        Kind.TOGETHER,
    }
)
"""What may stand in parentheses as a part of its own."""


@lru_cache(maxsize=4096)
def parse(raw: str) -> Deadline:
    """Understand a phrase as far as it can be understood.

    Never raises. The parts stand in the order of the phrase; an empty cell, or one
    that holds only a stroke, has none.

    >>> str(parse("信息形成（变更）二十个工作日内"))
    '自信息形成或者变更之日起20个工作日内公开'
    """
    plain = Plain.of(raw)
    if marks.NOTHING.fullmatch(plain.text):
        return Deadline(raw=raw)
    reader = _Reader(raw)
    for sentence in _sentences(plain):
        reader.sentence(sentence)
    parts = sorted(reader.parts, key=lambda part: part.begin)
    return Deadline(raw=raw, parts=tuple(parts), mended=plain.mended)


class _Reader:
    """Collects the parts of a phrase."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.parts: list[Part] = []

    def sentence(self, whole: Plain) -> None:
        """Read the clauses of a sentence; keep those that are not understood."""
        subject, body = _parted_subject(whole)
        held: int | None = None
        for begin, end in _clauses(body):
            clause = body.part(begin, end)
            if held is not None and self._read(body.part(held, end), subject):
                held = None
                continue
            understood = self._read(clause, subject)
            if held is not None:
                self._keep(body.part(held, begin), subject)
            held = None if understood else begin
        if held is not None:
            self._keep(body.part(held, len(body.text)), subject)

    def _read(self, clause: Plain, subject: str) -> bool:
        """Add what a clause says; False, and nothing added, where it is unclear."""
        whole = clause
        clause, asides = _parted_asides(clause, subject)
        found = _fitted(clause, subject)
        if not found and (match := _PARENTHESIS.search(clause.text)):
            found = _fitted(clause.without(*match.span()), subject)
            if found:
                self._keep(clause.part(*match.span()), subject)
        if not found and clause.text == whole.text:
            found = _fitted_in_two(clause, subject)
        if found:
            for part, said in (*found, *asides):
                self._add(part, said)
        return bool(found)

    def _add(self, place: Plain, said: Fit) -> None:
        begin, end = place.span
        text = self.raw[begin:end]
        self.parts.append(Part(text=text, begin=begin, end=end, **said))

    def _keep(self, place: Plain, subject: str) -> None:
        if place.text.strip(",、:()"):
            self._add(place, {"kind": Kind.UNPARSED, "subject": subject})


def _sentences(plain: Plain) -> Iterator[Plain]:
    """Part at semicolons and full stops, and before what is numbered."""
    cuts = [m.span() for m in marks.SEPARATOR.finditer(plain.text)]
    cuts += [m.span() for m in marks.NUMBERING.finditer(plain.text) if marks.numbers(m)]
    begin = 0
    for end, after in [*sorted(cuts), (len(plain.text), len(plain.text))]:
        if begin < end and plain.text[begin:end].strip(",、:()"):
            yield plain.part(begin, end)
        begin = max(begin, after)


def _parted_subject(sentence: Plain) -> tuple[str, Plain]:
    match = marks.SUBJECT.match(sentence.text)
    if match is None or match.end() == len(sentence.text):
        return "", sentence
    body = sentence.part(match.end(), len(sentence.text))
    if NO_EVENT.fullmatch(match["subject"]):
        return "", body
    return match["subject"], body


def _clauses(body: Plain) -> list[tuple[int, int]]:
    """Part at commas; what only names a place belongs to the clause before it."""
    edges = [0, *(m.end() for m in _COMMA.finditer(body.text)), len(body.text)]
    clauses: list[tuple[int, int]] = []
    for begin, after in pairwise(edges):
        text = body.text[begin:after].strip(",")
        if not text:
            continue
        only_place = clauses and ONLY_PLACE.fullmatch(text)
        first = clauses.pop()[0] if only_place else begin
        clauses.append((first, after - (body.text[after - 1] == ",")))
    return clauses


def _parted_asides(
    clause: Plain, subject: str
) -> tuple[Plain, list[tuple[Plain, Fit]]]:
    """Take out what stands in parentheses and says something of its own."""
    asides: list[tuple[Plain, Fit]] = []
    for match in reversed([*_PARENTHESIS.finditer(clause.text)]):
        said = fit(match[1], subject)
        if said and said["kind"] in _APART:
            asides.append((clause.part(*match.span(1)), said))
            clause = clause.without(*match.span())
    return clause, asides


def _fitted(clause: Plain, subject: str) -> list[tuple[Plain, Fit]]:
    said = fit(clause.text, subject)
    return [(clause, said)] if said else []


def _fitted_in_two(clause: Plain, subject: str) -> list[tuple[Plain, Fit]]:
    """Read a clause in which nothing parts a term from what follows it."""
    for match in _INNER_END.finditer(clause.text):
        first = _fitted(clause.part(0, match.end()), subject)
        second = _fitted(clause.part(match.end(), len(clause.text)), subject)
        if first and second:
            return first + second
    return []
