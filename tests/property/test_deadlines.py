"""Deadlines: parsing never fails and loses nothing; days add up; due is monotonic."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.deadlines import listed
from support.rules import catalogs, good, item

from govsync.model import SHANGHAI
from govsync.rules.deadline import findings
from govsync.rules.timing import (
    EVENT_COLUMN,
    Kind,
    Notice,
    WorkCalendar,
    due,
    parse,
    standard_calendar,
)

CALENDAR = standard_calendar()
NUMBERS = re.compile("[0-9\u200b]{1,3}[.、)．）\u2024]")
PHRASES = [raw for raw, *_ in listed()]
WORDS = (
    "信息形成 之日起 20个 工作日 十五 日 内 前 后 提前 公示期 不少于 及时 公开 同步"
    " 每年 3月 31日 在村公示栏 网站 处罚决定 : , ; 。 ( ) 《 》 ① 2. 至 -"
)
PIECES = [*PHRASES, *WORDS.split(), "\n", " ", "\u200b"]
noise = st.text(st.sampled_from("".join(PIECES)), max_size=60)
texts = st.one_of(
    st.text(max_size=80), noise, st.lists(st.sampled_from(PIECES)).map("".join)
)
days = st.dates()
near = st.dates(date(2016, 6, 1), date(2027, 12, 31))


@st.composite
def phrases(draw: st.DrawFn) -> str:
    """A phrase put together as catalogs put them."""
    event = draw(
        st.sampled_from(["", "信息形成", "印发", "收到申请", "会议结束", "某事发生"])
    )
    number = draw(st.integers(1, 99))
    unit = draw(st.sampled_from(["个工作日", "日", "小时", "个月", "周", "年"]))
    said = draw(st.sampled_from(["", "公开", "予以公开", "在村公示栏公开"]))
    form = draw(
        st.sampled_from(
            [
                "{event}之日起{n}{unit}内{said}",
                "{event}后{n}{unit}以内{said}",
                "{event}提前{n}{unit}公告",
                "公示期不少于{n}{unit}",
                "{event}后及时公开",
            ]
        )
    )
    return form.format(event=event, n=number, unit=unit, said=said)


@given(texts)
@example("按进展" * 40 + "x")
@example("公示" * 2000)
@example("另有" * 3000)
@example("(" * 500 + ")" * 500)
@example("1、" * 500)
def test_parsing_never_fails_and_parts_lie_in_the_phrase(raw: str) -> None:
    deadline = parse(raw)

    assert deadline.raw == raw
    for part in deadline.parts:
        assert 0 <= part.begin < part.end <= len(raw)
        assert raw[part.begin : part.end] == part.text
    assert str(deadline) == ";".join(map(str, deadline.parts))


@given(texts)
def test_no_digit_of_a_phrase_is_lost(raw: str) -> None:
    """What is no part is a part's subject or place, or a number of a part."""
    parts = parse(raw).parts
    assume(not any(part.channels for part in parts))
    subjects = "".join(part.subject for part in parts)
    loose = [
        i
        for i, c in enumerate(raw)
        if c.isascii() and c.isdigit() and c not in subjects
        if not any(part.begin <= i < part.end for part in parts)
    ]

    assert all(NUMBERS.match("".join(filter(_is_seen, raw[i:]))) for i in loose)


def _is_seen(character: str) -> bool:
    return character.isprintable() and not character.isspace()


@given(st.one_of(phrases(), st.lists(phrases(), max_size=3).map(";".join)))
def test_the_printed_form_reads_alike(raw: str) -> None:
    once = parse(raw)
    again = parse(str(once))

    assert not once.unparsed
    assert [p.meaning for p in again.parts] == [p.meaning for p in once.parts]
    assert str(again) == str(once)


@given(near, st.integers(1, 400))
def test_adding_is_the_inverse_of_counting(start: date, number: int) -> None:
    end = CALENDAR.add_working_days(start, number)

    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == number
    assert CALENDAR.working_days_between(end, start) == -number


@given(near, st.integers(1, 400))
def test_counting_back_meets_adding(start: date, number: int) -> None:
    before = CALENDAR.add_working_days(start, -number)

    assert before < start
    assert CALENDAR.add_working_days(before, number) == CALENDAR.next_working_day(start)


@given(near, near, st.integers(0, 60), st.integers(0, 60))
def test_later_starts_and_longer_terms_end_no_sooner(
    one: date, other: date, few: int, more: int
) -> None:
    first, last = sorted((one, other))
    short, long = sorted((few, more))

    assert CALENDAR.add_working_days(first, short) <= CALENDAR.add_working_days(
        last, short
    )
    assert CALENDAR.add_working_days(first, short) <= CALENDAR.add_working_days(
        first, long
    )


@given(days, st.integers(-999, 999))
def test_no_day_is_out_of_reach(day: date, number: int) -> None:
    end = CALENDAR.add_working_days(day, number)

    assert date.min <= end <= date.max


@given(st.lists(st.tuples(near, st.integers(0, 40), st.booleans()), max_size=6), near)
def test_any_notices_make_a_calendar_that_walks_day_by_day(
    moves: list[tuple[date, int, bool]], start: date
) -> None:
    """Held against the plain way: step over the days one by one."""
    notices = [
        Notice(number=str(i), issued=date(2026, 1, 1), on=(first,))
        if on
        else Notice(
            number=str(i),
            issued=date(2026, 1, 1),
            off=((first, first + timedelta(days=length)),),
        )
        for i, (first, length, on) in enumerate(moves)
    ]
    calendar = WorkCalendar(notices)
    worked = {start + timedelta(days=i): _worked(start, i, moves) for i in range(1, 99)}

    assert {d: calendar.is_working_day(d) for d in worked} == worked
    first = next((d for d, is_worked in worked.items() if is_worked), None)
    assert first is None or calendar.add_working_days(start, 1) == first


def _worked(start: date, after: int, moves: list[tuple[date, int, bool]]) -> bool:
    day = start + timedelta(days=after)
    worked = day.weekday() < 5
    for first, length, on in moves:
        if on and day == first:
            worked = True
        elif not on and first <= day <= first + timedelta(days=length):
            worked = False
    return worked


moments = st.datetimes(timezones=st.just(SHANGHAI))


@given(texts, st.none() | days, st.none() | days, st.none() | moments, st.text())
def test_due_never_fails_and_binds_the_first_that_ends(
    raw: str,
    formed: date | None,
    issued: date | None,
    published: datetime | None,
    event: str,
) -> None:
    record = good(
        formed=formed, issued=issued, published=published, extra={EVENT_COLUMN: event}
    )
    row = item(deadline=raw)
    known = due(record, row, CALENDAR)

    ends = [clock.by for clock in known.clocks if clock.by]
    assert known.by == min(ends, default=None)
    assert len(known.unparsed) == len(
        {p.begin for p in parse(raw).parts if p.kind is Kind.UNPARSED}
    )
    assert [*findings(record, catalogs=catalogs(row))] == [
        *findings(record, catalogs=catalogs(row))
    ]


@given(near, near)
def test_what_is_formed_later_is_due_no_sooner(one: date, other: date) -> None:
    first, last = (
        due(good(formed=day), item(deadline="20个工作日"), CALENDAR).by
        for day in sorted((one, other))
    )

    assert first is not None
    assert last is not None
    assert first <= last
