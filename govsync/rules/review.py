"""Review (先审查、后公开): nothing leaves without a final sign-off.

政府信息公开条例 art. 17; 保守国家秘密法实施条例 art. 42 (逐项审查): who, when, verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Finding, Record, Review, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator


def findings(record: Record) -> Iterator[Finding]:
    """Hold a record without a complete review; say who must do what.

    A withdrawn record needs no review to be taken down.
    """
    if record.withdrawn:
        return
    if record.review is None:
        yield _hold(
            record,
            "review.missing",
            "no review is recorded",
            "whoever reviews records 初审, 复审 and 签发 with name and time",
        )
    elif record.review.verdict is Verdict.PENDING:
        yield _hold(
            record,
            "review.pending",
            "the review is not finished (待审核)",
            f"{_next_step(record.review)}, then the verdict is set to 已签发",
        )
    elif record.review.verdict is Verdict.REJECTED:
        yield _hold(
            record,
            "review.rejected",
            "the review returned the record (退回)",
            "the issuer mends it and submits it for review again",
        )
    elif not record.review.complete:
        yield _hold(
            record,
            "review.unsigned",
            f"the final sign-off (签发) has {_lacking(record.review)}",
            f"whoever signs off (签发) enters {_wanted(record.review)}",
        )


_STEPS = (("first", "初审"), ("second", "复审"), ("final", "签发"))
"""The three reviews (三审) in their order, by the field that names the reviewer."""


def _next_step(review: Review) -> str:
    missing = (label for name, label in _STEPS if not getattr(review, name))
    return f"{next(missing, '签发')} is to be given"


def _gaps(review: Review) -> list[str]:
    gaps = {"name": review.final, "time": review.signed}
    return [gap for gap, value in gaps.items() if not value]


def _lacking(review: Review) -> str:
    return " and ".join(f"no {gap}" for gap in _gaps(review))


def _wanted(review: Review) -> str:
    return " and ".join(f"the {gap}" for gap in _gaps(review)) + ""


def _hold(record: Record, rule: str, message: str, mend: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.HOLD,
        message=message,
        record=record.id,
        field="review",
        mend=mend,
    )
