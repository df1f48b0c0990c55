"""Moments as text: UTC, ISO 8601, fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect


def utc_text(moment: datetime) -> str:
    """Return an aware moment as 27 characters: ``2026-03-02T01:00:00.000000Z``.

    Raises:
        ValueError: The moment is naive: nobody could say which one it is.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a naive moment cannot be stored: {moment!r}")
    told = moment.astimezone(UTC).replace(tzinfo=None)
    return told.isoformat(timespec="microseconds") + "Z"


class Stamp(TypeDecorator[datetime]):
    """A column of aware moments, kept as :func:`utc_text`."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> str | None:
        """Refuse a naive moment: nobody could say which one it is."""
        del dialect
        return None if value is None else utc_text(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> datetime | None:
        """Give back an aware moment in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)
