"""The figures of each section, on facts made by hand."""

from __future__ import annotations

from datetime import date

import pytest
from support.reports import at, behind, fact, facts, figure, live, numbers, rows
from support.rules import REF

from govsync.inbox import Category
from govsync.model import (
    ChannelCode,
    ChannelDemand,
    Level,
    Mode,
    Relation,
    RelationKind,
    Step,
)
from govsync.reports import (
    annual,
    completion,
    coverage,
    feedback,
    inspection,
    interpretation,
    timeliness,
)
from govsync.reports.document import Figure, Lists
from govsync.reports.facts import ChannelFact, Message
from govsync.reports.gathering import facts_of
from govsync.reports.inspection import Verdict

HELD = {"n-1": (live(),)}


def interpreting(target: str, day: str) -> object:
    return fact(
        "i-1",
        step=Step.INTERPRETATION,
        published=at(day),
        relation=Relation(kind=RelationKind.INTERPRETS, target=target),
    )


@pytest.mark.parametrize(
    ("value", "of", "shown"),
    [(1, 3, "33.3%"), (2, 3, "66.7%"), (1, 1, "100.0%"), (1, 0, ""), (None, 3, "")],
)
def test_a_rate_is_rounded_to_a_tenth(value: int | None, of: int, shown: str) -> None:
    assert Figure(key="k", label="", value=value, of=of).percent == shown


def test_a_row_is_covered_only_where_a_channel_confirms() -> None:
    covered = coverage.section(facts(fact(), holdings=HELD))
    said = coverage.section(facts(fact()))
    empty = coverage.section(facts())

    assert numbers(covered)["covered"] == (1, 1)
    assert numbers(said)["covered"] == (0, 1)
    assert numbers(said)["said"] == (1, 1)
    assert numbers(empty)["empty"] == (1, 1)


def test_a_row_on_request_owes_nothing() -> None:
    on_request = rows(modes=(Mode.ON_REQUEST,))

    assert numbers(coverage.section(facts(catalogs=on_request)))["empty"] == (0, 0)


def test_a_withdrawn_record_covers_nothing() -> None:
    taken_back = coverage.section(facts(fact(withdrawn=True), holdings=HELD))

    assert numbers(taken_back)["covered"] == (0, 1)


def test_levels_are_those_of_the_rows() -> None:
    section = coverage.section(facts(catalogs=rows(levels=(Level.COUNTY,))))
    levels = next(one for one in section.tables if one.key == "levels")

    assert [row[:2] for row in levels.rows] == [("县级", "1")]


def test_lateness_counts_working_days() -> None:
    """20 working days from 2026-03-02 end on 2026-03-30."""
    in_time = fact("n-1", published=at("2026-03-30"))
    late = fact("n-2", published=at("2026-03-31"))
    section = timeliness.section(facts(in_time, late))

    assert numbers(section)["in-time"] == (1, 2)
    assert numbers(section)["late"] == (1, 2)
    assert behind(section, "late").rows[0][0] == "n-2"
    assert "逾期 1 个工作日" in behind(section, "late").rows[0][2]


def test_what_is_published_after_the_day_is_not_public_yet() -> None:
    section = timeliness.section(facts(fact(published=at("2026-04-01"))))

    assert numbers(section)["in-time"] == (0, 0)
    assert numbers(section)["overdue"] == (1, None)


def test_a_clock_without_a_beginning_is_named_and_not_judged() -> None:
    section = timeliness.section(facts(fact(formed=None)))

    assert numbers(section)["no-clock"] == (1, None)
    assert numbers(section)["in-time"] == (0, 0)


def test_a_demanded_box_without_a_channel_is_not_judged() -> None:
    boxes = (
        ChannelDemand(code=ChannelCode.GOV_SITE),
        ChannelDemand(code=ChannelCode.NOTICE_BOARD),
    )
    section = completion.section(
        facts(fact(), holdings=HELD, catalogs=rows(channels=boxes))
    )

    assert numbers(section)["done"] == (1, 1)
    assert numbers(section)["unconnected"] == (1, None)


def test_channels_agree_or_the_difference_is_explained() -> None:
    older = live("media", state="waiting", reason="quota")
    doubt = live("media", revision=None, digest="", state="live")
    known = facts(
        fact("n-1"),
        fact("n-2", revision=2),
        fact("n-3", revision=2),
        fact("n-4"),
        holdings={
            "n-1": (live(), live("media")),
            "n-2": (live(revision=2), older),
            "n-3": (live(revision=2), doubt.__class__(channel="x", op="publish")),
            "n-4": (live(), live("media", digest="b" * 64)),
        },
    )
    section = completion.section(known)

    assert numbers(section)["same"] == (1, 4)
    assert numbers(section)["explained"] == (1, 4)
    assert numbers(section)["unexplained"] == (2, 4)
    assert "quota" in behind(section, "explained").rows[0][2]


