"""Deadline: what was late, and what cannot be judged. Warnings only: late still goes.

A screening gives the same answer whenever it is asked: it judges by when the record
says it was published. What depends on the present moment is :func:`of_moment`, for
reports; what is said of a row, and not of its records, is :func:`of_item`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Finding, Severity
from govsync.rules.timing import ROW, due, parse, standard_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from govsync.model import Catalogs, Item, Record
    from govsync.rules.timing import Due, WorkCalendar


def findings(
    record: Record, *, catalogs: Catalogs, calendar: WorkCalendar | None = None
) -> Iterator[Finding]:
    """Warn of a record that was published late, or whose clock has no beginning.

    Args:
        record: Its own dates alone are looked at.
        catalogs: Where its row stands.
        calendar: Which days are worked; that of the shipped notices where absent.
    """
    yield from judged(record, known(record, catalogs=catalogs, calendar=calendar))


def known(
    record: Record, *, catalogs: Catalogs, calendar: WorkCalendar | None = None
) -> Due:
    """Return by when a record must be public.

    Args:
        record: Its own dates alone are looked at.
        catalogs: Where its row stands.
        calendar: Which days are worked; that of the shipped notices where absent.
    """
    item = catalogs.find(record.item, record.day) if record.item else None
    return due(record, item, calendar or standard_calendar())


def judged(record: Record, known: Due) -> Iterator[Finding]:
    """Warn as :func:`findings`, by what is known of when it must be public."""
    if record.published and known.is_late(record.published):
        yield late(known, record.published)
    yield from _without_start(record, known)


def of_item(item: Item) -> Iterator[Finding]:
    """Warn of what a row says that is no date, or that nobody understood."""
    deadline = parse(item.deadline)
    for part in deadline.qualitative:
        yield _of_row(
            item,
            "deadline.qualitative",
            f"{part.text!r} says by no date when: the law's own limit binds",
            "the office that keeps the catalog sets a number of days",
        )
    for part in deadline.unparsed:
        yield _of_row(
            item,
            "deadline.unparsed",
            f"{part.text!r} is not understood: it binds nobody here",
            "check 公开时限 against the printed catalog",
        )


def of_moment(known: Due, now: datetime, lead: timedelta) -> Iterator[Finding]:
    """Warn of a record that is not public yet, by the moment that it is.

    Args:
        known: By when it must be public.
        now: The present moment, aware.
        lead: How long before the due moment to warn.
    """
    if known.by is None:
        return
    if known.is_late(now):
        yield late(known, None)
    elif now >= known.by - lead:
        yield _warning(
            known.record,
            "deadline.due-soon",
            f"due by {known.by:%Y-%m-%d %H:%M} ({_why(known)})",
            "publish it before",
        )


def late(known: Due, published: datetime | None) -> Finding:
    """Say how late a record was published; None: that it is not public."""
    by = f"{known.by:%Y-%m-%d %H:%M}"
    what = f"published {published:%Y-%m-%d %H:%M}" if published else "not public"
    open_end = ", provisional" if known.provisional else ""
    return _warning(
        known.record,
        "deadline.late" if published else "deadline.overdue",
        f"{what}, due by {by} ({_why(known)}{open_end})",
        "check 成文日期 and 发布日期; a late record still goes",
    )


def provisional(known: Due) -> Iterator[Finding]:
    """Warn where no notice tells yet which days will be worked."""
    if known.provisional and known.by:
        yield _warning(
            known.record,
            "deadline.provisional",
            f"due by {known.by:%Y-%m-%d} if Monday to Friday are worked:"
            f" no notice covers those days",
            "enter the notice of 国务院办公厅 once it is out",
        )


def _without_start(record: Record, known: Due) -> Iterator[Finding]:
    for clock in known.clocks:
        # What another record says is not known here.
        elsewhere = clock.lacks == "relation" and record.relation is not None
        if not clock.lacks or elsewhere:
            continue
        if clock.source == ROW or known.by is None:
            yield _warning(
                record.id,
                "deadline.no-start",
                f"{clock.measure}: nothing says when this begins",
                f"enter {_COLUMNS.get(clock.lacks, clock.lacks)}",
                field=clock.lacks,
            )


_COLUMNS = {
    "formed": "成文日期",
    "issued": "印发日期",
    "relation": "关联索引号 of a record that is published",
    "extra.时限起算日": "the day of the event in a column 时限起算日",
}


def _why(known: Due) -> str:
    return f"{known.binds.measure}, {known.binds.source}" if known.binds else ""


def _warning(
    record: str, rule: str, message: str, mend: str, *, field: str = "published"
) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARN,
        message=message,
        record=record,
        field=field,
        mend=mend,
    )


def _of_row(item: Item, rule: str, message: str, mend: str) -> Finding:
    finding = _warning("", rule, message, mend, field="deadline")
    return finding.changed(place=str(item.ref))
