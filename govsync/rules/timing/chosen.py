"""Choose: which parts of a row's 公开时限 concern a record on a channel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govsync.model.catalog import comparable
from govsync.rules.timing.measure import Kind, Start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.model import ChannelCode
    from govsync.rules.timing.measure import Part

_CLOCKS = frozenset({Kind.WITHIN, Kind.BEFORE, Kind.AT})
_OF_ALL = frozenset({Start.FORMED, Start.ISSUED})
_AND = re.compile(r"[、和及与或/]|以及")
_REST = re.compile(r"其[他余]|除.*外")
_MARKS = re.compile(r"[《》〈〉“”\"]")
_VERB = re.compile(r"(?:决定)?(?:作出|做出|确定|批准|签订|公布)?后?$")
_SHORTEST = 2
"""Characters of a word that says something; 停水 and 停气 have two."""


def chosen(
    parts: Sequence[Part], title: str, channel: ChannelCode | None
) -> tuple[Part, ...]:
    """Return the parts that concern a record of this title on this channel.

    Of parts that treat several things (停气提前48小时公告;停水提前24小时公告) those
    count that name a word of the title. Where none does, those on the rest (其他…,
    除…外) and on nothing in particular count; where there are none such, all do, and
    the strictest binds.
    """
    bound = [p for p in parts if not p.channels or channel in {None, *p.channels}]
    if len(bound) < 2:
        return tuple(bound)
    choices = [part for part in bound if _treats_one_thing(part)]
    said = comparable(title)
    named = [part for part in choices if _names(part, said)]
    rest = [part for part in choices if not _subject(part) or _is_rest(part)]
    taken = named or rest or choices
    return tuple(p for p in bound if p not in choices or p in taken)


def by_title(parts: Sequence[Part]) -> bool:
    """Whether a title chooses among parts: two at least, and one that names a thing."""
    named = (part for part in parts if _treats_one_thing(part) and _subject(part))
    return len(parts) > 1 and any(named)


def _treats_one_thing(part: Part) -> bool:
    if part.kind is Kind.UNPARSED:
        return False
    return bool(part.subject) or part.kind in _CLOCKS


def _subject(part: Part) -> str:
    if part.subject or part.start in _OF_ALL:
        return part.subject
    return _VERB.sub("", part.event)


def _is_rest(part: Part) -> bool:
    return _REST.search(part.subject) is not None


def _names(part: Part, title: str) -> bool:
    if _is_rest(part):
        return False
    words = _AND.split(_MARKS.sub("", comparable(_subject(part))))
    return any(
        len(word) >= _SHORTEST and word in title
        for word in (_VERB.sub("", word) for word in words)
    )
