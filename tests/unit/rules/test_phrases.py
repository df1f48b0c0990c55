"""公开时限: every phrase that published catalogs have becomes what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.deadlines import listed

from govsync.model import ChannelCode
from govsync.rules.timing import Kind, Period, Start, Unit, parse
from govsync.rules.timing.numerals import number_of
from govsync.sources import read_catalogs

LISTED = listed()
BOARD = ChannelCode.NOTICE_BOARD
SITE = ChannelCode.GOV_SITE


@pytest.mark.parametrize(("raw", "said", "kinds"), LISTED, ids=[r for r, *_ in LISTED])
def test_the_page_says_what_becomes_of_a_phrase(
    raw: str, said: list[str], kinds: list[str]
) -> None:
    parts = parse(raw).parts

    assert [str(part) for part in parts] == said
    assert [part.kind.value for part in parts] == kinds


@pytest.mark.parametrize("raw", [raw for raw, _, kinds in LISTED if kinds])
def test_what_is_printed_reads_alike(raw: str) -> None:
    once = parse(raw)
    again = parse(str(once))

    known = [part.meaning for part in once.parts if part.kind is not Kind.UNPARSED]
    assert known == [p.meaning for p in again.parts if p.kind is not Kind.UNPARSED]


def test_the_page_lists_many_phrases() -> None:
    assert len(LISTED) > 45


@pytest.mark.parametrize(
    ("raw", "start", "event"),
    [
        ("20个工作日", Start.FORMED, ""),
        ("颁布或印发之日起5个工作日内", Start.ISSUED, ""),
        ("收到征地批准文件之日起10个工作日内公开", Start.RECEIVED, "收到征地批准文件"),
        ("会议结束后5个工作日内", Start.ENDED, "会议结束"),
        ("自作出行政决定之日起7个工作日内", Start.DECIDED, "作出行政决定"),
        ("应急响应启动后24小时内", Start.BEGUN, "应急响应启动"),
        ("自然灾害发生后24小时内", Start.OTHER, "自然灾害发生"),
        ("在建工程竣工后5日内", Start.ENDED, "在建工程竣工"),
        ("一般公共预算批准后20日内", Start.DECIDED, "一般公共预算批准"),
    ],
)
def test_a_clock_begins_with_its_event(raw: str, start: Start, event: str) -> None:
    (part,) = parse(raw).parts

    assert (part.start, part.event) == (start, event)


@pytest.mark.parametrize(
    ("raw", "amount", "unit"),
    [
        ("20个工作内", 20, Unit.WORKING_DAY),
        ("十五日内", 15, Unit.DAY),
        ("3天之内", 3, Unit.DAY),
        ("48小时以内", 48, Unit.HOUR),
        ("一周内", 1, Unit.WEEK),
        ("两个月内", 2, Unit.MONTH),
        ("1年内", 1, Unit.YEAR),
        ("2 0 个工作日\n内", 20, Unit.WORKING_DAY),
        ("l5个工做日內", 15, Unit.WORKING_DAY),
        ("⼆⼗个⼯作⽇内", 20, Unit.WORKING_DAY),
    ],
)
def test_amounts_as_tables_print_them(raw: str, amount: int, unit: Unit) -> None:
    (part,) = parse(raw).parts

    assert (part.kind, part.amount, part.unit) == (Kind.WITHIN, amount, unit)


@pytest.mark.parametrize(
    ("raw", "outer", "inner"),
    [
        ("5-10个工作日内", 10, 5),
        ("3至5日内", 5, 3),
        ("提前3至5日公告", 3, 5),
        ("公示期3至5日", 3, 5),
        ("5日至5日内", 5, None),
    ],
)
def test_a_range_has_an_outer_end(raw: str, outer: int, inner: int | None) -> None:
    (part,) = parse(raw).parts

    assert (part.amount, part.inner) == (outer, inner)


@pytest.mark.parametrize(
    ("raw", "channels"),
    [
        ("20个工作日内,在村公示栏公开", (BOARD,)),
        ("20个工作日内在政府网站、公示栏公开", (SITE, BOARD)),
        ("政府网站20个工作日内公开", (SITE,)),
        ("政府网站：20个工作日内", (SITE,)),
        ("20个工作日内在微信公众号发布", (ChannelCode.NEW_MEDIA,)),
        ("听证会7个工作日前", ()),
    ],
)
def test_a_part_may_be_bound_to_channels(
    raw: str, channels: tuple[ChannelCode, ...]
) -> None:
    (part,) = parse(raw).parts

    assert part.channels == channels


@pytest.mark.parametrize(
    ("raw", "period", "month", "day"),
    [
        ("每年3月31日前", Period.YEAR, 3, 31),
        ("每年12月底前公布", Period.YEAR, 12, 31),
        ("每年二月底前", Period.YEAR, 2, 29),
        ("每月10日前公开", Period.MONTH, None, 10),
        ("每半年公布一次", Period.HALF, None, None),
        ("按季度公开", Period.QUARTER, None, None),
        ("学年公开", Period.SCHOOL_YEAR, None, None),
        ("定期更新", Period.UNSAID, None, None),
    ],
)
def test_what_is_due_again_and_again(
    raw: str, period: Period, month: int | None, day: int | None
) -> None:
    (part,) = parse(raw).parts

    assert part.kind is Kind.PERIODIC
    assert (part.period, part.month, part.day) == (period, month, day)


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("2020年底前", (2020, 12, 31)),
        ("2019年2月底前", (2019, 2, 28)),
        ("2018年7月15日前完成", (2018, 7, 15)),
        ("2021年前", (2020, 12, 31)),
    ],
)
def test_a_date_is_a_limit(raw: str, date: tuple[int, int, int]) -> None:
    (part,) = parse(raw).parts

    assert part.kind is Kind.BY_DATE
    assert (part.year, part.month, part.day) == date


@pytest.mark.parametrize(
    "raw",
    [
        "2019年13月1日前",
        "2019年2月30日前",
        "每月45日前公开",
        "3月15日前公开",
        "3月15日内公开",
        "十百个工作日内",
        "0个工作日内",
        "逾期20个工作日内",
        "在村公示栏公开",
        "目前公开",
        "处罚决定：",
        "某" * 200 + "20个工作日内",
    ],
)
def test_what_makes_no_sense_is_kept_and_said(raw: str) -> None:
    assert [p.text for p in parse(raw).unparsed] == [raw]


@pytest.mark.parametrize("raw", ["", "—", "/", "无", "  ", "……".replace("…", "-")])
def test_an_empty_cell_is_silent(raw: str) -> None:
    assert parse(raw).silent


def test_parts_know_where_they_stand() -> None:
    raw = "①《听证通知书》在组织听证7个工作日前公开；②长期公开。"
    first, second = parse(raw).parts

    assert raw[first.begin : first.end] == first.text
    assert (first.text, second.text) == (
        "《听证通知书》在组织听证7个工作日前公开",
        "长期公开",
    )


def test_lines_part_only_before_a_number() -> None:
    wrapped, listed_ = parse("20个工作\n日内"), parse("1.20个工作日内\n2.长期公开")

    assert [p.kind for p in wrapped.parts] == [Kind.WITHIN]
    assert [p.kind for p in listed_.parts] == [Kind.WITHIN, Kind.PERMANENT]


def test_a_subject_in_a_subject_keeps_both() -> None:
    (part,) = parse("听证:其他内容为依申请公开").parts

    assert part.subject == "听证 其他内容"


def test_a_misreading_is_put_right_and_said() -> None:
    assert parse("20个工作曰内").mended
    assert not parse("20个工作日内").mended


@pytest.mark.parametrize(
    ("raw", "vague"),
    [
        ("及时公开", ["及时公开"]),
        ("长期公开", ["长期公开"]),
        ("20个工作日内,长期公开", []),
        ("20个工作日内;重大决策作出后及时公开", ["重大决策作出后及时公开"]),
    ],
)
def test_qualitative_is_never_no_deadline(raw: str, vague: list[str]) -> None:
    assert [part.text for part in parse(raw).qualitative] == vague


@pytest.mark.parametrize(
    ("written", "number"),
    [("20", 20), ("廿五", 25), ("卅", 30), ("一百", 100), ("两", 2), ("十", 10)]
    + [(bad, None) for bad in ("廿十", "一二", "四十百", "a1", "甲十", "十甲", "百甲")],
)
def test_numbers_as_they_are_written(written: str, number: int | None) -> None:
    assert number_of(written) == number


def test_the_sample_county_is_understood_in_full(county: Path) -> None:
    items = read_catalogs(county / "catalog.xlsx").catalogs.items

    assert len(items) > 30
    assert not [item.deadline for item in items if parse(item.deadline).unparsed]
