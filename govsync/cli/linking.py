"""``govsync links``: dead and hijacked links in what stands live."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from govsync.agent import links as looking
from govsync.agent.workspace import Workspace
from govsync.cli.output import say, say_json
from govsync.ledger.links import BAD, LinkState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from govsync.ledger.links import Kept

FOR_A_PERSON = 1
TRY_AGAIN = 75
_TOLD = (*sorted(BAD), LinkState.UNREACHABLE, LinkState.MOVED)


def links(config: Path, *, limit: int | None, json: bool) -> int:
    """Look, and print what was seen; return the exit code.

    1: something is dead or hijacked, which a person mends; 75: a host did not answer.
    """
    with Workspace.at(config) as workspace:
        known = looking.look(workspace, sleep=time.sleep, limit=limit)
    if json:
        say_json([one.model_dump(mode="json") for one in known])
    else:
        _print(known)
    states = {one.state for one in known}
    if states & BAD:
        return FOR_A_PERSON
    return TRY_AGAIN if LinkState.UNREACHABLE in states else 0


def _print(known: Sequence[Kept]) -> None:
    for state in _TOLD:
        for one in known:
            if one.state is state:
                say(
                    f"{state} {one.address}: {one.record}, {one.field}: {one.detail}"
                    f" (since {one.since:%Y-%m-%d})"
                )
    counts = Counter(one.state for one in {one.address: one for one in known}.values())
    told = ", ".join(f"{counts[state]} {state}" for state in LinkState if counts[state])
    say(f"{sum(counts.values())} addresses: {told or 'none was looked at'}")
