"""先审查、后公开: nothing goes without a final sign-off by name and time."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import NOON, good

from govsync.model import Severity
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
