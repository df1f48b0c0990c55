"""Look again: read back what is live, and compare it with its receipt.

Each run looks at what it confirmed itself, and at a share of what was longest without a
look, so that everything is looked at in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govsync.channels.contract import Receipt
from govsync.channels.errors import ChannelError
from govsync.ledger import looks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from govsync.agent.push import Pusher
    from govsync.ledger import Ledger

CONFIRMED_AT_MOST = 500
"""Receipts of one run and channel that it reads back itself; the rest take turns."""


@dataclass(kw_only=True)
class Looked:
    """What looking at one channel came to."""

    altered: list[str] = field(default_factory=list)
    unreachable: str = ""
    """Why it could not be asked; empty where it could."""


def look_again(ledger: Ledger, pusher: Pusher, *, since: datetime) -> Looked:
    """Read back what a push confirmed, and this channel's share of the rest.

    Args:
        ledger: What is live, and when it was looked at.
        pusher: The channel, and what it confirmed.
        since: When the run began: what was looked at later is not looked at twice.
    """
    looked = Looked()
    channel = pusher.channel
    _look(ledger, pusher, pusher.tally.confirmed[:CONFIRMED_AT_MOST], looked)
    if looked.unreachable or pusher.tally.stopped:
        return looked
    with ledger.database.read() as connection:
        rest = looks.longest_unseen(
            connection,
            channel.name,
            before=since,
            limit=channel.configured.verify_per_run,
        )
    _look(ledger, pusher, [Receipt.model_validate(one) for one in rest], looked)
    return looked


def _look(
    ledger: Ledger, pusher: Pusher, receipts: Sequence[Receipt], looked: Looked
) -> None:
    channel = pusher.channel
    seen: list[str] = []
    for receipt in receipts:
        try:
            found = channel.adapter.verify(receipt)
        except ChannelError as error:
            looked.unreachable = str(error)
            break
        seen.append(receipt.record)
        if not found.same:
            where = f"{receipt.record} on {channel.name}"
            looked.altered.append(f"{where}: {found.detail or found.found}")
            ledger.doubt(channel.name, receipt.record, reason=found.detail)
    with ledger.database.write() as connection:
        looks.looked_at(connection, channel.name, seen, ledger.clock())
