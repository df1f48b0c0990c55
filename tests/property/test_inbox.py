"""The inbox under all inputs: codes, terms, strangers' mails and lines."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.inbox import MONDAY, final, matter, said

from govsync.errors import UsageError
from govsync.inbox import Standing, timing
from govsync.inbox.clock import VETO_LEAD, months_after
from govsync.inbox.codes import LENGTH, new_code, read_code, shown
from govsync.inbox.drop import Drop
from govsync.inbox.mail import identity, read
from govsync.inbox.mailbox import letter
from govsync.inbox.masking import cleaned, without_person
from govsync.model import SHANGHAI
from govsync.rules.timing import standard_calendar

CODES = st.integers(0, 10**11 - 1).map(lambda number: new_code(lambda _: number))
MOMENTS = st.timedeltas(timedelta(), timedelta(days=3500)).map(
    lambda later: datetime(2017, 1, 1, tzinfo=SHANGHAI) + later
)


@given(CODES)
def test_every_code_reads_back(code: str) -> None:
    assert read_code(shown(code)) == code


@given(CODES, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(code: str, place: int, more: int) -> None:
    wrong = str((int(code[place]) + more) % 10)

    with pytest.raises(UsageError, match="digit is wrong"):
        read_code(code[:place] + wrong + code[place + 1 :])


@given(CODES, st.integers(0, LENGTH - 2))
def test_every_swap_of_two_neighbours_is_found(code: str, place: int) -> None:
    one, two = code[place : place + 2]
    swapped = code[:place] + two + one + code[place + 2 :]

    if one == two:
        assert read_code(swapped) == code
    else:
        with pytest.raises(UsageError, match="two swapped"):
            read_code(swapped)


@given(MOMENTS, st.booleans())
def test_a_term_ends_with_a_working_day_and_before_the_veto(
    begins: datetime, longer: bool
) -> None:
    calendar = standard_calendar()
    known = timing(matter(begins=begins, complex=longer), calendar)

    assert known.due is not None
    last = (known.due - timedelta(seconds=1)).date()
    assert calendar.is_working_day(last)
    assert calendar.working_days_between(begins.date(), last) == (10 if longer else 3)
    assert known.veto is not None
    assert known.due < known.veto


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=150)))
def test_it_never_stands_better_as_time_goes_on(
    begins: datetime, later: timedelta
) -> None:
    known = timing(matter(begins=begins), standard_calendar())
    order = list(Standing)
    lead = timedelta(days=1)

    before, after = (known.standing(at, lead) for at in (begins, begins + later))

    assert order.index(after) <= order.index(before)
    if known.veto is not None and begins + later >= known.veto - VETO_LEAD:
        assert after in {Standing.VETO, Standing.NEAR_VETO}


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 24))
def test_months_later_is_in_the_month_that_is_meant(day: date, months: int) -> None:
    later = months_after(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


@given(st.binary(max_size=2000))
def test_no_mail_makes_reading_fail(raw: bytes) -> None:
    found = read(raw, received=MONDAY)

    assert found.id == identity(raw)
    assert found.at <= MONDAY


@given(
    st.sampled_from(["From", "Subject", "Date", "Content-Type", "Return-Path"]),
    st.text(max_size=80),
    st.sampled_from(["utf-8", "gb18030", "idna", "rot13", "no\0charset", "=?"]),
)
def test_no_header_makes_reading_fail(name: str, value: str, charset: str) -> None:
    raw = f"{name}: {value}\nX: =?{charset}?b?{value}?=\nSubject: =?{charset}?q?a?=\n\n"

    found = read(raw.encode("utf-8", "replace"), received=MONDAY)

    assert "\n" not in found.title
    assert "\n" not in found.contact


@given(st.text(max_size=300))
def test_what_is_cleaned_has_no_controls(text: str) -> None:
    kept = cleaned(text, 200)

    assert len(kept) <= 200
    assert all(char.isprintable() or char.isspace() for char in kept)
    assert not {"\x1b", "\x00", "\u202e", "\u200b", "\r"} & set(kept)


@given(st.text(st.characters(codec="utf-8"), min_size=2, max_size=20))
def test_a_sender_is_never_shown_whole(name: str) -> None:
    told = without_person(said(sender=name, text=f"我是{name}", title=name))

    assert told.sender == name[0] + "*" * (len(name) - 1)
    if set(name) - {"*"}:
        assert name not in (told.sender, told.title)


@given(st.lists(st.binary(max_size=80).map(lambda b: b.replace(b"\n", b" "))))
def test_every_line_of_a_drop_becomes_feedback(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("drop") / "comments.jsonl"
    good = json.dumps({"id": "last", "text": "好"}).encode()
    path.write_bytes(b"".join(line + b"\n" for line in [*lines, good]))

    found = list(Drop(path, clock=lambda: MONDAY, outbox=None).collect(""))

    assert len(found) == sum(bool(line.strip()) for line in lines) + 1
    assert found[-1].id == "last"
    assert {one.kind for one in found[:-1]} <= {"unread"}


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_an_answer_is_in_its_mail_once(text: str) -> None:
    one, two = (letter(said(), final(text), "office@city.example") for _ in "ab")

    assert one == two
    assert one.count(b"Message-ID:") == 1
    assert one.count(b"\r\nTo:") == 1
