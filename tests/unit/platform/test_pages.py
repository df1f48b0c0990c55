"""A record's page and those of what belongs to it lead to each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from support.platform import CITY, StoppedClock, platform_settings

from govsync.channels.testing import taken_back
from govsync.model import Record
from govsync.platform import pages, schema, store
from govsync.platform.app import open_database
from govsync.platform.decision import Incoming
from govsync.platform.intake import take
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office

DOCUMENT = "a/1"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = platform_settings(tmp_path)
    database = open_database(settings)
    keyring = Keyring(settings)
    office = Office(settings, keyring=keyring, database=database, clock=StoppedClock())
    yield office
    office.close()


def record(name: str, day: int = 1, kind: str = "", target: str = DOCUMENT) -> Record:
    told: dict[str, Any] = {"id": name, "title": f"<{name}>", "issuer": "甲局"}
    told["published"] = f"2026-03-{day:02d}T09:00:00+08:00" if day else None
    if kind:
        told["relation"] = {"kind": kind, "target": target}
    return Record.model_validate(told)


def publish(office: Office, *records: Record) -> None:
    for one in records:
        with office.transaction() as tx:
            take(tx, CITY, Incoming.of(one), office.settings, office.clock())


def page(office: Office, name: str) -> str:
    reply = pages.item(office, {"city": CITY, "id": name})
    return reply.content.decode()


def link(office: Office, label: str, name: str, lag: str) -> str:
    address = f"{office.settings.base_url}/items/{CITY}/{name}"
    return f'<li>{label}: <a href="{address}">&lt;{name}&gt;</a>{lag}</li>'


def test_document_and_interpretation_lead_to_each_other(office: Office) -> None:
    publish(office, record(DOCUMENT, 1), record("a/2", 4, "interprets"))

    assert link(office, "解读", "a/2", " (晚 3 日发布)") in page(office, DOCUMENT)
    assert link(office, "解读的原文", DOCUMENT, " (本条晚 3 日发布)") in page(
        office, "a/2"
    )


@pytest.mark.parametrize(
    ("day", "lag"), [(5, " (同日发布)"), (2, " (早 3 日发布)"), (0, "")]
)
def test_the_lag_is_told_where_both_days_are(
    office: Office, day: int, lag: str
) -> None:
    publish(office, record(DOCUMENT, 5), record("a/2", day, "answers"))

    assert link(office, "回应", "a/2", lag) in page(office, DOCUMENT)


def test_only_what_stands_is_led_to(office: Office) -> None:
    reading = record("a/2", 2, "interprets")
    publish(office, record(DOCUMENT), reading, taken_back(reading))
    assert "相关信息" not in page(office, DOCUMENT)

    publish(office, record("a/3", 2, "interprets", target="a/9"))
    assert "相关信息" not in page(office, "a/3")


def test_what_belongs_to_another_record_now_is_led_to_from_there(
    office: Office,
) -> None:
    reading = record("a/2", 2, "interprets")
    moved = record("a/2", 2, "interprets", target="a/5").changed(revision=2)
    publish(office, record(DOCUMENT), record("a/5"), reading, moved)

    assert "相关信息" not in page(office, DOCUMENT)
    assert "&lt;a/2&gt;" in page(office, "a/5")


def test_a_record_that_names_itself_is_not_led_to(office: Office) -> None:
    publish(office, record(DOCUMENT, kind="follows"))

    assert "相关信息" not in page(office, DOCUMENT)


def test_what_belongs_to_a_record_is_found_by_an_index(office: Office) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        office.database.engine,
        "before_cursor_execute",
        lambda *given: asked.append((given[2], given[3])),
    )
    with office.database.read() as tx:
        store.related_pages(tx, CITY, DOCUMENT, 5)
        plan = [
            row[3]
            for statement, given in list(asked)
            if statement.startswith("SELECT")
            for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]

    assert any("pages_related" in step for step in plan), plan


def test_an_older_platform_learns_what_belongs_together(
    office: Office, tmp_path: Path
) -> None:
    publish(office, record(DOCUMENT), record("a/2", 2, "interprets"))
    with office.database.write() as tx:
        tx.execute(text("DROP TABLE replies"))
        tx.execute(text("DROP INDEX pages_related"))
        tx.execute(text("ALTER TABLE pages DROP COLUMN relates"))
        schema.MIGRATIONS[3](tx)

    assert "&lt;a/2&gt;" in page(office, DOCUMENT)
