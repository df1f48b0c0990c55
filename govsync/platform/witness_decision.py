"""Decide what a witness answers. Pure: no clock, no store, no wire, no keys."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from govsync.audit.merkle import verify_consistency

if TYPE_CHECKING:
    from govsync.audit.note import Checkpoint
    from govsync.audit.witnessing import Submission


class Known(NamedTuple):
    """The head of a log that was cosigned last."""

    size: int
    root: bytes


class Decision(Enum):
    """What becomes of a checkpoint that the log's key signed."""

    COSIGN = "it only adds to what is known"
    ABSURD = "it is smaller than what it is said to add to"
    ELSEWHERE = "it is to add to another head than the one known"
    FORK = "it is as large as what is known, and another"
    UNPROVED = "its proof does not hold"


def decide(known: Known, submission: Submission, head: Checkpoint) -> Decision:
    """Say what becomes of a checkpoint (c2sp.org/tlog-witness, add-checkpoint).

    Args:
        known: What was cosigned last; the empty log's head where nothing was.
        submission: What came.
        head: The checkpoint in it, its signature verified.
    """
    if submission.old > head.size:
        return Decision.ABSURD
    if submission.old != known.size:
        return Decision.ELSEWHERE
    if head.size == known.size and head.root != known.root:
        return Decision.FORK
    if not verify_consistency(
        known.size, head.size, submission.proof, known.root, head.root
    ):
        return Decision.UNPROVED
    return Decision.COSIGN
