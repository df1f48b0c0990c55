"""What each anchor is known to hold, kept in the ledger's database."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from govsync.audit.merkle import Frontier
from govsync.model import Value
from govsync.store.schema import anchor

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


class State(StrEnum):
    """How an anchor's last attempt ended."""

    NEW = ""
    HELD = "held"
    FAILED = "failed"
    FORKED = "forked"


class Standing(Value):
    """What is known of an anchor."""

    size: int = 0
    """How many entries the newest head has that it holds."""
    at: datetime | None = None
    """When it came to hold it; None: it holds nothing."""
    frontier: Frontier = Frontier()
    """Of that size, or of none where no proof needed it."""
    proof: str = ""
    state: State = State.NEW
    failures: int = 0
    """Failed attempts in a row."""
    due_at: datetime | None = None
    """Not tried before; None: at any time."""
    reason: str = ""
    """Why the last attempt failed."""


def standing(connection: Connection, name: str) -> Standing:
    """Return what is known of an anchor; of one that is new, nothing."""
    row = connection.execute(select(anchor).where(anchor.c.name == name)).first()
    return Standing() if row is None else _read(row)


def remember(connection: Connection, name: str, known: Standing) -> None:
    """Put what is known of an anchor in the place of what was."""
    packed = b"".join(known.frontier.hashes)
    values = {**known.model_dump(), "frontier": packed}
    mine = anchor.c.name == name
    if not connection.execute(update(anchor).where(mine).values(values)).rowcount:
        connection.execute(insert(anchor).values(name=name, **values))


def _read(row: Row[Any]) -> Standing:
    told = {name: row._mapping[name] for name in Standing.model_fields}  # noqa: SLF001  # SQLAlchemy's public name
    packed: bytes = told["frontier"]
    hashes = tuple(packed[i : i + 32] for i in range(0, len(packed), 32))
    whole = bool(hashes) and len(packed) == 32 * row.size.bit_count()
    known = Frontier(size=row.size, hashes=hashes) if whole else Frontier()
    return Standing.model_validate({**told, "frontier": known})
