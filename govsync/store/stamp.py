"""Moments as text: UTC, ISO 8601, fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

_SHAPE = "%Y-%m-%dT%H:%M:%S.%fZ"


class Stamp(TypeDecorator[datetime]):
    """A column of aware moments, kept as 27 characters."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> str | None:
        """Refuse a naive moment: nobody could say which one it is."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive moment cannot be stored: {value!r}")
        return value.astimezone(UTC).strftime(_SHAPE)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> datetime | None:
        """Give back an aware moment in UTC."""
        del dialect
        return (
            None
            if value is None
            else datetime.strptime(value, _SHAPE).replace(tzinfo=UTC)
        )
