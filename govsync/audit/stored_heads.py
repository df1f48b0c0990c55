"""The signed heads that are kept beside the log, and who cosigned them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from govsync.audit.cosignature import with_cosignatures
from govsync.store import schema as t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.audit.cosignature import Cosigned


def signed_after(connection: Connection, size: int) -> datetime | None:
    """Return when the first checkpoint over more entries was signed, or None."""
    later = select(func.min(t.checkpoint.c.size)).where(t.checkpoint.c.size > size)
    query = select(t.checkpoint.c.at).where(
        t.checkpoint.c.size == later.scalar_subquery()
    )
    return connection.execute(query).scalar()


def add_cosignatures(
    connection: Connection, size: int, found: Sequence[Cosigned]
) -> str | None:
    """Add cosignatures to a checkpoint; return it where that changed it."""
    mine = t.checkpoint.c.size == size
    note = connection.execute(select(t.checkpoint.c.text).where(mine)).scalar_one()
    cosigned = with_cosignatures(note, found)
    if cosigned == note:
        return None
    connection.execute(update(t.checkpoint).where(mine).values(text=cosigned))
    return cosigned
