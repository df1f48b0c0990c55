"""A finding reads as one line."""

from __future__ import annotations

from govsync.model import Finding, Severity


def test_a_finding_says_what_where_and_what_mends_it() -> None:
    finding = Finding(
        rule="privacy.mobile-number",
        severity=Severity.BLOCK,
        message="a number",
        record="a/1",
        field="body",
        place="offset 14",
        mend="mask it",
        channel="city",
    )

    assert str(finding) == (
        "block privacy.mobile-number → city: a/1, body, offset 14: a number (mask it)"
    )


def test_what_is_not_known_is_left_out() -> None:
    finding = Finding(rule="r", severity=Severity.WARN, message="m", record="a")

    assert str(finding) == "warn r: a: m"
