"""The ledger remembers what was signed off, and since when a record is public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.rules import REF, catalogs, item
from support.service import Desk

from govsync import audit
from govsync.agent.screening import screen_all
from govsync.channels.testing import sample
from govsync.errors import UsageError
from govsync.ledger import by_hand, past, records
from govsync.ledger.expiring import expire_revisions
from govsync.model import SHANGHAI, Catalogs, ChannelCode, Record, Review, Verdict
from govsync.reports.gathering import signed_until
from govsync.rules import Destination
from govsync.rules.timing import standard_calendar

SIGNED = datetime(2026, 3, 1, 7, tzinfo=SHANGHAI)
ACCOUNT = Destination(name="account", serves=ChannelCode.GOV_SITE, without_item=True)
REVIEW = Review(
    verdict=Verdict.APPROVED, first="甲", second="乙", final="丙", signed=SIGNED
)
NAME = sample().id


def record(title: str, hours: int = 0, **changes: object) -> Record:
    review = REVIEW.changed(signed=SIGNED + timedelta(hours=hours))
    return sample(title=title, **{"item": None, "review": review, **changes})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def run(desk: Desk, given: Record) -> list[str]:
    """Take a record in, screen and push it; return the rules that hold it."""
    desk.ledger.accept([given], source="test")
    screen_all(desk.ledger, Catalogs(), [ACCOUNT], {}, standard_calendar())
    desk.push()
    with desk.database.read() as connection:
        return [f.rule for f in records.findings(connection) if f.severity != "warn"]


def signed(desk: Desk) -> set[tuple[str, int]]:
    """What stands signed off by hand at the end of all that was told."""
    with desk.database.read() as connection:
        return signed_until(connection, desk.clock() + timedelta(days=1))


def told(desk: Desk, action: str) -> list[audit.Entry]:
    with desk.database.read() as connection:
        entries = [entry for _, entry in audit.entries(connection)]
    return [entry for entry in entries if entry.action == action]


def test_a_change_needs_another_sign_off(desk: Desk) -> None:
    assert not run(desk, record("一"))
    assert run(desk, record("二")) == ["review.outdated"]
    assert run(desk, record("三")) == ["review.outdated"]
    assert not run(desk, record("三", hours=1))
    assert [revision for revision, _ in desk.service.effects(NAME)] == [1, 4]


def test_an_older_sign_off_is_none_of_a_new_content(desk: Desk) -> None:
    run(desk, record("一", hours=1))

    assert run(desk, record("二", hours=0)) == ["review.outdated"]


def test_what_was_signed_once_may_come_back(desk: Desk) -> None:
    run(desk, record("一"))
    run(desk, record("二", hours=1))

    assert not run(desk, record("一"))


def test_what_was_first_signed_with_a_later_revision_counts(desk: Desk) -> None:
    draft = REVIEW.changed(verdict=Verdict.PENDING)
    assert run(desk, record("一", review=draft)) == ["review.pending"]
    assert not run(desk, record("二"))
    assert run(desk, record("三")) == ["review.outdated"]


def test_a_sign_off_that_names_the_content_counts_whenever_it_was_given(
    desk: Desk,
) -> None:
    run(desk, record("一"))
    changed = record("二")
    named = REVIEW.changed(content=changed.content_digest)

    assert not run(desk, changed.changed(review=named))
    assert run(desk, record("三", review=named)) == ["review.outdated"]


def test_it_is_known_after_the_revisions_are_gone(desk: Desk) -> None:
    run(desk, record("一"))
    run(desk, record("二"))
    with desk.database.write() as connection:
        expire_revisions(connection, desk.clock() + timedelta(days=1))

    assert run(desk, record("三")) == ["review.outdated"]


def test_a_withdrawal_needs_none_and_gives_none(desk: Desk) -> None:
    run(desk, record("一"))
    taken = {"state": "withdrawn", "reason": "有误"}
    assert not run(desk, record("二", hours=1, status=taken))

    assert not run(desk, record("二", hours=1))
    assert run(desk, record("三", hours=1)) == ["review.outdated"]


def test_a_person_signs_one_content_by_hand(desk: Desk) -> None:
    run(desk, record("一", review=None))
    signed = by_hand.sign_off(desk.ledger, NAME, revision=1, first="甲", final="丙")

    assert not run(desk, record("一", review=None))
    assert run(desk, record("二", review=None)) == ["review.missing"]
    assert not run(desk, record("一", review=None))
    (entry,) = told(desk, "review.signed")
    assert (entry.record, entry.revision, entry.actor) == (NAME, 1, "test")
    assert entry.detail == {
        "content": signed.content_digest,
        "first": "甲",
        "final": "丙",
    }


def test_a_sign_off_by_hand_takes_nothing_from_those_of_the_source(desk: Desk) -> None:
    run(desk, record("一"))
    run(desk, record("二"))
    by_hand.sign_off(desk.ledger, NAME, revision=2, final="丙")

    assert not run(desk, record("二"))
    assert not run(desk, record("三", hours=1))
    assert run(desk, record("四", hours=1)) == ["review.outdated"]


def test_a_sign_off_by_hand_is_lifted(desk: Desk) -> None:
    run(desk, record("一", review=None))
    by_hand.sign_off(desk.ledger, NAME, revision=1, final="丙")
    by_hand.lift(desk.ledger, NAME)

    assert run(desk, record("一", review=None)) == ["review.missing"]
    assert len(told(desk, "review.lifted")) == 1
    with pytest.raises(UsageError, match="not signed off by hand"):
        by_hand.lift(desk.ledger, NAME)


def test_nobody_signs_what_was_not_read(desk: Desk) -> None:
    run(desk, record("一"))
    run(desk, record("二"))

    for name, revision, final in (("x", 1, "丙"), (NAME, 1, "丙"), (NAME, 2, " ")):
        with pytest.raises(UsageError):
            by_hand.sign_off(desk.ledger, name, revision=revision, final=final)
    assert not told(desk, "review.signed")


LATER = "2026-03-20T08:00:00+08:00"


def test_what_was_public_keeps_its_first_day(desk: Desk) -> None:
    run(desk, record("一"))
    assert run(desk, record("一", published=LATER)) == ["integrity.redated"]
    assert "integrity.redated" in run(desk, record("一", published=None))
    assert desk.service.effects(NAME) == [(1, "publish")]

    earlier = sample().published
    assert earlier is not None
    assert not run(desk, record("一", published=earlier - timedelta(days=5)))
    assert run(desk, record("一", published=earlier)) == ["integrity.redated"]


def test_what_was_never_public_may_get_another_day(desk: Desk) -> None:
    run(desk, record("一", review=None))

    assert not run(desk, record("一", published=LATER))


def test_a_wrong_first_day_is_corrected_by_hand(desk: Desk) -> None:
    run(desk, record("一"))
    run(desk, record("一", published=LATER))
    day = datetime(2026, 3, 20, tzinfo=SHANGHAI)
    by_hand.set_first_day(desk.ledger, NAME, day, reason="录入有误")

    assert not run(desk, record("一", published=LATER))
    (entry,) = told(desk, "record.first-day")
    assert entry.reason == "录入有误"
    assert entry.detail == {"from": "2026-03-01", "to": "2026-03-20"}


def test_a_first_day_is_corrected_for_a_reason_and_where_there_is_one(
    desk: Desk,
) -> None:
    run(desk, record("一"))

    for name, reason in ((NAME, " "), ("x", "有误"), (NAME, "有误")):
        with pytest.raises(UsageError):
            by_hand.set_first_day(desk.ledger, name, SIGNED, reason=reason)


def test_nothing_is_known_of_a_record_that_never_changed(desk: Desk) -> None:
    run(desk, record("一"))

    with desk.database.read() as connection:
        assert past.pasts(connection, [NAME]) == {}


def test_a_report_knows_what_was_signed_off_by_hand(desk: Desk) -> None:
    """By the log alone, so that it says the same of that day for ever."""
    run(desk, record("一", review=None))
    by_hand.sign_off(desk.ledger, NAME, revision=1, final="丁")
    before = desk.clock()

    assert signed(desk) == {(NAME, 1)}
    desk.clock.advance(days=1)
    by_hand.lift(desk.ledger, NAME)
    assert signed(desk) == set()
    with desk.database.read() as connection:
        assert signed_until(connection, before + timedelta(hours=1)) == {(NAME, 1)}


def test_a_notice_is_taken_down_when_its_period_is_over(desk: Desk) -> None:
    """And a source that still gives it does not bring it back."""
    row = catalogs(item(deadline="公示5个工作日,期满撤下"))
    given = record("一", item=REF, published=SIGNED)
    site = Destination(name="account", serves=ChannelCode.GOV_SITE)

    def ran() -> int:
        desk.ledger.accept([given], source="test")
        screen_all(desk.ledger, row, [site], {}, standard_calendar())
        number = desk.ledger.take_down()
        screen_all(desk.ledger, row, [site], {}, standard_calendar())
        desk.push()
        return number

    assert ran() == 0
    desk.clock.now = datetime(2026, 3, 6, 15, 59, 59, tzinfo=UTC)
    assert ran() == 0
    assert desk.states() == {NAME: "live"}
    desk.clock.advance(seconds=1)
    assert ran() == 1
    assert ran() == 0
    assert desk.states() == {NAME: "withdrawn"}
    assert [op for _, op in desk.service.effects(NAME)] == ["publish", "withdraw"]
    assert [entry.reason for entry in told(desk, "record.withdrawn")] == ["公示期满"]
