"""Due: by when a record must be public, and which clock says so."""

from __future__ import annotations

from datetime import date

import pytest
from support.deadlines import at, day, reckoned
from support.rules import good

from govsync.model import ChannelCode, ItemRef, Mode, Relation, RelationKind
from govsync.rules.timing import (
    EVENT_COLUMN,
    ROW,
    due,
    standard_calendar,
    statutes,
    statutes_of,
)

CALENDAR = standard_calendar()
GENERAL = "《中华人民共和国政府信息公开条例》第二十六条"
GAS = ItemRef(area="市政服务", level1="公用事业", level2="停水、停气公告")
BIDS = ItemRef(area="公共资源交易", level1="工程建设", level2="中标候选人公示")
LAND = ItemRef(area="征地补偿", level1="征地组织实施", level2="征收土地公告")


def event(when: str) -> dict[str, str]:
    return {EVENT_COLUMN: when}


@pytest.mark.parametrize(
    ("deadline", "formed", "by"),
    [
        ("20个工作日", "2026-09-18", "2026-10-22"),
        ("5个工作日内", "2026-09-28", "2026-10-10"),
        # The fifteenth day falls into the holiday and ends with it.
        ("十五日内", "2026-09-18", "2026-10-08"),
        ("2周内", "2026-03-02", "2026-03-16"),
        ("1个月内", "2026-01-31", "2026-02-28"),
        ("当日公开", "2026-03-02", "2026-03-02"),
        ("次日公开", "2026-03-06", "2026-03-09"),
        ("2026年3月10日前", "2026-03-02", "2026-03-10"),
    ],
)
def test_a_rows_clock(deadline: str, formed: str, by: str) -> None:
    known = reckoned(deadline, formed=formed)

    assert known.by == at(f"{by} 23:59:59")
    assert known.binds is not None
    assert known.binds.source == ROW


def test_a_year_from_a_leap_day_ends_with_february() -> None:
    known = reckoned("公示期不少于1年", published=at("2024-02-29 10:00"))

    assert known.showings[0].until == at("2025-02-28 23:59:59")


@pytest.mark.parametrize("deadline", ["", "及时公开", "长期公开", "30个工作日内", "??"])
def test_the_law_is_the_outer_bound(deadline: str) -> None:
    known = reckoned(deadline, formed="2026-09-18")

    assert known.by == at("2026-10-22 23:59:59")
    assert known.binds is not None
    assert (known.binds.source, known.binds.number) == (GENERAL, "国务院令第711号")


def test_the_law_of_the_day_counts() -> None:
    known = reckoned("", formed="2018-01-29")

    assert known.by == at("2018-03-01 23:59:59")
    assert known.binds is not None
    assert known.binds.number == "国务院令第492号"


def test_what_is_public_on_request_only_has_no_clock() -> None:
    assert reckoned("", mode=Mode.ON_REQUEST).by is None


def test_what_the_row_says_without_a_date_is_told() -> None:
    known = reckoned("及时公开;某某某某;长期公开")

    assert known.qualitative == ("及时公开", "长期公开")
    assert known.unparsed == ("某某某某",)
    assert known.permanent


@pytest.mark.parametrize(
    ("deadline", "lacks"),
    [
        ("20个工作日", "formed"),
        ("印发之日起5个工作日内", "issued"),
        ("收到申请之日起5个工作日内", f"extra.{EVENT_COLUMN}"),
        ("随采购公告公开", "relation"),
    ],
)
def test_a_clock_without_a_beginning_names_the_field(deadline: str, lacks: str) -> None:
    known = reckoned(deadline, formed=None, extra=event("不详"))

    assert known.by is None
    assert known.clocks[0].lacks == lacks


@pytest.mark.parametrize(
    ("when", "by"),
    [
        ("2026-03-02", "2026-03-09 23:59:59"),
        ("2026-03-02T16:00", "2026-03-09 23:59:59"),
        ("2026-03-02T16:00Z", "2026-03-10 23:59:59"),
    ],
)
def test_an_events_day_may_be_given(when: str, by: str) -> None:
    assert reckoned("收到申请之日起5个工作日内", extra=event(when)).by == at(by)


def test_hours_run_from_the_moment() -> None:
    known = reckoned("自然灾害发生后,24小时内", extra=event("2026-03-07T08:30"))

    assert known.by == at("2026-03-08 08:30:00")


