"""Texts expire, leaves stay: every proof holds, and nothing unsigned is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.logs import AT, ORIGIN, Log, entry

from govsync import audit
from govsync.audit.expiry import earliest
from govsync.errors import UsageError

LATER = AT + timedelta(days=400)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(5)
    yield log
    log.database.dispose()


def expire(log: Log, before: datetime = LATER) -> int:
    with log.database.write() as connection:
        return audit.expire(connection, before)


def verify(log: Log) -> audit.Verified:
    with log.database.read() as connection:
        return audit.verify(connection, [log.key.verifier], log.notes)


def test_what_has_expired_is_gone_and_its_place_is_proved(log: Log) -> None:
    assert b"cron@test" in log.path.read_bytes()
    assert expire(log) == 5
    assert expire(log) == 0
    log.database.dispose()

    assert b"cron@test" not in log.path.read_bytes()
    found = verify(log)
    assert (found.size, found.expired, found.signed) == (5, 5, 5)
    with log.database.read() as connection:
        assert all(p.expired for p in audit.prove(connection, range(5)))


def test_what_is_not_signed_does_not_expire(log: Log) -> None:
    log.grow(3, signed=False)

    assert expire(log) == 5


def test_nothing_expires_where_nothing_is_signed(tmp_path: Path) -> None:
    log = Log(tmp_path / "new.db")
    log.grow(3, signed=False)

    assert expire(log) == 0
    log.database.dispose()


def test_what_is_of_the_date_or_later_stays(log: Log) -> None:
    assert expire(log, AT) == 0


def test_the_logs_entries_about_itself_stay(log: Log) -> None:
    old, new = log.key, audit.SigningKey.generate(ORIGIN)
    with log.database.write() as connection:
        told = audit.Entry(at=AT, actor="甲", action="audit.expired")
        audit.append(connection, [told])
        log.notes.append(
            audit.rotate(connection, old, new, origin=ORIGIN, at=AT, actor="甲")
        )

    assert expire(log) == 5
    with log.database.read() as connection:
        assert [e.action for _, e in audit.entries(connection)] == [
            "audit.expired",
            "audit.key-rotated",
        ]
    assert verify(log).keys == (str(new.verifier),)


def test_long_logs_with_expired_texts_among_others_hold(log: Log) -> None:
    log.grow(600)
    expire(log)
    with log.database.write() as connection:
        audit.append(connection, [entry(605)])
    log.grow(300)

    found = verify(log)

    assert (found.size, found.expired) == (906, 605)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ((2026, 11, 25), (2026, 5, 25)),
        ((2026, 8, 31), (2026, 2, 28)),
        ((2024, 8, 31), (2024, 2, 29)),
        ((2026, 3, 1), (2025, 9, 1)),
    ],
)
def test_six_months_are_kept(
    now: tuple[int, int, int], since: tuple[int, int, int]
) -> None:
    moment = datetime(*now, tzinfo=UTC)
    day = datetime(*since, tzinfo=UTC)

    assert earliest(moment) == day
    audit.check_date(day, moment)
    with pytest.raises(UsageError, match=r"art\. 21"):
        audit.check_date(day + timedelta(days=1), moment)
