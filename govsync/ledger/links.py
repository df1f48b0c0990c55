"""What is linked from what stands live, and what was seen behind it last.

Statements only: each runs in the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from govsync.model import Moment, Record, Value
from govsync.model.codes import Code
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection


class LinkState(Code):
    """What was seen behind an address."""

    WORKS = "works", "正常"
    MOVED = "moved", "已迁移"
    """It leads to a page of another host."""
    DEAD = "dead", "失效"
    """There is no such page, or no such host any more."""
    HIJACKED = "hijacked", "被劫持"
    """Its page advertises as hijacked pages do."""
    UNREACHABLE = "unreachable", "无法访问"
    """There was no answer, or the host said that it cannot answer now."""
    UNCLEAR = "unclear", "无法判断"
    """It was not let us see."""
    REFUSED = "refused", "未访问"
    """It is no address that is called from here, such as one of this machine."""


BAD = frozenset({LinkState.DEAD, LinkState.HIJACKED})


class Link(NamedTuple):
    """An address in what stands live."""

    record: str
    address: str
    field: str


class Seen(Value):
    """What one look at an address came to."""

    state: LinkState
    status: int | None = None
    """The HTTP status; None where there was no answer."""
    detail: str = ""


class Kept(Value):
    """What is known of a link."""

    record: str
    address: str
    field: str
    state: LinkState
    status: int | None
    detail: str
    looked_at: Moment
    since: Moment
    """When it was found in this state first."""


def live(connection: Connection) -> Iterator[tuple[Record, str, str]]:
    """Yield what each channel shows: the record, the channel, the page's address."""
    owed, revision = t.obligation.c, t.revision.c
    address = owed.receipt["address"].as_string()
    rows = connection.execute(
        select(revision.json, revision.digest, owed.channel, address)
        .join(
            t.revision,
            (revision.record == owed.record)
            & (revision.revision == owed.held_revision),
        )
        .where(owed.held_op == "publish")
        .order_by(owed.record, owed.channel)
        .execution_options(yield_per=500)
    )
    for content, digest, channel, page in rows:
        yield Record.kept(content, digest), channel, page or ""


def set_links(connection: Connection, links: Iterable[Link]) -> None:
    """Make these the links that are known; what is known of each of them stays."""
    wanted = {(one.record, one.address): one.field for one in links}
    columns = t.link.c
    rows = connection.execute(select(columns.record, columns.address))
    known = {(record, address) for record, address in rows}
    gone = [{"r": record, "a": address} for record, address in known - wanted.keys()]
    if gone:
        here = (columns.record == bindparam("r")) & (columns.address == bindparam("a"))
        connection.execute(delete(t.link).where(here), gone)
    new = [
        {"record": record, "address": address, "field": field}
        for (record, address), field in wanted.items()
        if (record, address) not in known
    ]
    if new:
        connection.execute(insert(t.link), new)


def longest_unseen(connection: Connection, limit: int) -> list[str]:
    """Return addresses, those never looked at first, then those of the oldest look."""
    looked = t.link.c.looked_at
    rows = connection.execute(
        select(t.link.c.address)
        .group_by(t.link.c.address)
        .order_by(looked.is_not(None), looked, t.link.c.address)
        .limit(limit)
    )
    return list(rows.scalars())


def keep(connection: Connection, address: str, seen: Seen, at: datetime) -> None:
    """Store what was seen behind an address, wherever it stands."""
    columns = t.link.c
    here = columns.address == address
    now = {"status": seen.status, "detail": seen.detail, "looked_at": at}
    connection.execute(
        update(t.link)
        .where(here, columns.state != seen.state.value)
        .values(state=seen.state.value, since=at)
    )
    connection.execute(update(t.link).where(here).values(now))


def kept(connection: Connection) -> list[Kept]:
    """Return what is known of every link that was looked at, in order of record."""
    columns = t.link.c
    rows = connection.execute(
        select(t.link)
        .where(columns.state != "")
        .order_by(columns.record, columns.address)
    ).mappings()
    return [Kept.model_validate(dict(row)) for row in rows]
