"""A decision is for one rule and one revision, is told of, and can be lifted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.rules import ALL, ID, MOBILE, NOON, catalogs, good

from govsync.agent.screening import screen_all
from govsync.attachments import Folder
from govsync.errors import UsageError
from govsync.ledger import Ledger, obligations, overrides, records
from govsync.model import Record, Severity
from govsync.rules import overridden, screen
from govsync.rules.timing import standard_calendar
from govsync.store import ledger_tables, schema
from govsync.store.database import Database

RULE = "privacy.mobile-number"
RECORD = good(body=f"<p>电话{MOBILE}</p>")
CONSENT = {"basis": overrides.Basis.CONSENT, "reason": "本人书面同意", "by": "示例人"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    database = Database.open(tmp_path / "govsync.db")
    database.create_or_check(schema.metadata, ledger_tables.VERSION, {})
    yield Ledger(database, actor="test", clock=lambda: NOON)
    database.dispose()


def screened(ledger: Ledger, folder: Folder | None = None) -> int:
    return screen_all(ledger, catalogs(), ALL, {}, standard_calendar(), folder=folder)


def severities(ledger: Ledger, record: Record = RECORD) -> dict[str, Severity]:
    with ledger.database.read() as connection:
        found = records.findings(connection, record_id=record.id)
    return {f.rule: f.severity for f in found}


def states(ledger: Ledger) -> set[str]:
    with ledger.database.read() as connection:
        return {o.state for o in obligations.of_record(connection, RECORD.id)}


def actions(ledger: Ledger) -> list[str]:
    with ledger.database.read() as connection:
        rows = connection.execute(schema.audit.select()).all()
    told = [json.loads(row.body)["action"] for row in rows]
    return [action for action in told if action.startswith("override.")]


def test_a_decision_lets_this_revision_go_and_no_other(ledger: Ledger) -> None:
    ledger.accept([RECORD], source="s")
    screened(ledger)
    before = states(ledger)

    overrides.decide(ledger, RECORD.id, rule=RULE, **CONSENT)
    assert screened(ledger) == 1
    decided = (severities(ledger)[RULE], states(ledger))

    ledger.accept([RECORD.changed(title="改")], source="s")
    screened(ledger)

    assert before == {"refused"}
    assert decided == (Severity.WARN, {"owed"})
    assert severities(ledger)[RULE] is Severity.BLOCK
    assert actions(ledger) == ["override.decided", "override.ended"]


def test_a_decision_does_not_come_back_with_what_the_record_said(
    ledger: Ledger,
) -> None:
    ledger.accept([RECORD], source="s")
    screened(ledger)
    overrides.decide(ledger, RECORD.id, rule=RULE, **CONSENT)
    ledger.accept([RECORD.changed(title="改")], source="s")
    ledger.accept([RECORD], source="s")
    screened(ledger)

    assert severities(ledger)[RULE] is Severity.BLOCK


def test_a_lifted_decision_holds_no_longer(ledger: Ledger) -> None:
    ledger.accept([RECORD], source="s")
    screened(ledger)
    overrides.decide(ledger, RECORD.id, rule=RULE, **CONSENT)
    overrides.lift(ledger, RECORD.id, rule=RULE)
    screened(ledger)

    assert severities(ledger)[RULE] is Severity.BLOCK
    assert actions(ledger) == ["override.decided", "override.lifted"]


def test_a_decision_needs_a_rule_of_privacy_a_reason_and_a_name(ledger: Ledger) -> None:
    ledger.accept([RECORD], source="s")
    screened(ledger)

    for name, changes in (
        (RECORD.id, {"rule": "review.missing"}),
        (RECORD.id, {"rule": "privacy.id-number"}),
        (RECORD.id, {"reason": " "}),
        (RECORD.id, {"by": ""}),
        ("none", {}),
    ):
        with pytest.raises(UsageError):
            overrides.decide(ledger, name, **{"rule": RULE, **CONSENT, **changes})
    with pytest.raises(UsageError):
        overrides.lift(ledger, RECORD.id, rule=RULE)
    assert actions(ledger) == []


def test_other_rules_stay_as_they_are() -> None:
    record = good(body=f"{MOBILE} {ID}")
    found = screen(record, catalogs=catalogs(), destinations=ALL).findings
    after = overridden(found, {RULE: "第三方同意公开, 示例人"})

    assert {f.rule: f.severity for f in after if f.rule.startswith("privacy")} == {
        RULE: Severity.WARN,
        "privacy.id-number": Severity.BLOCK,
    }


def test_a_file_written_again_with_the_same_bytes_is_the_same(
    ledger: Ledger, tmp_path: Path
) -> None:
    """An export of each night neither is read again nor ends decisions."""
    record = good(attachments=({"name": "名单", "href": "list.txt"},))
    file, folder = tmp_path / "list.txt", Folder(tmp_path)
    file.write_text(MOBILE)
    ledger.accept([record], source="s")
    screened(ledger, folder)
    overrides.decide(ledger, record.id, rule=RULE, **CONSENT)
    screened(ledger, folder)
    os.utime(file, (1, 1))

    assert screened(ledger, folder) == 0
    assert severities(ledger, record) == {RULE: Severity.WARN}
    assert screened(ledger, folder) == 0


def test_a_file_that_changes_is_screened_again_and_ends_decisions(
    ledger: Ledger, tmp_path: Path
) -> None:
    record = good(attachments=({"name": "名单", "href": "list.txt"},))
    file, folder = tmp_path / "list.txt", Folder(tmp_path)
    ledger.accept([record], source="s")
    screened(ledger, folder)
    missing = severities(ledger, record)

    file.write_text(MOBILE)
    appeared = screened(ledger, folder), severities(ledger, record)
    overrides.decide(ledger, record.id, rule=RULE, **CONSENT)
    screened(ledger, folder)
    decided, still = severities(ledger, record), screened(ledger, folder)
    file.write_text(f"{MOBILE} {MOBILE}")
    screened(ledger, folder)

    assert missing == {"attachment.unreadable": Severity.HOLD}
    assert appeared == (1, {RULE: Severity.BLOCK})
    assert (decided, still) == ({RULE: Severity.WARN}, 0)
    assert severities(ledger, record) == {RULE: Severity.BLOCK}
    assert actions(ledger) == ["override.decided", "override.ended"]
