"""No statement of a run looks at every row of a table that grows with the city.

SQLite says how it would find the rows of each statement; without statistics that
depends on the tables alone, not on how much is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from support.county import workspace
from support.service import Desk, done_but, queue

from govsync.agent.looking import look_again
from govsync.agent.run import run
from govsync.agent.workspace import Workspace
from govsync.channels import Editor, Unsure
from govsync.cli import showing
from govsync.model import Record, Relation, RelationKind

GROWING = (
    "record",
    "revision",
    "finding",
    "obligation",
    "audit",
    "trail",
    "feedback",
    "matter",
)
OF_FEW_ROWS = ("obligation_leased", "obligation_waiting", "feedback_unopened")
"""Indexes that hold but what is being sent, what waits for another record, or what came
in since the last run."""
PLANNED = ("SELECT", "UPDATE", "DELETE")
DOCUMENT = Record(id="a", title="one", published="2026-03-01T08:00:00+08:00")
READING = DOCUMENT.changed(
    id="b", relation=Relation(kind=RelationKind.INTERPRETS, target="a")
)


class Plans:
    """The plans of the statements that a database was given."""

    def __init__(self) -> None:
        self.scans: set[str] = set()
        self.statements = 0

    def look(self, _: Any, cursor: Any, statement: str, given: Any, *__: Any) -> None:
        if not statement.lstrip().startswith(PLANNED) or isinstance(given, list):
            return
        self.statements += 1
        raw = cursor.connection.cursor()
        raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)
        for *_, step in raw.fetchall():
            words = step.split()
            many = words[0] == "SCAN" or words[-1] == "(channel=?)"
            if many and words[1] in GROWING and words[-1] not in OF_FEW_ROWS:
                self.scans.add(f"{step}: {statement}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def test_delivery_finds_what_it_needs_by_indexes(desk: Desk) -> None:
    plans = Plans()
    event.listen(desk.database.engine, "before_cursor_execute", plans.look)
    begun = desk.clock()
    desk.service.answers += [done_but(Unsure("reset")), Editor("no", step="mend it")]
    desk.owe(READING)
    desk.owe(DOCUMENT)
    desk.push()
    desk.ledger.retry("account")
    desk.service.answers.append(queue)
    desk.push()
    desk.clock.advance(hours=1)
    desk.push()
    desk.screen(desk.ledger.withdraw("a", reason="wrong"))
    desk.clock.advance(hours=1)
    desk.push()
    look_again(desk.ledger, desk.pusher(), since=begun)

    assert desk.service.calls["find"]
    assert desk.service.calls["settle"]
    assert plans.scans == set()
    assert plans.statements > 50


def test_a_whole_run_and_status_find_what_they_need_by_indexes(tmp_path: Path) -> None:
    plans = Plans()
    city = workspace(tmp_path)
    with Workspace.at(city.config) as opened:
        event.listen(opened.database.engine, "before_cursor_execute", plans.look)
        run(opened, random=lambda: 0.0)
        city.change("023038202/2020-00002", "标题", "新标题")
        run(opened, random=lambda: 0.0)
        with opened.database.read() as connection:
            showing._status(connection, list(opened.config.channels))

    assert plans.scans == set()
    assert plans.statements > 100
