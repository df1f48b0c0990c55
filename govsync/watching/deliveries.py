"""How many deliveries ever came to each outcome, counted from the audit log.

The count is kept in the store's ``meta`` beside how far the log was read, in one
transaction: a run adds what is new, whoever wrote it, and no entry counts twice. Where
it is not there, it is counted anew from the log's beginning.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from govsync import audit
from govsync.store import recall, remember, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

KEY = "metrics.deliveries"

Counts = dict[tuple[str, str], int]
"""By channel and outcome, such as ``live`` or ``waiting``."""


def count(connection: Connection) -> Counts:
    """Count what the log has gained since the last time; return all there is.

    Args:
        connection: A writing transaction.
    """
    kept = json.loads(recall(connection, KEY) or '{"read": 0, "counts": []}')
    counts = Counter({(channel, name): n for channel, name, n in kept["counts"]})
    size = audit.head(connection).size
    if size != kept["read"]:
        counts.update(_outcomes(connection, since=kept["read"]))
        told = [[*key, number] for key, number in sorted(counts.items())]
        remember(connection, KEY, json.dumps({"read": size, "counts": told}))
    return dict(counts)


def _outcomes(connection: Connection, *, since: int) -> Iterator[tuple[str, str]]:
    columns = schema.audit.c
    query = select(columns.channel, columns.body).where(
        columns.seq >= since, columns.channel != "", columns.body.is_not(None)
    )
    for channel, body in connection.execute(query.execution_options(yield_per=5000)):
        entry = json.loads(body)
        if _is_outcome(entry):
            yield channel, entry["action"].removeprefix("delivery.")


def _is_outcome(entry: dict[str, Any]) -> bool:
    """Whether an entry tells what came of a sending, and not that one is meant.

    An intent names the digest that is to go; an outcome has one only from a receipt.
    """
    action = entry["action"]
    if not action.startswith("delivery.") or "outcome" not in entry:
        return False
    meant = action == "delivery.unsure" and "digest" in entry
    return action != "delivery.sending" and not meant
