"""Reports: what is read less of, or reckoned once for many, says the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.deadlines import listed
from support.reports import fact, facts
from support.rules import REF, catalogs, good, item

from govsync.model import (
    SHANGHAI,
    Mode,
    Record,
    Relation,
    RelationKind,
    Review,
    Step,
    Verdict,
)
from govsync.model.base import canonical_json
from govsync.reports.facts import Fact
from govsync.reports.gathering import facts_of
from govsync.reports.replay import Replay, standing
from govsync.reports.timeliness import Judge
from govsync.rules.timing import EVENT_COLUMN, due, standard_calendar

ACTIONS = (
    "obligation.owed delivery.sending delivery.live delivery.withdrawn delivery.held"
    " delivery.retry delivery.altered delivery.lease-lost reconcile.missing"
    " reconcile.altered reconcile.extra channel.stopped channel.closed run.recovered"
    # What overrides is worth the most trials.
    " delivery.live delivery.live delivery.live delivery.live"
).split()
PHRASES = [
    "",
    "信息形成之日起20个工作日内公开",
    "印发后5日内公开;停气提前48小时公告;停水提前24小时公告",
    "随文件同步公开",
    *(raw for raw, *_ in listed()[:20]),
]
TITLES = ("停气通知", "停水通知", "中标候选人公示", "补偿方案征求意见", "工作总结")
days = st.dates(date(2017, 1, 1), date(2027, 12, 31))
maybe_days = st.none() | days


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """An entry of the log, as the ledger tells it."""
    action = draw(st.sampled_from(ACTIONS))
    told: dict[str, Any] = {"action": action, "at": "2026-03-03T04:00:00.000000Z"}
    if action.startswith("run."):
        return told
    told["channel"] = draw(st.sampled_from(("site", "media")))
    if action.startswith("channel."):
        return {**told, "detail": {"step": draw(st.text())}}
    told["record"] = draw(st.sampled_from(("n-1", "n-2")))
    told["at"] = f"2026-03-{draw(st.integers(1, 28)):02}T04:00:00.000000Z"
    told["reason"] = draw(st.sampled_from(("", '"digest":"', '"outcome":"publish"')))
    if draw(st.booleans()):
        told |= {"digest": draw(st.sampled_from("ab")), "revision": 1}
        told["outcome"] = draw(st.sampled_from(("publish", "withdraw")))
    return told


@given(st.lists(entries(), max_size=30))
def test_what_a_confirmation_overrides_need_not_be_read(
    told: list[dict[str, Any]],
) -> None:
    whole, less = Replay(), Replay()
    backwards = [
        (e.get("record", ""), e.get("channel", ""), canonical_json(e))
        for e in reversed(told)
    ]
    whole.take(told)
    less.take(standing(backwards))

    assert less.holdings() == whole.holdings()
    assert less.stopped == whole.stopped


@st.composite
def records(draw: st.DrawFn, name: str) -> Fact:
    """A fact whose clocks begin by what they may begin by."""
    step = draw(st.sampled_from(Step))
    other = draw(st.none() | st.sampled_from(["n-0", "n-1", "gone"]))
    published = draw(maybe_days)
    return fact(
        name,
        title=draw(st.sampled_from(TITLES)),
        item=draw(st.none() | st.sampled_from([REF, REF.changed(level2="停气公告")])),
        step=step,
        mode=draw(st.sampled_from(Mode)),
        formed=draw(maybe_days),
        issued=draw(maybe_days),
        published=published
        and datetime(*published.timetuple()[:3], 9, tzinfo=SHANGHAI),
        relation=other and Relation(kind=RelationKind.of(step), target=other),
        extra=draw(st.sampled_from([{}, {EVENT_COLUMN: "2026-02-03T10:00"}])),
    )


@given(records("n-0"), records("n-1"), records("n-2"), st.sampled_from(PHRASES))
def test_a_judge_of_many_reckons_as_due_does(
    first: Fact, second: Fact, third: Fact, deadline: str
) -> None:
    rows = catalogs(
        item(deadline=deadline),
        item(ref=REF.changed(level2="停气公告"), deadline="印发后3日内公开"),
    )
    known = facts(first, second, third, catalogs=rows)
    judge = Judge(known)

    for one in known.records:
        related = known.by_id.get(one.relation.target) if one.relation else None
        told = due(
            record_of(one),
            known.row(one),
            standard_calendar(),
            related=record_of(related) if related else None,
        )
        assert judge.clock(one) == told.binds


def record_of(one: Fact) -> Record:
    """A record with what the rules of deadlines look at."""
    kept = {name: getattr(one, name) for name in _LOOKED_AT}
    return Record(**kept)


_LOOKED_AT = "id title item step mode formed issued published relation extra".split()


@given(days, st.sampled_from(TITLES), st.sampled_from(Step))
def test_neighbouring_days_of_one_era_have_the_same_laws(
    day: date, title: str, step: Step
) -> None:
    from govsync.rules.timing.statutes import era, statutes_of

    after = day + timedelta(days=1)
    laws = [[*statutes_of(REF, title=title, step=step, on=on)] for on in (day, after)]

    assert era(day) != era(after) or laws[0] == laws[1]


@given(
    st.sampled_from(Verdict),
    st.sampled_from(["", "签发人"]),
    st.none() | st.just(datetime(2026, 3, 3, 12, tzinfo=SHANGHAI)),
)
def test_a_fact_is_reviewed_where_its_record_is(
    verdict: Verdict, final: str, signed: datetime | None
) -> None:
    review = Review(verdict=verdict, final=final, signed=signed)
    (told,) = facts_of([good(review=review).plain()])

    assert told.reviewed == review.complete