def test_steps_name_what_a_person_has_to_do() -> None:
    held = live(state="held", reason="why", step="do this")
    stopped = ChannelFact(name="m", serves=ChannelCode.NEW_MEDIA, stopped="renew")
    section = completion.steps(
        facts(fact(), holdings={"n-1": (held,)}, channels=(stopped,))
    )

    assert "do this" in behind(section, "records").rows[0][2]
    assert behind(section, "stopped").rows == (("m", "两微一端", "renew"),)


@pytest.mark.parametrize(("day", "in_time"), [("2026-03-06", 1), ("2026-03-09", 0)])
def test_an_interpretation_is_due_within_three_working_days(
    day: str, in_time: int
) -> None:
    document = fact(document_number="示政发〔2026〕1号")
    section = interpretation.section(facts(interpreting("n-1", day), document))

    assert numbers(section)["with"] == (1, 1)
    assert numbers(section)["in-time"] == (in_time, 1)
    assert figure(section, "lag").value == 4 - in_time


def test_an_interpretation_of_nothing_known_is_named() -> None:
    section = interpretation.section(facts(interpreting("gone", "2026-03-06")))

    assert numbers(section)["unlinked"] == (1, None)
    assert figure(section, "lag").value is None


def test_a_return_is_mended_when_the_channel_confirms_again() -> None:
    def message(name: str, day: str) -> Message:
        return Message(channel="site", id=name, kind="return", record="n-1", at=at(day))

    known = facts(
        fact(),
        holdings=HELD,
        messages=(message("m-1", "2026-03-02"), message("m-2", "2026-03-04")),
    )
    section = feedback.section(known)

    assert numbers(section)["mended"] == (1, 2)
    assert behind(section, "open").rows[0][0] == "m-2"


def heard(name: str, day: str, **changes: object) -> Message:
    given: dict[str, object] = {"kind": "suggestion", "category": Category.SUGGESTION}
    of = {"channel": "cms", "id": name, "record": "", "at": at(day)}
    return Message(**(of | given | changes))  # type: ignore[arg-type]


def test_answers_are_counted_against_what_waits_for_one() -> None:
    known = facts(
        messages=(
            heard("a", "2026-03-02", answered=at("2026-03-05"), score=5),
            heard("b", "2026-03-02", answered=at("2026-03-06"), score=2),
            heard("c", "2026-03-02", closed=at("2026-03-03")),
            heard("d", "2026-03-30"),
            heard("e", "2026-03-03", category=Category.RATING, score=4),
            heard("f", "2026-03-03", category=Category.AUTOMATIC),
            heard("g", "2026-03-03", category=None, kind="comment"),
        )
    )
    section = feedback.section(known)

    told = numbers(section)
    assert told["all"] == (7, None)
    assert told["answered"] == (2, 4)
    assert told["waiting"] == (2, 4)
    assert [row[0] for row in behind(section, "waiting").rows] == ["d", "g"]
    assert (told["within-3"], told["within-10"]) == ((1, 2), (2, 2))
    assert told["content"] == (2, 3)
    assert figure(section, "content").note == "平均 3.7 分, 满分 5 分"
    months = next(table for table in section.tables if table.key == "months")
    assert months.rows == (("2026-03", "5", "2", "50.0%"),)


def test_nobody_who_rated_is_said_so() -> None:
    assert figure(feedback.section(facts()), "content").note.startswith("无人评分")


@pytest.mark.parametrize(
    ("day", "number"), [("2025-12-31", 0), ("2025-12-30", 1), ("2025-11-01", 1)]
)
def test_what_is_unanswered_for_more_than_three_months_is_a_veto(
    day: str, number: int
) -> None:
    """As of 31 March; three months after 30 December end on 30 March."""
    known = facts(
        messages=(heard("a", day), heard("b", day, answered=at("2026-03-01")))
    )

    assert numbers(feedback.section(known))["veto"] == (number, 2)


def test_a_return_that_was_answered_is_mended() -> None:
    returned = heard(
        "r",
        "2026-03-02",
        kind="return",
        category=Category.RETURN,
        answered=at("2026-03-05"),
    )
    section = feedback.section(facts(messages=(returned,)))

    assert numbers(section)["mended"] == (1, 1)
    assert section.tables[0].rows == (("cms", "退回整改", "1"),)


def verdicts(known: object) -> dict[str, Verdict]:
    lists = Lists(section="i")
    return {one.rule: one.verdict for one in inspection.lines(known, lists)}  # type: ignore[arg-type]


def test_what_nobody_can_know_is_said_so() -> None:
    found = verdicts(facts(fact(), holdings=HELD))

    assert found["站点无法访问"] is Verdict.UNKNOWN
    assert found["政务新媒体不更新"] is Verdict.UNKNOWN
    assert found["服务不实用"] is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2025-12-31", Verdict.UNKNOWN), ("2025-12-30", Verdict.ATTENTION)],
)
def test_a_message_without_answer_for_three_months_is_for_a_person(
    day: str, verdict: Verdict
) -> None:
    """Where there is none, nobody knows of messages that came in elsewhere."""
    assert verdicts(facts(messages=(heard("a", day),)))["互动回应差"] is verdict


