"""The statements over obligations: each runs in the caller's transaction.

Work is the difference of wanted and held. Every finishing update names the fence of its
lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from govsync.ledger.obligation import IN_FLIGHT, Obligation, ObligationState, Want
from govsync.model.codes import Code
from govsync.store import ledger_tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Update


def get(connection: Connection, channel: str, record: str) -> Obligation | None:
    """Return one obligation, or None."""
    row = connection.execute(select(t.obligation).where(_key(channel, record))).first()
    return None if row is None else _obligation(row)


def standing(
    connection: Connection, channel: str, leases: Iterable[Obligation]
) -> dict[str, Obligation]:
    """Return, by record, the leases that still hold, with what is wanted by now.

    Only what others change while somebody holds the lease is read again.
    """
    leased = {one.record: one for one in leases}
    query = select(*_CHANGING).where(
        t.obligation.c.channel == channel, t.obligation.c.record.in_(leased)
    )
    return {
        record: leased[record].model_copy(
            update={
                "want": Want(op=op, revision=revision, digest=digest),
                **dict(zip(_HALT, halt, strict=True)),
            }
        )
        for record, owner, fence, op, revision, digest, *halt in connection.execute(
            query.with_for_update()
        )
        if (owner, fence) == (leased[record].owner, leased[record].fence)
    }


def of_record(connection: Connection, record: str) -> list[Obligation]:
    """Return a record's obligations, in order of channel."""
    query = (
        select(t.obligation)
        .where(t.obligation.c.record == record)
        .order_by(t.obligation.c.channel)
    )
    return [_obligation(row) for row in connection.execute(query)]


