"""What the audit log says of channels, told over again."""

from __future__ import annotations

from typing import Any

from govsync.reports.facts import Holding
from govsync.reports.replay import Replay


def entry(action: str, **values: Any) -> dict[str, Any]:
    at = "2026-03-03T04:00:00.000000Z"
    return {"action": action, "at": at, "record": "n-1", "channel": "site", **values}


SENDING = entry("delivery.sending", revision=1, digest="a", outcome="publish")
LIVE = entry("delivery.live", revision=1, digest="a", outcome="publish")


def replayed(*entries: dict[str, Any]) -> Holding:
    replay = Replay()
    replay.take(entries)
    return replay.holdings()["n-1"][0]


def test_what_a_channel_confirmed_it_holds() -> None:
    held = replayed(entry("obligation.owed"), SENDING, LIVE)

    assert (held.state, held.revision, held.digest) == ("live", 1, "a")
    assert held.shows
    assert held.last.isoformat() == "2026-03-03T12:00:00+08:00"


def test_the_intent_to_send_confirms_nothing() -> None:
    assert not replayed(entry("obligation.owed"), SENDING).shows


def test_a_crash_leaves_what_was_being_sent_unsure() -> None:
    crash = {"action": "run.recovered", "reason": "1 unsure"}

    assert replayed(SENDING, crash).state == "unsure"
    assert replayed(SENDING, LIVE, crash).state == "live"


def test_a_lost_lease_changes_nothing() -> None:
    lost = entry("delivery.lease-lost", digest="b", outcome="withdraw")

    assert replayed(SENDING, LIVE, lost) == replayed(SENDING, LIVE)


def test_a_confirmed_withdrawal_shows_nothing() -> None:
    gone = entry("delivery.withdrawn", revision=2, digest="b", outcome="withdraw")

    assert not replayed(SENDING, LIVE, gone).shows


def test_the_step_that_a_person_takes_is_kept_until_it_is_taken() -> None:
    held = entry("delivery.held", reason="why", detail={"step": "do this"})

    assert replayed(held).step == "do this"
    assert replayed(held, entry("delivery.retry")).step == ""
    assert replayed(held, entry("delivery.freed")).state == "owed"


def test_what_is_not_what_was_sent_is_in_doubt() -> None:
    for action in ("delivery.altered", "reconcile.altered"):
        held = replayed(LIVE, entry(action, reason="other text"))

        assert (held.state, held.revision, held.shows) == ("held", None, True)


def test_what_is_missing_at_the_channel_is_owed_again() -> None:
    missing = replayed(LIVE, entry("reconcile.missing"))
    stale = replayed(LIVE, entry("reconcile.stale"))

    assert (missing.state, missing.shows) == ("owed", False)
    assert (stale.state, stale.shows) == ("owed", True)
    assert replayed(LIVE, entry("reconcile.extra")) == replayed(LIVE)


def test_a_stopped_channel_names_its_step_until_it_works() -> None:
    replay = Replay()
    replay.take([entry("channel.stopped", detail={"step": "renew"})])
    assert replay.stopped == {"site": "renew"}

    replay.take([entry("channel.closed")])
    assert replay.stopped == {}


def test_entries_that_concern_no_channel_are_passed() -> None:
    replay = Replay()
    replay.take([entry("record.accepted"), {"action": "run.started"}])

    assert replay.holdings() == {}
