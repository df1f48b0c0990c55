"""What is live is looked at again, in turn, so that everything is in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.shelf import Shelf, holding, shelf_desk

from govsync.agent.looking import Looked, look_again
from govsync.channels import Retry
from govsync.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.service import Desk

NAMES = [f"r{number}" for number in range(7)]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Shelf]]:
    desk, shelf = shelf_desk(tmp_path)
    yield desk, shelf
    desk.database.dispose()


def run(desk: Desk, share: int) -> Looked:
    """Push, then look again as a run does."""
    desk.clock.advance(hours=1)
    began = desk.clock()
    pusher = desk.pusher()
    pusher.channel.configured = pusher.channel.configured.changed(verify_per_run=share)
    pusher.push()
    return look_again(desk.ledger, pusher, since=began)


def test_each_run_looks_at_its_own_and_then_at_a_share(
    pair: tuple[Desk, Shelf],
) -> None:
    desk, shelf = pair
    desk.owe(*(Record(id=name, title=name) for name in NAMES))
    run(desk, 3)
    assert sorted(shelf.looks) == NAMES  # its own, and none of them twice

    shelf.looks.clear()
    for _ in range(3):
        run(desk, 3)
    assert len(shelf.looks) == 9
    assert set(shelf.looks) == set(NAMES)


def test_what_was_altered_long_after_is_found_in_time(
    pair: tuple[Desk, Shelf],
) -> None:
    desk, shelf = pair
    desk.owe(*(Record(id=name, title=name) for name in NAMES))
    run(desk, 0)
    shelf.shown["r3"] = [holding("r3", 1, "x")]

    altered = [line for _ in range(4) for line in run(desk, 2).altered]

    assert altered == ["r3 on account: another title"]
    assert desk.states()["r3"] == "held"


def test_a_channel_that_waits_for_a_person_is_not_asked(
    pair: tuple[Desk, Shelf],
) -> None:
    desk, shelf = pair
    desk.owe(Record(id="r", title="one"))
    run(desk, 5)
    shelf.looks.clear()
    pusher = desk.pusher()
    pusher.tally.stopped = "renew the key"
    look_again(desk.ledger, pusher, since=desk.clock())

    assert shelf.looks == []


def test_what_could_not_be_read_back_is_next_again(
    pair: tuple[Desk, Shelf],
) -> None:
    desk, shelf = pair
    desk.owe(Record(id="r", title="one"))
    run(desk, 5)
    shelf.looks.clear()
    shelf.verdicts.append(Retry("down"))

    assert "down" in run(desk, 5).unreachable
    assert run(desk, 5).unreachable == ""
    assert shelf.looks == ["r"]