def test_before_an_event_days_count_back() -> None:
    known = reckoned("在组织听证7个工作日前公开", extra=event("2026-03-16"))

    assert known.by == at("2026-03-05 23:59:59")


def test_a_day_counted_back_stays_where_it_falls() -> None:
    known = reckoned("提前2日公告", extra=event("2026-03-09"))

    assert known.by == at("2026-03-07 23:59:59")


def test_a_record_goes_with_the_one_it_belongs_to() -> None:
    related = good(id="a", published="2026-03-03T09:00")
    known = reckoned("随采购公告公开", related=related)

    assert known.by == at("2026-03-03 23:59:59")


def test_an_interpretation_is_due_three_working_days_after_the_document() -> None:
    """政府网站发展指引: 同步发布, 最迟3个工作日内."""
    document = good(id="a", published="2026-03-06T09:00")
    relation = Relation(kind=RelationKind.INTERPRETS, target="a")
    known = reckoned("", step="interpretation", relation=relation, related=document)

    assert known.by == at("2026-03-11 23:59:59")


def test_a_response_to_public_concern_has_48_hours() -> None:
    known = reckoned("", step="response", extra=event("2026-03-03T08:00"))

    assert known.by == at("2026-03-05 08:00:00")


class TestSpecialLaws:
    def test_one_stands_in_the_place_of_the_general_clock(self) -> None:
        """征收土地公告: 15 working days from the receipt, however long after."""
        known = reckoned("", ref=LAND, formed="2026-03-02", extra=event("2026-05-11"))

        assert known.by == at("2026-06-01 23:59:59")

    def test_the_general_clock_binds_while_its_event_is_not_known(self) -> None:
        known = reckoned("", ref=LAND, formed="2026-03-02")

        assert known.binds is not None
        assert known.binds.source == GENERAL

    def test_a_row_may_not_lengthen_it(self) -> None:
        known = reckoned("收到报告之日起9日内", ref=BIDS, extra=event("2026-03-02"))

        assert known.by == at("2026-03-05 23:59:59")

    def test_a_row_may_shorten_it(self) -> None:
        known = reckoned("收到报告之日起1日内", ref=BIDS, extra=event("2026-03-02"))

        assert known.by == at("2026-03-03 23:59:59")

    def test_it_asks_the_title_where_the_row_is_for_several_things(self) -> None:
        gas = reckoned("", ref=GAS, title="停气公告", extra=event("2026-03-09T08:00"))
        water = reckoned("", ref=GAS, title="停水公告", extra=event("2026-03-09T08:00"))

        assert gas.by == at("2026-03-07 08:00:00")
        assert [clock.source for clock in water.clocks] == [GENERAL]

    def test_each_has_its_source(self) -> None:
        assert len(statutes()) == 15
        assert all(s.number and s.law and s.since.year > 2000 for s in statutes())

    def test_none_counts_before_its_day(self) -> None:
        names = {s.name for s in statutes_of(LAND, on=date(2021, 8, 31))}

        assert names == {"general"}

    def test_without_a_day_those_in_force_count(self) -> None:
        names = {s.name for s in statutes_of(LAND, on=None)}

        assert names == {"general", "land-announcement"}


class TestSeveralParts:
    GAS_AND_WATER = "停气提前48小时公告;停水提前24小时公告"

    def test_the_title_chooses(self) -> None:
        known = reckoned(
            self.GAS_AND_WATER, title="停水公告", extra=event("2026-03-09T08:00")
        )

        assert known.by == at("2026-03-08 08:00:00")

    def test_where_it_does_not_the_strictest_binds(self) -> None:
        known = reckoned(
            self.GAS_AND_WATER, title="公告", extra=event("2026-03-09T08:00")
        )

        assert known.by == at("2026-03-07 08:00:00")

    def test_the_rest_is_what_nothing_else_names(self) -> None:
        row = "1.除处罚决定外其他内容:40个工作日内;2.处罚决定:7个工作日内"

        assert reckoned(row, title="执法检查").clocks[0].measure.startswith("除处罚")
        assert reckoned(row, title="处罚决定书").clocks[0].measure.startswith("处罚")

    def test_an_event_may_be_the_subject(self) -> None:
        row = "信息形成之日起20个工作日内;行政许可和行政处罚决定作出后7个工作日内"
        decided = reckoned(row, title="行政处罚信息", extra=event("2026-03-02"))

        assert decided.by == at("2026-03-11 23:59:59")
        assert reckoned(row, title="项目审批").clocks[0].by is not None

    def test_what_concerns_everything_stays(self) -> None:
        row = "收到评标报告之日起3日内公示,公示期不得少于3日"
        known = reckoned(row, ref=BIDS, extra=event("2026-03-02"))

        assert [s.source for s in known.showings][:1] == [ROW]
        assert known.by == at("2026-03-05 23:59:59")

    def test_a_channel_has_its_own(self) -> None:
        row = "网站:20个工作日内;公示栏:7日内"
        board = reckoned(row, channel=ChannelCode.NOTICE_BOARD, formed="2026-03-02")
        site = reckoned(row, channel=ChannelCode.GOV_SITE, formed="2026-03-02")

        assert board.by == at("2026-03-09 23:59:59")
        assert site.by == at("2026-03-30 23:59:59")
        assert reckoned(row, formed="2026-03-02").by == board.by


