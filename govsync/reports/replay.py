"""Replay: what each channel held at the end of a day, from the audit log. Pure.

The log tells every change of the ledger in order; the names of actions are those of
:mod:`govsync.ledger.telling`. The same entries give the same answer for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from govsync.model.base import to_shanghai
from govsync.reports.facts import Holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_Pair = tuple[str, str]
"""A record and a channel."""
_LIVE = b'{"action":"delivery.live",'
_DIGEST, _PUBLISHED = b'"digest":"', b'"outcome":"publish"'
"""What no quoted text can hold: there the marks are escaped."""
_AT_A_TIME = 5000
_NOTHING: Mapping[str, Any] = {}
_DOUBT = "compare them with `govsync show`, then `govsync retry`"


def standing(
    told: Iterable[tuple[str, str, bytes]],
) -> Iterator[Mapping[str, Any]]:
    """Yield the entries that still matter, oldest first, as plain JSON.

    A publication that a channel confirmed says all of a record there: what was told
    before it, most of a log, is not even read.

    Args:
        told: Newest first, as :func:`govsync.audit.told_until` gives it.
    """
    settled: set[_Pair] = set()
    kept: list[bytes] = []
    for record, channel, body in told:
        pair = record, channel
        if pair not in settled:
            kept.append(body)
            if body.startswith(_LIVE) and _DIGEST in body and _PUBLISHED in body:
                settled.add(pair)
    kept.reverse()
    for begin in range(0, len(kept), _AT_A_TIME):
        # One reading of many texts: of one alone most of the time is the call.
        yield from from_json(b"[%b]" % b",".join(kept[begin : begin + _AT_A_TIME]))


class Replay:
    """The ledger's channels, told over again entry by entry."""

    def __init__(self) -> None:
        self._of: dict[_Pair, Holding] = {}
        self._sending: dict[_Pair, Holding] = {}
        self.stopped: dict[str, str] = {}
        """By channel that waits for a person, the step that it waits for."""
        self._told: dict[str, Callable[[str, Mapping[str, Any]], None]] = {
            "obligation": self._obligation,
            "delivery": self._delivery,
            "reconcile": self._reconcile,
            "run": self._run,
            "channel": self._channel,
        }

    def take(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Take entries in, oldest first; what does not concern a channel is passed."""
        for entry in entries:
            group, _, what = entry["action"].partition(".")
            if told := self._told.get(group):
                told(what, entry)

    def holdings(self) -> dict[str, tuple[Holding, ...]]:
        """Return by record what the channels hold, in order of channel."""
        found: dict[str, list[Holding]] = {}
        for record, channel in sorted(self._of):
            found.setdefault(record, []).append(self._of[record, channel])
        return {record: tuple(held) for record, held in found.items()}

    def _holding(self, entry: Mapping[str, Any]) -> Holding:
        key = entry["record"], entry["channel"]
        held = self._of.get(key)
        if held is None:
            held = self._of[key] = Holding(channel=key[1])
        return held

    def _obligation(self, what: str, entry: Mapping[str, Any]) -> None:
        _move(self._holding(entry), what, entry)

    def _delivery(self, what: str, entry: Mapping[str, Any]) -> None:
        if what == "lease-lost" or not entry.get("record"):
            return
        held, key = self._holding(entry), (entry["record"], entry["channel"])
        if what == "sending":
            held.state = what
            self._sending[key] = held
            return
        self._sending.pop(key, None)
        if what == "altered":
            _doubt(held, entry)
            return
        _move(held, _RENAMED.get(what, what), entry)
        if entry.get("digest"):
            _confirm(held, entry)

    def _reconcile(self, what: str, entry: Mapping[str, Any]) -> None:
        if what == "extra":
            return
        held = self._holding(entry)
        if what == "altered":
            _doubt(held, entry)
            return
        # What is missing is gone; what is stale or came back is another revision.
        held.op, held.revision, held.digest = "", None, ""
        if what != "missing":
            held.op = "publish"
        _move(held, "owed", entry)

    def _run(self, what: str, entry: Mapping[str, Any]) -> None:
        if what == "recovered":
            for held in self._sending.values():
                _move(held, "unsure", entry)
            self._sending.clear()

    def _channel(self, what: str, entry: Mapping[str, Any]) -> None:
        if what == "stopped":
            step = entry.get("detail", _NOTHING).get("step", "")
            self.stopped[entry["channel"]] = step or entry.get("reason", "")
        else:
            self.stopped.pop(entry["channel"], None)


def _move(held: Holding, state: str, entry: Mapping[str, Any]) -> None:
    held.state = state
    held.reason = entry.get("reason", "")
    held.step = entry.get("detail", _NOTHING).get("step", "")


def _doubt(held: Holding, entry: Mapping[str, Any]) -> None:
    _move(held, "held", entry)
    held.op, held.revision, held.digest, held.step = "publish", None, "", _DOUBT


def _confirm(held: Holding, entry: Mapping[str, Any]) -> None:
    held.op = entry.get("outcome", "")
    held.revision, held.digest = entry.get("revision"), entry["digest"]
    if held.shows:
        held.last = to_shanghai(datetime.fromisoformat(entry["at"]))


_RENAMED = {"retry": "owed", "freed": "owed"}
"""What makes an obligation due again, whatever it is called."""
