"""A whole run: it takes up what a dead one left, and leaves its proof beside itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crash_calls import Errand, Place
from support.crash_site import CHANGED, GONE, NEW, base
from support.steps_service import Account, running_accounts

from govsync.agent.run import read, screen


@pytest.fixture
def account(tmp_path: Path) -> Iterator[tuple[Account, Place]]:
    """A workspace with work to do, and the account at which it is done."""
    with running_accounts() as accounts:
        base(tmp_path / "city", accounts, "truncate")
        place = Place(tmp_path / "city", "truncate", str(accounts.port))
        yield accounts.account("base"), place
        place.database.dispose()


ERRAND = Errand(account="base", hours=1)
DONE = {CHANGED.id: ["live", 2], GONE.id: ["withdrawn", 2], NEW.id: ["live", 1]}


def test_it_does_what_is_owed_and_leaves_its_proof(
    account: tuple[Account, Place],
) -> None:
    service, place = account
    assert place.agent(ERRAND) == 0
    seen = place.examined(ERRAND)

    assert seen["held"] == DONE
    assert seen["every checkpoint is kept"]
    assert [entry[0] for entry in service.history[2:]] == [GONE.id, CHANGED.id, NEW.id]


def test_it_looks_for_what_a_dead_run_was_sending(
    account: tuple[Account, Place],
) -> None:
    service, place = account
    with place.workspace(ERRAND) as dead:
        screen(dead, read(dead))
        assert len(dead.ledger.claim("account", limit=9)) == 3
    # The first of the three got through.
    service.remove(next(reversed(service.posts)), GONE.id, 2)
    place.database.dispose()
    assert place.agent(ERRAND) == 0

    assert place.examined(ERRAND)["held"] == DONE
    assert service.history.count((GONE.id, 2, "withdraw")) == 1
    assert len(service.history) == len(set(service.history)) == 5
