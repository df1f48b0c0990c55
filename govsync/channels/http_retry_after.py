"""How long a service asks to be left alone: ``Retry-After`` (RFC 9110, 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WISH = timedelta(days=366)
"""More than any service means by ``Retry-After``; a larger number is cut to it."""
SECONDS = re.compile(r"-?[0-9]{1,300}")


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a service asks to be left alone (RFC 9110, 10.2.3).

    Args:
        headers: Of an answer.
        now: The present moment, aware: a date is counted from it.

    Returns:
        Never negative, at most 366 days; None where nothing readable is asked.
    """
    value = CaseInsensitiveDict(headers).get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return _clamped(float(value))
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    # HTTP dates are in GMT, also in the old form that does not say so.
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return _clamped((aware - now).total_seconds())


def _clamped(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(0.0, seconds), LONGEST_WISH.total_seconds()))
