"""Response (回应): whether concerns of the public were answered in time.

The clock is 国办发〔2016〕61号: 48 hours from the event, which the record's column
时限起算日 tells. A response without it is in neither number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Step
from govsync.reports.document import Figure, Lists, Section
from govsync.reports.timeliness import Judge, Timed
from govsync.rules.timing import Start

if TYPE_CHECKING:
    from govsync.reports.facts import Facts


def section(facts: Facts) -> Section:
    """Return the section on responses."""
    lists = Lists(section="response")
    found = [one for one in facts.public if one.step is Step.RESPONSE]
    judge = Judge(facts)
    timed = [Timed(one, judge.clock(one, Start.OTHER)) for one in found]
    by_verdict = {
        verdict: [one for one in timed if one.in_time is verdict]
        for verdict in (True, False, None)
    }
    known = len(by_verdict[True]) + len(by_verdict[False])
    told = (
        ("all", "回应", timed, None, ""),
        ("in-time", "按期回应", by_verdict[True], known, ""),
        ("late", "逾期回应", by_verdict[False], known, ""),
        ("no-clock", "时限无法起算", by_verdict[None], None, "缺时限起算日"),
    )
    return Section(
        key="response",
        title="回应关切",
        notes=("自政务舆情出现之时起 48 小时内回应 (国办发〔2016〕61号)。",),
        figures=tuple(
            Figure(
                key=key,
                label=label,
                value=len(ones),
                of=of,
                note=note,
                listing=lists.add(key, label, ones, Timed.told),
            )
            for key, label, ones, of, note in told
        ),
        listings=tuple(lists.made),
    )
