"""Compare what a channel holds with what the ledger believes. Pure, and a stream."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from govsync.channels.contract import Standing
from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govsync.channels.contract import Holding
    from govsync.ledger.believed import Belief


class Kind(Code):
    """How the two differ."""

    MISSING = "missing", "缺失"
    """The ledger says that it is live, and the channel does not show it."""
    STALE = "stale", "陈旧"
    """The channel shows an older revision than it confirmed."""
    ALTERED = "altered", "被改动"
    """The channel shows what nobody of us wrote."""
    RESURRECTED = "resurrected", "撤回后重现"
    """It was withdrawn, and stands there again."""
    EXTRA = "extra", "多余"
    """The channel shows what the ledger never sent, or one more of what it sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One record that is not as the ledger believes."""

    kind: Kind
    record: str
    found: Holding | None
    """What stands there; None where nothing does."""
    detail: str


def compare(held: Iterable[Holding], known: Iterable[Belief]) -> Iterator[Difference]:
    """Yield how a channel differs from the ledger, in order of record.

    Args:
        held: What the channel holds, in order of record.
        known: What the ledger believes, in order of record, each once.
    """
    beliefs = iter(known)
    belief = next(beliefs, None)
    for record, group in groupby(held, key=attrgetter("record")):
        while belief is not None and belief.record < record:
            yield from _of_one((), belief)
            belief = next(beliefs, None)
        if belief is not None and belief.record == record:
            yield from _of_one(tuple(group), belief)
            belief = next(beliefs, None)
        else:
            yield from map(_extra, _shown(group))
    while belief is not None:
        yield from _of_one((), belief)
        belief = next(beliefs, None)


def _of_one(held: tuple[Holding, ...], belief: Belief) -> Iterator[Difference]:
    # What waits for the service's review, or for our next run, may yet change by
    # itself: whoever compares now would guess.
    if not belief.settled or any(h.state is Standing.PENDING for h in held):
        return
    shown = sorted(_shown(held), key=lambda one: _likeness(one, belief), reverse=True)
    if belief.op is None:
        yield from map(_extra, shown)
        return
    if difference := _judged(shown[0] if shown else None, belief):
        yield difference
    yield from map(_extra, shown[1:])


def _judged(found: Holding | None, belief: Belief) -> Difference | None:
    if belief.op == "withdraw":
        return _judged_withdrawn(found, belief)
    if found is None:
        return _difference(Kind.MISSING, belief.record, None, "nothing is shown of it")
    if _same(found, belief):
        return None
    detail = f"revision {found.revision} with digest {found.digest[:12]}… is shown"
    older = belief.revision is not None and 0 < found.revision < belief.revision
    kind = Kind.STALE if older else Kind.ALTERED
    return _difference(kind, belief.record, found, detail)


def _judged_withdrawn(found: Holding | None, belief: Belief) -> Difference | None:
    if found is None:
        return None
    newer = belief.revision is not None and found.revision > belief.revision
    kind = Kind.ALTERED if newer else Kind.RESURRECTED
    detail = f"revision {found.revision} is shown after its withdrawal"
    return _difference(kind, belief.record, found, detail)


def _extra(found: Holding) -> Difference:
    detail = "the ledger knows nothing of it there; it is left as it is"
    return _difference(Kind.EXTRA, found.record, found, detail)


def _difference(
    kind: Kind, record: str, found: Holding | None, detail: str
) -> Difference:
    return Difference(kind=kind, record=record, found=found, detail=detail)


def _shown(held: Iterable[Holding]) -> Iterator[Holding]:
    return (one for one in held if one.state is Standing.LIVE)


def _same(found: Holding, belief: Belief) -> bool:
    return found.digest in belief.digests and found.revision in (0, belief.revision)


def _likeness(found: Holding, belief: Belief) -> tuple[bool, int, str]:
    return _same(found, belief), found.revision, found.remote_id
