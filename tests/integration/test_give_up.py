"""The give-up time that is printed is the one that a failing channel really gets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.directory import numbered
from support.service import Desk

from govsync.agent.config import ChannelSettings
from govsync.agent.push import Pusher
from govsync.agent.schedule import Policy, give_up_after
from govsync.channels import Retry
from govsync.cli.listing import told, window
from govsync.ledger import ObligationState


def simulated(path: Path, policy: Policy, spread: float) -> timedelta:
    """Run a stepped clock from the first attempt to the last."""
    desk = Desk(path)
    (record,) = numbered(1)
    desk.owe(record)
    began = desk.clock()
    while desk.one(record.id).state is not ObligationState.HELD:
        desk.service.answers.append(Retry("down"))
        channel = desk.channel()
        channel.configured = ChannelSettings(adapter="test.account", policy=policy)
        last = desk.clock()
        desk.ledger.begin(alone=True)
        Pusher(
            channel=channel,
            ledger=desk.ledger,
            clock=desk.clock,
            random=lambda: spread,
            steady=lambda: 0.0,
        ).push()
        breaker = desk.ledger.breaker("account")
        desk.clock.now = max(desk.one(record.id).due_at, breaker.until or last, last)
    desk.database.dispose()
    assert desk.service.calls["publish"] == policy.attempts
    return last - began


@pytest.mark.parametrize("spread", [0.0, 1.0])
@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(jitter=0),
        Policy(first=timedelta(seconds=90), attempts=7, jitter=0.5),
    ],
)
def test_the_printed_give_up_time_is_the_simulated_one(
    policy: Policy, spread: float, tmp_path: Path
) -> None:
    took = simulated(tmp_path, policy, spread)

    assert took == give_up_after(policy)[int(spread)]
    assert told(took) in window(*give_up_after(policy))


def test_a_time_is_told_whole() -> None:
    assert told(timedelta(days=1, hours=3, seconds=6)) == "1 d 3 h 6 s"
    assert told(timedelta()) == "0 s"