class TestPublicNotice:
    def test_a_period_in_days_ends_on_a_working_day(self) -> None:
        (showing,) = reckoned("公示7天", published=at("2026-09-25 10:00")).showings

        assert showing.until == at("2026-10-08 23:59:59")
        assert showing.take_down == at("2026-10-09 00:00:00")

    def test_a_period_in_working_days(self) -> None:
        known = reckoned("公示期不少于5个工作日", published=at("2026-03-02 10:00"))

        assert known.showings[0].until == at("2026-03-09 23:59:59")

    def test_it_has_no_end_before_publication(self) -> None:
        (showing,) = reckoned("公示7天").showings

        assert (showing.until, showing.take_down) == (None, None)

    @pytest.mark.parametrize(
        ("row", "ref", "end"),
        [
            ("公示7天,期满撤下", None, "2026-03-10"),
            ("公示7天", None, ""),
            ("公示期满后撤下", None, ""),
            ("长期公开,公示7天,期满撤下", None, ""),
            ("公示1日,期满撤下", "BIDS", "2026-03-06"),
        ],
    )
    def test_it_ends_where_the_row_says_so(
        self, row: str, ref: str | None, end: str
    ) -> None:
        """Of two periods the longer counts: the law wants three days of candidates."""
        more = {"ref": BIDS} if ref else {}
        known = reckoned(row, published=at("2026-03-02 10:00"), **more)

        assert known.take_down == (at(f"{end} 00:00:00") if end else None)

    def test_it_does_not_end_before_it_began(self) -> None:
        assert reckoned("公示7天,期满撤下").take_down is None

    def test_the_law_sets_one_too(self) -> None:
        known = reckoned("", ref=BIDS, published=at("2026-03-02 10:00"))

        assert [s.measure for s in known.showings] == ["公示期不少于3日"]
        assert not known.showings[0].provisional


def test_late_is_after_the_last_second() -> None:
    known = reckoned("5个工作日内", formed="2026-03-02")

    assert not known.is_late(at("2026-03-09 23:59:59.5"))
    assert known.is_late(at("2026-03-10 00:00:00"))
    assert not reckoned("", mode=Mode.ON_REQUEST).is_late(at("2999-01-01"))


def test_a_due_moment_through_unknown_days_is_provisional() -> None:
    assert reckoned("", formed="2026-12-07").provisional
    assert not reckoned("", formed="2026-09-18").provisional
    assert not reckoned("", mode=Mode.ON_REQUEST).provisional


def test_without_a_row_the_law_alone_counts() -> None:
    record = good(item=None, formed=day("2026-09-18"))

    assert due(record, None, CALENDAR).by == at("2026-10-22 23:59:59")
    assert due(record, None, CALENDAR).binds == due(record, None, CALENDAR).clocks[0]


def test_the_end_of_dates_is_no_fault() -> None:
    for row in ("999日内", "999年内", "999个月内", "20个工作日", "公示999日"):
        far = reckoned(row, formed=date.max, published=at("9999-12-31 12:00"))
        assert far.by is not None
        assert all(showing.take_down for showing in far.showings)
    hours = reckoned("收到申请后99小时内", extra=event("9999-12-31T12:00"))
    assert hours.clocks[0].by == at("9999-12-31 12:00:00")
    early = reckoned("提前999个月公告", extra=event("0001-01-01"))
    assert early.clocks[0].by == at("0001-01-01 23:59:59")
    assert reckoned("收到后3日内", extra=event("0001-01-01T00:00+14:00")).by
