"""Deadline findings: warnings only, and a screening that no clock changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.deadlines import at, reckoned
from support.rules import ALL, REF, catalogs, good, item

from govsync.model import Finding, Record, Severity
from govsync.rules import deadline, screen
from govsync.rules.timing import EVENT_COLUMN, Notice, WorkCalendar, shipped_notices

FIVE_DAYS = timedelta(days=5)


def found(row: str = "20个工作日", **changes: object) -> list[Finding]:
    known = catalogs(item(deadline=row))
    return [*deadline.findings(good(**changes), catalogs=known)]


def rules_of(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_late_names_the_clock() -> None:
    (finding,) = found(formed="2026-03-02", published="2026-04-02T09:00")

    assert (finding.rule, finding.severity) == ("deadline.late", Severity.WARN)
    assert "due by 2026-03-30 23:59 (自信息形成" in finding.message
    assert ROW_SOURCE in finding.message


ROW_SOURCE = "公开时限"


def test_in_time_is_no_matter() -> None:
    assert found(formed="2026-03-02", published="2026-03-30T23:59") == []


def test_a_late_record_still_goes() -> None:
    late = good(formed="2026-01-05")
    result = screen(late, catalogs=catalogs(item()), destinations=ALL)

    assert [f.rule for f in result.findings] == ["deadline.late"]
    assert len(result.channels) == 3


def test_what_is_not_published_is_no_matter_of_a_screening() -> None:
    """It would change with the hour; reports say what is overdue."""
    assert found(formed="2017-01-03", published=None) == []


@pytest.mark.parametrize(
    ("row", "field", "column"),
    [
        ("收到申请之日起5个工作日内", f"extra.{EVENT_COLUMN}", EVENT_COLUMN),
        ("印发之日起5个工作日内", "issued", "印发日期"),
        ("随采购公告公开", "relation", "关联索引号"),
    ],
)
def test_a_clock_without_a_beginning_says_what_to_enter(
    row: str, field: str, column: str
) -> None:
    (finding,) = found(row)

    assert (finding.rule, finding.field) == ("deadline.no-start", field)
    assert column in finding.mend


def test_a_record_with_no_day_at_all_lacks_the_laws() -> None:
    (finding,) = found("", formed=None)

    assert (finding.rule, finding.field) == ("deadline.no-start", "formed")


def test_what_another_record_says_is_not_missed_here() -> None:
    relation = {"kind": "follows", "target": "a"}

    assert found("随采购公告公开", relation=relation) == []


def test_a_withdrawn_record_has_no_deadline() -> None:
    withdrawn = good(formed="2017-01-03", status={"state": "withdrawn"})

    assert screen(withdrawn, catalogs=catalogs(), destinations=ALL).findings == ()


def test_the_calendar_may_be_given() -> None:
    extra = Notice(number="1", issued="2026-03-01", off=(("2026-03-02", "2026-04-10"),))
    calendar = WorkCalendar([*shipped_notices(), extra])
    late = good(formed="2026-03-01", published="2026-04-09T09:00")

    given = screen(late, catalogs=catalogs(), destinations=ALL, calendar=calendar)
    shipped = screen(late, catalogs=catalogs(), destinations=ALL)

    assert given.findings == ()
    assert [f.rule for f in shipped.findings] == ["deadline.late"]


def test_a_row_is_told_what_it_leaves_open() -> None:
    findings = [*deadline.of_item(item(deadline="及时公开;某某某某;20个工作日内"))]

    assert rules_of(findings) == ["deadline.qualitative", "deadline.unparsed"]
    assert {f.place for f in findings} == {str(REF)}
    assert {f.severity for f in findings} == {Severity.WARN}
    assert [*deadline.of_item(item(deadline="20个工作日"))] == []


@pytest.mark.parametrize(
    ("now", "rules"),
    [
        ("2026-03-20T12:00", []),
        ("2026-03-25T23:59:59", ["deadline.due-soon"]),
        ("2026-03-30T23:59:59", ["deadline.due-soon"]),
        ("2026-03-31T00:00", ["deadline.overdue"]),
    ],
)
def test_what_is_not_public_is_due_soon_and_then_overdue(
    now: str, rules: list[str]
) -> None:
    known = reckoned("20个工作日", formed="2026-03-02")

    assert rules_of([*deadline.of_moment(known, at(now), FIVE_DAYS)]) == rules


def test_without_a_clock_nothing_is_overdue() -> None:
    known = reckoned("", formed=None)

    assert [*deadline.of_moment(known, at("2999-01-01"), FIVE_DAYS)] == []


def test_a_provisional_due_moment_is_said() -> None:
    known = reckoned("", formed="2026-12-07")
    (finding,) = deadline.provisional(known)

    assert finding.rule == "deadline.provisional"
    assert "2027-01-04" in finding.message
    assert "provisional" in deadline.late(known, None).message
    assert [*deadline.provisional(reckoned("", formed="2026-03-02"))] == []


def test_a_screening_knows_no_present_moment() -> None:
    record: Record = good(formed="2026-03-02", published="2026-04-02T09:00")
    twice = [screen(record, catalogs=catalogs(), destinations=ALL) for _ in range(2)]

    assert twice[0] == twice[1]
