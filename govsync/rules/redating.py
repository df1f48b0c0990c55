"""Redating: what was public keeps its first day of publication (旧稿新发).

国办秘函〔2019〕19号 lets a site fail for a forged day alone (伪造发稿日期).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Finding, Past, Record, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator


def findings(record: Record, *, past: Past) -> Iterator[Finding]:
    """Hold a record that was public before the day that it gives now.

    An earlier day is a correction, and passes.
    """
    first, told = past.published, record.published
    if first is None or (told is not None and told.date() <= first.date()):
        return
    day = f"{first:%Y-%m-%d}"
    yield Finding(
        rule="integrity.redated",
        severity=Severity.HOLD,
        message=f"public since {day}, and now said to be of "
        + (f"{told:%Y-%m-%d}" if told else "no day"),
        record=record.id,
        field="published",
        mend=f"whoever keeps the source sets 发布日期 back to {first:%Y-%m-%d %H:%M};"
        f" where that was wrong: `govsync first-day {record.id} DAY --reason TEXT`",
    )
