"""Feedback, matters and an inbox on a real database, with a clock that a test sets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from govsync.channels import Answer, Feedback
from govsync.inbox import Category, Inbox, Matter, State
from govsync.ledger import Ledger
from govsync.model import SHANGHAI
from govsync.store import ledger_tables, schema
from govsync.store.database import Database

MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
CODE = "123456789018"
WRITER, REVIEWER = "李科员", "赵主任"


class Clock:
    """Stands until a test sets it."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def said(**changes: Any) -> Feedback:
    """A suggestion of a made-up person, sent on a Monday."""
    given: dict[str, Any] = {
        "id": "c-1",
        "kind": "suggestion",
        "title": "路灯",
        "text": "王小明建议补装路灯, 电话 13800138000",
        "sender": "王小明",
        "contact": "wang@mail.example",
        "at": MONDAY,
        "cursor": "1",
    }
    return Feedback(**(given | changes))


def matter(**changes: Any) -> Matter:
    """A new matter about :func:`said`."""
    given: dict[str, Any] = {
        "code": CODE,
        "channel": "cms",
        "said": said(),
        "category": Category.SUGGESTION,
        "state": State.NEW,
        "begins": MONDAY,
    }
    return Matter(**(given | changes))


def final(text: str = "已补装。") -> Answer:
    """An approved answer."""
    return Answer(code=CODE, text=text, at=MONDAY)


class NoTrail:
    """A trail that nobody writes to."""

    held = None

    def note(self, name: str, value: str) -> None:
        raise AssertionError(f"{name} was noted")

    def get(self, name: str) -> str | None:
        raise AssertionError(f"{name} was asked for")


class Counting:
    """Draws numbers one after another, so that codes are known beforehand."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = iter(numbers or range(1, 1000))

    def __call__(self, bound: int) -> int:
        return next(self.numbers) % bound


def database(path: Path) -> Database:
    """A ledger's database with its tables."""
    opened = Database.open(path / "ledger.db")
    opened.create_or_check(schema.metadata, ledger_tables.VERSION)
    return opened


def box(held: Database, clock: Clock, *numbers: int) -> Inbox:
    """The inbox of a database."""
    return Inbox(held, actor="tester", clock=clock, draw=Counting(*numbers))


def receive(held: Database, clock: Clock, *entries: Feedback) -> None:
    """Store feedback as a run does."""
    ledger = Ledger(held, actor="tester", clock=clock)
    told = [entry.model_dump(mode="json") for entry in entries]
    ledger.collected("cms", told, entries[-1].cursor)
