r"""The base of every value of the model, and its canonical JSON.

Canonical JSON is UTF-8 with sorted keys, no spaces and no ``\\u`` escapes, without
members that hold their default: the same value gives the same bytes on every
machine, and a field added later does not change the digest of older records.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China Standard Time. A fixed offset: daylight saving ended in 1991."""


def to_shanghai(moment: datetime) -> datetime:
    """Return an aware moment in Asia/Shanghai; a naive one is taken as local there."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(SHANGHAI)


Moment = Annotated[datetime, AfterValidator(to_shanghai)]
"""An aware date and time in Asia/Shanghai."""


class Value(BaseModel):
    """A frozen value: compared by content, made once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def changed(self, **updates: Any) -> Self:
        """Return a copy with some fields changed, validated like any new value.

        Raises:
            pydantic.ValidationError: A changed field does not hold.
        """
        # Not ``dict(self)``: it would carry cached properties along.
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**kept, **updates})

    def __getstate__(self) -> dict[Any, Any]:
        """Return what goes to another process, where no mapping proxy can go."""
        state = super().__getstate__()
        held = state["__dict__"].items()
        plain = {name: _unfrozen(member) for name, member in held}
        return {**state, "__dict__": plain}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """Take what came from another process."""
        held = state["__dict__"].items()
        frozen = {name: _frozen(member) for name, member in held}
        super().__setstate__({**state, "__dict__": frozen})


def _unfrozen(member: Any) -> Any:
    return dict(member) if isinstance(member, MappingProxyType) else member


def _frozen(member: Any) -> Any:
    return MappingProxyType(member) if isinstance(member, dict) else member


def canonical_json(data: Any) -> bytes:
    """Return the canonical JSON of plain data (dict, list, str, int, bool, None)."""
    return _CANONICAL.encode(data).encode()


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
