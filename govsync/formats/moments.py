"""Moments as feeds write them: RFC 3339 and RFC 822, whatever the locale is.

A record has two or three, so they are put together from ready pieces: three times as
fast as ``isoformat``, which asks the time zone for its offset each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model.base import SHANGHAI, to_shanghai

if TYPE_CHECKING:
    from datetime import datetime

_TWO = tuple(f"{number:02d}" for number in range(100))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_FOUR_DIGITS = 1000


def rfc3339(moment: datetime) -> str:
    """Return a moment as RFC 3339 § 5.6 writes it, at the offset of Asia/Shanghai.

    A naive one is taken as local there, as the model does.
    """
    if moment.tzinfo is not SHANGHAI:
        moment = to_shanghai(moment)
    if moment.microsecond or moment.year < _FOUR_DIGITS:
        return moment.isoformat()
    return (
        f"{moment.year}-{_TWO[moment.month]}-{_TWO[moment.day]}T{_TWO[moment.hour]}"
        f":{_TWO[moment.minute]}:{_TWO[moment.second]}+08:00"
    )


def rfc822(moment: datetime) -> str:
    """Return a moment as RSS writes it (RFC 822 § 5, years of four digits).

    A fraction of a second is lost.
    """
    if moment.tzinfo is not SHANGHAI:
        moment = to_shanghai(moment)
    year = moment.year
    return (
        f"{DAYS[moment.weekday()]}, {_TWO[moment.day]} {MONTHS[moment.month]}"
        f" {year if year >= _FOUR_DIGITS else f'{year:04d}'}"
        f" {_TWO[moment.hour]}:{_TWO[moment.minute]}:{_TWO[moment.second]} +0800"
    )