@pytest.mark.parametrize("changes", [{"redated": True}, {"formed": date(2026, 3, 20)}])
def test_a_doubtful_day_of_publication_is_for_a_person(
    changes: dict[str, object],
) -> None:
    rule = "安全、泄密: 弄虚作假(伪造发稿日期)"

    assert verdicts(facts(fact()))[rule] is Verdict.CLEAR
    assert verdicts(facts(fact(**changes)))[rule] is Verdict.ATTENTION


@pytest.mark.parametrize(("blank", "verdict"), [(4, Verdict.CLEAR), (5, Verdict.HIT)])
def test_five_blank_columns_are_a_veto(blank: int, verdict: Verdict) -> None:
    from support.rules import catalogs, item

    some = [item(ref=REF.changed(level1=f"栏目{n}")) for n in range(blank)]
    found = verdicts(facts(catalogs=catalogs(*some)))

    assert found["栏目不更新: 空白栏目"] is verdict


@pytest.mark.parametrize(
    ("day", "verdict"), [("2025-09-28", Verdict.CLEAR), ("2025-09-27", Verdict.HIT)]
)
def test_a_column_of_notices_is_stale_after_half_a_year(
    day: str, verdict: Verdict
) -> None:
    from support.rules import catalogs, item

    refs = [REF.changed(level1=f"政策文件{n}") for n in range(5)]
    known = facts(
        *(fact(f"n-{n}", item=ref, published=at(day)) for n, ref in enumerate(refs)),
        catalogs=catalogs(*(item(ref=ref) for ref in refs)),
    )

    assert verdicts(known)["栏目不更新: 动态要闻、通知公告、政策文件类"] is verdict


@pytest.mark.parametrize(("number", "verdict"), [(9, Verdict.CLEAR), (10, Verdict.HIT)])
def test_rows_that_say_how_often_are_held_to_it(number: int, verdict: Verdict) -> None:
    from support.rules import catalogs, item

    refs = [REF.changed(level2=f"事项{n}") for n in range(number)]
    known = facts(
        *(
            fact(f"n-{n}", item=r, published=at("2025-12-28"))
            for n, r in enumerate(refs)
        ),
        catalogs=catalogs(*(item(ref=r, deadline="每季度公开一次") for r in refs)),
    )

    assert verdicts(known)["栏目不更新: 应更新未更新"] is verdict


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2026-03-17", Verdict.CLEAR), ("2026-03-16", Verdict.ATTENTION)],
)
def test_new_media_are_looked_at_for_two_weeks(day: str, verdict: Verdict) -> None:
    media = ChannelFact(name="media", serves=ChannelCode.NEW_MEDIA)
    known = facts(
        fact(), holdings={"n-1": (live("media", last=at(day)),)}, channels=(media,)
    )

    assert verdicts(known)["政务新媒体不更新"] is verdict


@pytest.mark.parametrize(
    ("extra", "area", "number"),
    [
        ({"条例第二十条": "第(五)项"}, "任意", 5),
        ({"条例第二十条": "十二"}, "任意", 12),
        ({"条例第二十条": "15"}, "任意", 15),
        ({"条例第二十条": "第(十六)项"}, "义务教育", None),
        ({}, "义务教育", 11),
        ({}, "任意", None),
    ],
)
def test_the_record_says_its_item_of_article_20_or_its_row_does(
    extra: dict[str, str], area: str, number: int | None
) -> None:
    ref = REF.changed(area=area, level1="甲", level2="乙")

    assert annual.item_of(fact(item=ref, extra=extra)) == number
    assert annual.item_of(fact(item=None)) is None


def test_the_form_counts_documents_made_void_and_standing() -> None:
    def document(name: str, **changes: object) -> object:
        extra = {"条例第二十条": "1", **changes.pop("extra", {})}  # type: ignore[dict-item]
        return fact(name, document_number="示政发〔2026〕1号", extra=extra, **changes)

    known = facts(
        document("n-1"),
        document("n-2", extra={"有效性": "废止"}),
        document("n-3", formed=date(2025, 3, 2)),
    )
    form = annual.section(known).tables[1]

    assert [row[2] for row in form.rows[:3]] == ["2", "1", "2"]
    assert {row[2] for row in form.rows[3:]} == {"无法判断"}


def test_a_day_of_publication_that_moved_forward_is_noticed() -> None:
    def told(day: str, revision: int) -> dict[str, object]:
        return {
            "id": "n-1",
            "title": "甲",
            "published": f"{day}T12:00:00+08:00",
            "revision": revision,
        }

    forward = [*facts_of([told("2009-01-01", 1), told("2026-03-01", 2)])]
    back = [*facts_of([told("2026-03-01", 1), told("2009-01-01", 2)])]

    assert [one.redated for one in (*forward, *back)] == [True, False]
