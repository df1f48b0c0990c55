"""Replay: what each channel held at the end of a day, from the audit log. Pure.

The log tells every change of the ledger in order; the names of actions are those of
:mod:`govsync.ledger.telling`. The same entries give the same answer for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from govsync.model.base import to_shanghai
from govsync.reports.facts import Holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DOUBT = "compare them with `govsync show`, then `govsync retry`"


class Replay:
    """The ledger's channels, told over again entry by entry."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Holding]] = {}
        self._sending: dict[tuple[str, str], Holding] = {}
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
        return {
            record: tuple(held[name] for name in sorted(held))
            for record, held in self._of.items()
        }

    def _holding(self, entry: Mapping[str, Any]) -> Holding:
        held = self._of.setdefault(entry["record"], {})
        channel = entry["channel"]
        if channel not in held:
            held[channel] = Holding(channel=channel)
        return held[channel]

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
            step = entry.get("detail", {}).get("step", "")
            self.stopped[entry["channel"]] = step or entry.get("reason", "")
        else:
            self.stopped.pop(entry["channel"], None)


def _move(held: Holding, state: str, entry: Mapping[str, Any]) -> None:
    held.state = state
    held.reason = entry.get("reason", "")
    held.step = entry.get("detail", {}).get("step", "")


def _doubt(held: Holding, entry: Mapping[str, Any]) -> None:
    _move(held, "held", entry)
    held.op, held.revision, held.digest, held.step = "publish", None, "", _DOUBT


def _confirm(held: Holding, entry: Mapping[str, Any]) -> None:
    held.op = entry.get("outcome", "")
    held.revision, held.digest = entry.get("revision"), entry["digest"]
    if held.shows:
        held.last = to_shanghai(datetime.fromisoformat(entry["at"]))
        held.first = held.first or held.last


_RENAMED = {"retry": "owed", "freed": "owed"}
"""What makes an obligation due again, whatever it is called."""
