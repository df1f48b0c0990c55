"""先审查、后公开: nothing goes without a final sign-off by name and time."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import NOON, good

from govsync.model import Past, Record, Severity
from govsync.rules import review


@pytest.mark.parametrize(
    ("given", "rule", "mend"),
    [
        (None, "review.missing", "初审, 复审 and 签发"),
        ({"verdict": "pending"}, "review.pending", "初审 is to be given"),
        (
            {"verdict": "pending", "first": "甲"},
            "review.pending",
            "复审 is to be given",
        ),
        (
            {"verdict": "pending", "first": "甲", "second": "乙", "final": "丙"},
            "review.pending",
            "签发 is to be given",
        ),
        (
            {"verdict": "rejected", "final": "丙", "signed": NOON},
            "review.rejected",
            "submits it for review again",
        ),
        ({"verdict": "approved"}, "review.unsigned", "the name and the time"),
        ({"verdict": "approved", "final": "丙"}, "review.unsigned", "the time"),
        ({"verdict": "approved", "signed": NOON}, "review.unsigned", "the name"),
    ],
)
def test_what_is_not_signed_off_is_held(
    given: dict[str, Any] | None, rule: str, mend: str
) -> None:
    (finding,) = review.findings(good(review=given))

    assert (finding.rule, finding.severity) == (rule, Severity.HOLD)
    assert (finding.record, finding.field, finding.channel) == (
        "000014349/2026-00001",
        "review",
        "",
    )
    assert mend in finding.mend


def test_what_is_signed_off_passes() -> None:
    assert not list(review.findings(good()))


def test_a_withdrawal_needs_no_review() -> None:
    withdrawn = good(review=None, status={"state": "withdrawn"})

    assert not list(review.findings(withdrawn))


REVIEW = {
    "verdict": "approved",
    "first": "初审人",
    "second": "复审人",
    "final": "签发人",
    "signed": NOON,
}
CONTENT = good().content_digest


def rules(record: Record, **known: Any) -> list[tuple[str, Severity]]:
    found = review.findings(record, past=Past(**known))
    return [(finding.rule, finding.severity) for finding in found]


@pytest.mark.parametrize("field", ["title", "body", "summary", "document_number"])
def test_a_content_that_was_not_signed_is_held(field: str) -> None:
    changed = good(**{field: "改过"})

    assert rules(changed, signed={CONTENT}) == [("review.outdated", Severity.HOLD)]
    assert not rules(changed, signed={CONTENT, changed.content_digest})


def test_the_step_says_what_to_do_with_which_revision() -> None:
    changed = good(title="改过", revision=3)
    (finding,) = review.findings(changed, past=Past(signed={CONTENT}))

    assert "签发时间" in finding.mend
    assert f"govsync sign-off {changed.id} --revision 3 --final" in finding.mend


@pytest.mark.parametrize(
    "change",
    [
        {"published": None},
        {"link": "https://www.city.example.gov.cn/1.html"},
        {"extra": {"内部备注": "x"}},
        {"review": {**REVIEW, "second": "另一人"}},
    ],
)
def test_what_comes_after_a_review_needs_no_other(change: dict[str, Any]) -> None:
    assert not rules(good(**change), signed={CONTENT})


def test_a_source_may_name_the_content_that_was_signed() -> None:
    named = {**REVIEW, "content": CONTENT}

    assert not rules(good(review=named), signed={"another"})
    assert rules(good(review=named, title="改过")) == [
        ("review.outdated", Severity.HOLD)
    ]


@pytest.mark.parametrize(
    "given", [None, {"verdict": "pending"}, {"verdict": "approved"}]
)
def test_what_was_signed_by_hand_needs_no_review_of_the_source(given: Any) -> None:
    record = good(review=given)
    by_hand = {"signed": {CONTENT}, "by_hand": {CONTENT}}

    assert not rules(record, **by_hand)
    assert rules(record.changed(title="改过"), **by_hand)


def test_what_the_source_returned_is_held_whoever_signed_it() -> None:
    returned = good(review={"verdict": "rejected"})

    assert rules(returned, signed={CONTENT}, by_hand={CONTENT}) == [
        ("review.rejected", Severity.HOLD)
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"first": ""}, "初审"),
        ({"first": "", "second": ""}, "初审 and 复审"),
        ({"second": "签发人"}, "one person"),
    ],
)
def test_three_reviews_are_of_three_persons(
    change: dict[str, Any], message: str
) -> None:
    (finding,) = review.findings(good(review=REVIEW | change))

    assert (finding.rule, finding.severity) == ("review.steps", Severity.WARN)
    assert message in finding.message
