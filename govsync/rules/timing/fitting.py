"""Fit one clause to the table of patterns, and take its measure."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, TypedDict

from govsync.rules.timing import patterns, places
from govsync.rules.timing.measure import Kind, Period, Start, Unit
from govsync.rules.timing.numerals import number_of

if TYPE_CHECKING:
    from re import Match

    from govsync.model import ChannelCode


class Fit(TypedDict, total=False):
    """What a clause says, by the fields of a part."""

    kind: Kind
    start: Start
    event: str
    amount: int
    inner: int
    unit: Unit
    period: Period
    year: int
    month: int
    day: int
    subject: str
    channels: tuple[ChannelCode, ...]


_AT_LEAST = frozenset({Kind.BEFORE, Kind.LASTING})
"""Of a range these demand the smaller end; the others grant the greater."""
_LONGEST = 120
"""Characters of a clause; a longer one is prose, and slow to hold against patterns."""
_OF_EVENT = frozenset({Kind.WITHIN, Kind.AT, Kind.BEFORE})
_LONGEST_YEAR = 2000
"""A leap year: a February that names no year may have 29 days."""


def fit(clause: str, subject: str) -> Fit | None:
    """Return what a clause says of a subject, or None where no pattern fits."""
    if len(clause) > _LONGEST:
        return None
    said: Fit = {"subject": subject} if subject else {}
    if subject and (match := places.BARE_PLACE.fullmatch(subject)):
        said = {"channels": places.channels_in(match["where"])}
    if match := places.PLACE.search(clause):
        said["channels"] = places.channels_in(match["where"])
        clause = clause[: match.start()] + clause[match.end() :]
    for kind, form in patterns.PATTERNS:
        if match := form.fullmatch(clause):
            # A date or an amount that cannot be is no reason to read it otherwise.
            measured = _measured(kind, match)
            return None if measured is None else _whole(said, measured)
    return None


def _whole(said: Fit, measured: Fit) -> Fit:
    """Put together what stands around a clause and what it says itself."""
    whole: Fit = {**said, **measured}
    if said.get("subject") and measured.get("subject"):
        whole["subject"] = f"{said['subject']} {measured['subject']}"
    return whole


def _measured(kind: Kind, match: Match[str]) -> Fit | None:
    found = {name: text for name, text in match.groupdict().items() if text}
    amount = _amount(kind, found)
    date = _date(found)
    if amount is None or date is None:
        return None
    said: Fit = {"kind": kind, **amount, **date}
    if kind is Kind.PERIODIC:
        said["period"] = patterns.period_of(found.get("period", ""))
    words = found.get("lead") or found.get("event") or ""
    if kind in _OF_EVENT:
        return {**said, **_event(kind, words)}
    if words:
        said["event"] = words
    if "subject" in found:
        said["subject"] = found["subject"]
    return said


def _amount(kind: Kind, found: dict[str, str]) -> Fit | None:
    if "next" in found:
        return {"amount": 1, "unit": Unit.DAY}
    if "n" not in found:
        return {}
    ends = [number_of(found[name]) for name in ("n", "m") if name in found]
    known = sorted(end for end in ends if end)
    if len(known) != len(ends):
        return None
    if kind not in _AT_LEAST:
        known.reverse()
    said: Fit = {"amount": known[0], "unit": patterns.unit_of(found["unit"])}
    if len(known) > 1 and known[0] != known[1]:
        said["inner"] = known[1]
    return said


def _date(found: dict[str, str]) -> Fit | None:
    """Return year, month and day; 底 is the last day of the month or the year."""
    said: Fit = {}
    if "year" in found:
        said["year"] = int(found["year"])
    month = number_of(found["month"]) if "month" in found else None
    if "close" in found and month is None:
        month = 12
    if month is None:
        return None if "month" in found else _day_alone(found, said)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(said.get("year", _LONGEST_YEAR), month)[1]
    day = int(found.get("day") or last)
    if not 1 <= day <= last:
        return None
    return {**said, "month": month, "day": day}


def _day_alone(found: dict[str, str], said: Fit) -> Fit | None:
    day = int(found.get("day", 0))
    if "day" not in found:
        # 2020年前: the last day before that year.
        return {"year": said["year"] - 1, "month": 12, "day": 31} if said else {}
    return {"day": day} if 1 <= day <= 31 and not said else None


def _event(kind: Kind, words: str) -> Fit:
    """Take the words before a term apart: subject, place, event."""
    said: Fit = {}
    if match := patterns.OWN_SUBJECT.match(words):
        said["subject"] = match["subject"]
        words = words[match.end() :]
    if match := places.BARE_PLACE.fullmatch(words):
        said["channels"] = places.channels_in(match["where"])
        words = ""
    event = patterns.LEAD_OUT.sub("", patterns.LEAD_IN.sub("", words))
    if kind is Kind.BEFORE:
        return {**said, "event": event} if event else said
    if patterns.NO_EVENT.fullmatch(event):
        return {**said, "start": Start.FORMED}
    start = patterns.start_of(event)
    if start not in {Start.FORMED, Start.ISSUED}:
        said["event"] = event
    return {**said, "start": start}
