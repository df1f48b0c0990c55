"""``govsync platform feedback``: what cities were told, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.cli.output import say, say_json, say_table
from govsync.inbox.masking import cleaned

if TYPE_CHECKING:
    from pathlib import Path

    from govsync.platform.office import Told


def feedback(config: Path, city: str, *, after: int, json: bool) -> None:
    """Print a city's feedback with its answers, oldest first."""
    from govsync import platform

    office = platform.open_office(platform.load_settings(config))
    try:
        found = office.feedback_of(city, after=after)
    finally:
        office.close()
    if json:
        say_json([one.model_dump(mode="json") for one in found])
        return
    header = ["no", "kind", "item", "told", "due", "answered", "answer"]
    say_table(header, map(_row, found))
    open_ones = sum(not one.answered_at for one in found)
    say(f"{len(found)} listed, {open_ones} without an answer")


def _row(one: Told) -> tuple[object, ...]:
    due = f"{one.due:%Y-%m-%d}" if one.due else ""
    answered = f"{one.answered_at:%Y-%m-%d %H:%M}" if one.answered_at else ""
    said = cleaned(one.answer, 200)
    return one.seq, one.kind, one.item, one.text, due, answered, said