def in_states(
    connection: Connection,
    states: Iterable[ObligationState],
    *,
    channel: str | None = None,
) -> list[Obligation]:
    """Return the obligations in some states, in order of channel and record."""
    # Sorted here, for else the database would walk through all in that order.
    query = select(t.obligation).where(
        t.obligation.c.state.in_([s.value for s in states])
    )
    if channel is not None:
        query = query.where(t.obligation.c.channel == channel)
    else:
        # Every channel by name: else the index on channel and state is of no use.
        every = select(t.tally.c.channel).where(t.tally.c.subject == "obligation")
        query = query.where(t.obligation.c.channel.in_(every))
    found = [_obligation(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (one.channel, one.record))


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Return how many obligations are in each state, by channel."""
    rows = connection.execute(
        select(t.tally.c.channel, t.tally.c.state, t.tally.c.number)
        .where(t.tally.c.subject == "obligation", t.tally.c.number > 0)
        .order_by(t.tally.c.channel, t.tally.c.state)
    )
    table: dict[str, dict[str, int]] = {}
    for channel, state, number in rows:
        table.setdefault(channel, {})[state] = number
    return table


def create(connection: Connection, channel: str, record: str, **values: Any) -> None:
    """Add an obligation that was not there, with what :func:`owe` says of it."""
    connection.execute(
        insert(t.obligation).values(channel=channel, record=record, **_plain(values))
    )


def change(connection: Connection, channel: str, record: str, **values: Any) -> None:
    """Change an obligation that nobody holds a lease on."""
    connection.execute(
        update(t.obligation).where(_key(channel, record)).values(**_plain(values))
    )


def claim(
    connection: Connection,
    channel: str,
    states: Sequence[ObligationState],
    *,
    limit: int,
    owner: str,
    now: datetime,
    until: datetime,
) -> list[Obligation]:
    """Lease up to ``limit`` due obligations and store the intent to send each.

    One that is unsure or accepted keeps that word, for something was sent already; one
    that is owed becomes ``sending``, and what is about to be sent is written down.
    """
    rows = connection.execute(
        select(t.obligation)
        .where(
            t.obligation.c.channel == channel,
            t.obligation.c.state.in_([s.value for s in states]),
            t.obligation.c.due_at <= now,
            _free(now),
        )
        .order_by(*_ORDER)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    leases = [_lease(due, owner, until) for due in map(_obligation, rows)]
    _update(connection, _BY_KEY, leases)
    return [due.model_copy(update=values) for due, values in leases]


def _lease(
    due: Obligation, owner: str, until: datetime
) -> tuple[Obligation, dict[str, Any]]:
    values: dict[str, Any] = {"owner": owner, "until": until, "fence": due.fence + 1}
    if due.state not in IN_FLIGHT:
        values |= _intent(due.want)
    return due, values


def _intent(want: Want) -> dict[str, Any]:
    return {
        "state": ObligationState.SENDING,
        "sent_op": want.op,
        "sent_revision": want.revision,
    }


def intend(connection: Connection, leased: Obligation) -> bool:
    """Store the intent to send what is wanted, after a look found nothing there."""
    return _update(connection, _LEASED, [(leased, _intent(leased.want))]) == 1


def finish(connection: Connection, leased: Obligation, **values: Any) -> None:
    """End a lease with what became of it; nothing happens where the lease was lost."""
    finish_all(connection, [(leased, values)])


def finish_all(
    connection: Connection, ended: Iterable[tuple[Obligation, Mapping[str, Any]]]
) -> None:
    """End leases with what became of each; of a lost lease nothing is stored."""
    free = {"owner": "", "until": None}
    _update(connection, _LEASED, [(one, {**values, **free}) for one, values in ended])


def _update(
    connection: Connection,
    statement: Update,
    changes: Iterable[tuple[Obligation, Mapping[str, Any]]],
) -> int:
    """Change many rows, those with new values in the same columns at once.

    Returns:
        How many rows were changed.
    """
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one, values in changes:
        place = {f"at_{name}": getattr(one, name) for name in _PLACE}
        alike.setdefault(tuple(values), []).append(place | _plain(values))
    return sum(connection.execute(statement, rows).rowcount for rows in alike.values())


def abandon(connection: Connection, *, now: datetime, alone: bool) -> int:
    """Turn what a dead run was sending into ``unsure``; return how many.

    Args:
        connection: The transaction.
        now: Leases that ended before are taken.
        alone: Take running leases too: whoever held them is dead.
    """
    stale = [t.obligation.c.owner != ""]
    if not alone:
        stale.append(t.obligation.c.until < now)
    connection.execute(
        update(t.obligation)
        .where(t.obligation.c.state != ObligationState.SENDING.value, *stale)
        .values(owner="", until=None, fence=t.obligation.c.fence + 1)
    )
    taken = connection.execute(
        update(t.obligation)
        .where(t.obligation.c.state == ObligationState.SENDING.value, *stale)
        .values(
            state=ObligationState.UNSURE.value,
            owner="",
            until=None,
            due_at=now,
            fence=t.obligation.c.fence + 1,
            reason="the run that sent it ended before the answer was stored",
        )
    )
    return taken.rowcount


def _key(channel: str, record: str) -> ColumnElement[bool]:
    return and_(t.obligation.c.channel == channel, t.obligation.c.record == record)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(t.obligation.c.owner == "", t.obligation.c.until < now)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.value if isinstance(v, Code) else v for k, v in values.items()}


_PLACE = ("channel", "record", "fence", "owner")
_BY_KEY, _LEASED = (
    update(t.obligation).where(
        *(t.obligation.c[name] == bindparam(f"at_{name}") for name in names)
    )
    for names in (_PLACE[:2], _PLACE)
)
"""Made once: to make a statement costs more than to carry it out."""
_ORDER = (
    t.obligation.c.priority,
    t.obligation.c.deadline.asc().nulls_last(),
    t.obligation.c.due_at,
    t.obligation.c.record,
)
"""First the urgent, then what the law wants first, then what waits longest."""
_HALT = ("reason", "step", "cause")
_CHANGING = tuple(
    t.obligation.c[name]
    for name in ("record", "owner", "fence", "op", "revision", "digest", *_HALT)
)
_OWN = (
    "channel record state due_at priority deadline attempts reason step cause sent_op"
    " sent_revision held_op held_revision held_digest receipt pending waits_for owner"
    " until fence"
).split()


def _obligation(row: Row[Any]) -> Obligation:
    given = row._mapping  # noqa: SLF001  # the documented way to a row by name
    want = Want(op=given["op"], revision=given["revision"], digest=given["digest"])
    return Obligation.model_validate(
        {name: given[name] for name in _OWN} | {"want": want}
    )
