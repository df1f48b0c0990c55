"""What the commands tell of anchors, and read back from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent.anchoring import opened_anchor
from govsync.anchors import WitnessSettings
from govsync.anchors.standing import State
from govsync.audit.cosignature import cosignatures
from govsync.audit.note import checkpoint_of
from govsync.cli.output import complain, say
from govsync.errors import GovsyncError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from govsync.agent.anchoring import Anchored
    from govsync.agent.workspace import Workspace
    from govsync.audit.cosignature import WitnessKey


def tell_anchors(anchors: Mapping[str, Anchored]) -> None:
    """Say what each anchor holds, and name what it lacks."""
    for name, one in anchors.items():
        since = f" since {one.at:%Y-%m-%d %H:%M}" if one.at else ""
        say(f"anchor {name}: holds {one.size} entries{since}")
        if one.state is State.FORKED:
            complain(f"anchor {name}: ALARM: {one.reason}")
        elif one.state is State.FAILED:
            complain(f"anchor {name}: failed: {one.reason}")
        if one.late:
            complain(f"anchor {name}: has been without the newest checkpoint too long")


def copies(workspace: Workspace) -> dict[str, list[str]]:
    """Return the checkpoints of every anchor that can be read, by its name."""
    found = {}
    for settings in workspace.config.audit.anchors:
        try:
            opened = opened_anchor(workspace, settings)
            try:
                notes = opened.copies()
            finally:
                opened.close()
        except GovsyncError as error:
            complain(f"anchor {settings.name}: not read: {error}")
            continue
        if notes:
            found[f"anchor {settings.name}"] = notes
    return found


def disagreeing(own: Sequence[str], kept: Mapping[str, Sequence[str]]) -> list[str]:
    """Return who keeps a checkpoint that the log's own contradict, by name."""
    roots = {head.size: head.root for head in map(checkpoint_of, own)}
    largest = max(roots, default=0)
    return [
        name
        for name, notes in kept.items()
        if any(
            head.size > largest or roots.get(head.size, head.root) != head.root
            for head in map(checkpoint_of, notes)
        )
    ]


def tell_witnesses(workspace: Workspace, notes: Iterable[str]) -> None:
    """Say what each witness cosigned.

    Raises:
        AuditError: A cosignature does not hold.
    """
    witnesses = {
        one.name: one.key
        for one in workspace.config.audit.anchors
        if isinstance(one, WitnessSettings)
    }
    given = list(notes)
    for name, key in witnesses.items():
        say(f"witness {name}: {_cosigned(given, key)}")


def _cosigned(notes: Sequence[str], key: WitnessKey) -> str:
    found: dict[int, datetime] = {}
    for note in notes:
        for one in cosignatures(note, [key]):
            size = audit.open_checkpoint(note, [key]).size
            found[size] = max(one.at, found.get(size, one.at))
    if not found:
        return "cosigned nothing that is kept here"
    size, at = max(found.items())
    return (
        f"cosigned {len(found)} checkpoints, the last of {size} entries"
        f" at {at:%Y-%m-%d %H:%M:%S} UTC"
    )
