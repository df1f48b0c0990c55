"""Statutes: the clocks that the law sets, whatever a row of the catalog says.

They are data (``statutes.toml``), each with its law, article and days in force. The
general clock is 政府信息公开条例 art. 26; special ones stand in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from govsync.model import Step, Value
from govsync.model.catalog import comparable
from govsync.rules.timing.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import ItemRef


class Statute(Measure):
    """A clock of the law, and what it applies to."""

    name: str
    law: str
    number: str
    """文号 of the law, such as 国务院令第711号."""
    article: str
    since: date
    until: date = date.max
    areas: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    steps: tuple[Step, ...] = (Step.RELEASE,)
    general: bool = False
    """Whether it holds for everything that is made public."""
    special: bool = False
    """Whether it stands in the place of the general clock."""
    note: str = ""

    @property
    def source(self) -> str:
        """The law and its article."""
        return f"《{self.law}》{self.article}"

    def applies(self, area: str, names: str, title: str, step: Step) -> bool:
        """Whether it concerns a record, by its area, its row, its title and its step.

        Without a title: whether it may concern a record of that row.
        """
        return self.general or (
            step in self.steps
            and _one_of(self.areas, area)
            and _one_of(self.rows, names + title)
            and (not title or _one_of(self.titles, title))
        )


class _Statutes(Value):
    clocks: tuple[Statute, ...]


@cache
def statutes() -> tuple[Statute, ...]:
    """Return the clocks that govsync ships."""
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath("statutes.toml").read_text(encoding="utf-8")
    return _Statutes.model_validate(tomllib.loads(text)).clocks


def statutes_of(
    ref: ItemRef | None, *, title: str = "", step: Step = Step.RELEASE, on: date | None
) -> Iterator[Statute]:
    """Yield the clocks that concern a record, those in force on a day.

    Args:
        ref: The record's item.
        title: The record's title; empty: what may concern any record of the item.
        step: The record's step.
        on: A day of the record; None: the clocks that are in force now.
    """
    said = comparable(title)
    area, *levels = ref.key if ref else ("",)
    names = "".join(levels)
    for statute in _candidates(step, names + said):
        in_force = (
            statute.until == date.max
            if on is None
            else statute.since <= on <= statute.until
        )
        if in_force and statute.applies(area, names, said, step):
            yield statute


def era(day: date | None) -> int:
    """Return a number that days have in common on which the same clocks are in force.

    None has one of its own.
    """
    return -1 if day is None else bisect_right(_turns(), day)


@cache
def _turns() -> list[date]:
    """Return the days from which on other clocks are in force."""
    ends = {s.until + timedelta(days=1) for s in statutes() if s.until < date.max}
    return sorted(ends | {s.since for s in statutes()})


def telling(title: str, step: Step) -> bool:
    """Whether a title has a word that may bring a clock in."""
    return bool(_of_step(step)[2].search(comparable(title)))


def _candidates(step: Step, text: str) -> tuple[Statute, ...]:
    """Return the statutes of a step, without those of rows where no word occurs."""
    of_all, of_rows, words = _of_step(step)
    # Most records concern none of the special clocks: one look tells.
    return of_all + of_rows if words.search(text) else of_all


@cache
def _of_step(
    step: Step,
) -> tuple[tuple[Statute, ...], tuple[Statute, ...], re.Pattern[str]]:
    known = [s for s in statutes() if s.general or step in s.steps]
    of_rows = tuple(s for s in known if s.rows)
    words = sorted({re.escape(word) for s in of_rows for word in s.rows})
    of_all = tuple(s for s in known if not s.rows)
    return of_all, of_rows, re.compile("|".join(words) or r"(?!)")


def _one_of(words: tuple[str, ...], text: str) -> bool:
    return not words or any(word in text for word in words)
