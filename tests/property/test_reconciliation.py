"""Whatever somebody did behind our back: reconciled, run, and nothing is left of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.service import Desk
from support.shelf import Shelf, holding, shelf_desk

from govsync import audit
from govsync.agent.comparison import Kind
from govsync.agent.reconciliation import look, reconcile
from govsync.ledger import Obligation, Permission, Ruling
from govsync.model import Record

IDS = ("a", "b", "c")
HISTORIES = ("live", "changed", "withdrawn", "blocked", "owed", "unknown")
MEDDLINGS = ("nothing", "delete", "older", "edit", "newer", "double")
LEFT = {Kind.ALTERED, Kind.EXTRA}

Fates = dict[str, tuple[str, str]]
FATES = st.fixed_dictionaries(
    {
        name: st.tuples(st.sampled_from(HISTORIES), st.sampled_from(MEDDLINGS))
        for name in IDS
    }
)


@given(fates=FATES)
@settings(max_examples=80, phases=[Phase.generate])
def test_after_reconciling_and_a_run_only_what_is_for_a_person_is_left(
    fates: Fates,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk, shelf = shelf_desk(Path(folder))
        try:
            _check(desk, shelf, fates)
        finally:
            desk.database.dispose()


def _check(desk: Desk, shelf: Shelf, fates: Fates) -> None:
    for name, (history, meddling) in fates.items():
        _live_through(desk, name, history)
        _meddle(shelf, name, meddling)
    before = {name: list(shown) for name, shown in shelf.shown.items()}
    adapter = desk.channel().adapter

    first = reconcile(desk.ledger, "account", adapter)
    rows, size = _rows(desk), _size(desk)
    again = reconcile(desk.ledger, "account", adapter)
    assert (again.corrected, _rows(desk), _size(desk)) == (0, rows, size)
    assert shelf.shown == before

    desk.clock.advance(days=1)
    desk.push()
    after = look(desk.ledger, "account", adapter).differences
    assert {one.kind for one in after} <= LEFT
    stood = {one.record for one in first.differences if one.kind in LEFT}
    assert {one.record for one in after} <= stood | _unsettled(fates)
    _nothing_unknown_was_touched(shelf, before, fates)


def _live_through(desk: Desk, name: str, history: str) -> None:
    if history == "unknown":
        return
    desk.ruling = Ruling(permission=Permission.GO)
    desk.owe(Record(id=name, title="one"))
    desk.push()
    if history in {"changed", "blocked", "owed"}:
        desk.owe(Record(id=name, title="two"))
        desk.push()
    if history == "withdrawn":
        desk.screen(desk.ledger.withdraw(name, reason="wrong"))
        desk.push()
    if history == "blocked":
        desk.ruling = Ruling(permission=Permission.BLOCKED, reason="privacy")
    if history in {"blocked", "owed"}:
        desk.owe(Record(id=name, title="three"))


def _meddle(shelf: Shelf, name: str, meddling: str) -> None:
    ours = shelf.shown.get(name, [])
    shown = {
        "nothing": ours,
        "delete": [],
        "older": [holding(name, 1, Record(id=name, title="one").digest)],
        "edit": [holding(name, one.revision, "x") for one in ours],
        "newer": [holding(name, 9, "x")],
        "double": [*ours, holding(name, 1, "y")],
    }
    shelf.shown[name] = shown[meddling]


def _unsettled(fates: Fates) -> set[str]:
    """What the next revision was on its way for may differ only after it went."""
    return {name for name, (history, _) in fates.items() if history == "owed"}


def _nothing_unknown_was_touched(
    shelf: Shelf, before: dict[str, list[object]], fates: Fates
) -> None:
    for name, (history, _) in fates.items():
        if history == "unknown":
            assert shelf.shown[name] == before[name]


def _rows(desk: Desk) -> list[Obligation]:
    from govsync.ledger import ObligationState, obligations

    with desk.database.read() as connection:
        return obligations.in_states(connection, list(ObligationState))


def _size(desk: Desk) -> int:
    with desk.database.read() as connection:
        return audit.head(connection).size
