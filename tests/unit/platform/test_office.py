"""What the platform's people do: reviews and feedback."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.platform import CITY, StoppedClock, platform_settings

from govsync.errors import UsageError
from govsync.model import Record
from govsync.platform import store
from govsync.platform.app import open_database, open_office
from govsync.platform.decision import Incoming
from govsync.platform.intake import public_url, take
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office
from govsync.platform.problems import Fault, ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_2 = Path(__file__).parents[2] / "support" / "schemas" / "platform_2.sql"
FEEDBACK = f"""INSERT INTO feedback (city, kind, item, text, at)
    VALUES ('{CITY}', 'return', '', '补', '2026-03-02T01:00:00.000000Z')
"""
FAULT = Fault(pointer="/title", detail="不全")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = platform_settings(tmp_path, queue=True)
    office = Office(
        settings,
        keyring=Keyring(settings),
        database=open_database(settings),
        clock=StoppedClock(),
    )
    yield office
    office.close()


def sent(office: Office, revision: int = 1, title: str = "通知") -> Record:
    record = Record(id="a/1", title=title, issuer="甲局", revision=revision)
    with office.transaction() as tx:
        take(tx, CITY, Incoming.of(record), office.settings, office.clock())
    return record


def page_title(office: Office) -> str | None:
    with office.transaction() as tx:
        row = store.page(tx, CITY, "a/1")
    return row and row.record and row.record["title"]


def test_the_revision_before_stays_public_until_the_review(office: Office) -> None:
    sent(office, 1, "一")
    office.publish_accepted()

    sent(office, 2, "二")
    assert page_title(office) == "一"
    office.publish_accepted()

    assert page_title(office) == "二"


def test_what_is_rejected_is_never_public(office: Office) -> None:
    record = sent(office)

    office.reject(CITY, record.id, [FAULT])

    assert office.publish_accepted() == 0
    assert page_title(office) is None


def test_the_public_copy_tells_nothing_internal(office: Office) -> None:
    record = Record(
        id="a/1",
        title="通知",
        issuer="甲局",
        review={"verdict": "approved", "final": "签发人"},
        extra={"备注": "内部"},
    )
    with office.transaction() as tx:
        take(tx, CITY, Incoming.of(record), office.settings, office.clock())

    office.publish_accepted()

    with office.transaction() as tx:
        page = store.page(tx, CITY, "a/1")
    assert page is not None
    assert not {"review", "extra"} & set(page.record)


def test_a_review_is_of_what_waits_and_says_why(office: Office) -> None:
    with pytest.raises(UsageError):
        office.reject(CITY, "a/1", [FAULT])
    sent(office)
    with pytest.raises(UsageError):
        office.reject(CITY, "a/1", [])
    office.publish_accepted()
    with pytest.raises(UsageError):
        office.reject(CITY, "a/1", [FAULT])


@pytest.mark.parametrize("name", [".", "..", "a/../b"])
def test_an_id_without_an_address_is_refused(office: Office, name: str) -> None:
    record = Record(id=name, title="通知", issuer="甲局")

    with office.transaction() as tx, pytest.raises(ProblemError) as caught:
        take(tx, CITY, Incoming.of(record), office.settings, office.clock())

    assert caught.value.errors[0].pointer == "/id"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("a/2026-1", "https://p/items/mishan/a/2026-1"),
        ("文 1?#", "https://p/items/mishan/%E6%96%87%201%3F%23"),
        ("a//b", "https://p/items/mishan/a%2F%2Fb"),
    ],
)
def test_public_addresses(name: str, address: str) -> None:
    assert public_url("https://p", "mishan", name) == address


def test_an_earlier_database_takes_answers_too(tmp_path: Path) -> None:
    """One of version 2, which had no answers, is brought up to date and keeps all."""
    settings = platform_settings(tmp_path)
    with sqlite3.connect(settings.database) as connection:
        connection.executescript(VERSION_2.read_text("utf-8"))
        connection.execute(FEEDBACK)
    connection.close()

    office = open_office(settings)
    (told,) = office.feedback_of(CITY)
    office.close()

    assert (told.text, told.answer, told.answered_at) == ("补", "", None)
