"""Review (先审查、后公开): nothing leaves without a final sign-off of what it says.

政府信息公开条例 art. 17; 保守国家秘密法实施条例 art. 42 (逐项审查): who, when, verdict.
A sign-off belongs to one content: what was changed after it needs another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Finding, Past, Record, Review, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = Past()


def findings(record: Record, *, past: Past = NOTHING) -> Iterator[Finding]:
    """Hold a record without a complete review; say who must do what.

    A withdrawn record needs no review to be taken down.

    Args:
        record: Its newest revision.
        past: What was signed off, in earlier revisions and by hand.
    """
    if record.withdrawn:
        return
    # The digest costs as much as all of this: most records have no past to ask.
    signed = bool(past.by_hand) and record.content_digest in past.by_hand
    review = record.review
    if review is not None and review.verdict is Verdict.REJECTED:
        yield _hold(
            record,
            "review.rejected",
            "the review returned the record (退回)",
            "the issuer mends it and submits it for review again",
        )
    elif not signed and (review is None or not review.complete):
        yield _unfinished(record, review)
    elif review is not None and not signed:
        yield from _of_another_content(record, review, past)
        yield from _steps(record, review)


def _unfinished(record: Record, review: Review | None) -> Finding:
    if review is None:
        return _hold(
            record,
            "review.missing",
            "no review is recorded",
            "whoever reviews records 初审, 复审 and 签发 with name and time",
        )
    if review.verdict is Verdict.PENDING:
        return _hold(
            record,
            "review.pending",
            "the review is not finished (待审核)",
            f"{_next_step(review)}, then the verdict is set to 已签发",
        )
    return _hold(
        record,
        "review.unsigned",
        f"the final sign-off (签发) has {_lacking(review)}",
        f"whoever signs off (签发) enters {_wanted(review)}",
    )


def _of_another_content(
    record: Record, review: Review, past: Past
) -> Iterator[Finding]:
    """Hold a record whose sign-off was given before it came to say what it says."""
    told = review.content is not None
    if not told and not past.signed:
        return
    content = record.content_digest
    if content == review.content or (not told and content in past.signed):
        return
    why = "names another content" if told else "is older than this content"
    by_hand = f"govsync sign-off {record.id} --revision {record.revision}"
    yield _hold(
        record,
        "review.outdated",
        f"the sign-off (签发) {why}: the record was changed after it",
        f"whoever signs off (签发) reads revision {record.revision} and enters the"
        f" new time in 签发时间, or signs by hand: `{by_hand} --final NAME`",
    )


def _steps(record: Record, review: Review) -> Iterator[Finding]:
    """Warn where three reviews (三审) were not given by three persons."""
    given = {label: getattr(review, name) for name, label in _STEPS}
    missing = [label for label, name in given.items() if not name]
    names = [name for name in given.values() if name]
    if missing or len(set(names)) < len(names):
        yield Finding(
            rule="review.steps",
            severity=Severity.WARN,
            message=f"nobody is named for {' and '.join(missing)}"
            if missing
            else "one person gave two of the three reviews (三审)",
            record=record.id,
            field="review",
            mend="enter who gave 初审, 复审 and 签发",
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
    return " and ".join(f"the {gap}" for gap in _gaps(review))


def _hold(record: Record, rule: str, message: str, mend: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.HOLD,
        message=message,
        record=record.id,
        field="review",
        mend=mend,
    )
