"""What every anchor promises: it is given heads, and keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsync.audit.cosignature import Cosigned
from govsync.errors import AuditError, GovsyncError
from govsync.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from govsync.audit.note import Checkpoint


class AnchorError(GovsyncError):
    """It may not hold the head; the next run tries again.

    Args:
        message: What went wrong.
        where: The place of it.
        mend: What would put it right.
        after: The anchor's own wish (``Retry-After``), a floor for the next attempt.
    """

    exit_code = 75

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        mend: str = "",
        after: timedelta | None = None,
    ) -> None:
        super().__init__(message, where=where, mend=mend)
        self.after = after


class ForkError(AuditError):
    """What the anchor holds is not of the same history: one of the two was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The log's newest signed head."""

    signed: Checkpoint
    note: str
    """As it was signed, and cosigned by whom it was sent to."""
    held: int = 0
    """How many entries the anchor is known to hold."""
    growth: Callable[[int], tuple[bytes, ...]]
    """Return the proof that the log's first so many entries were kept."""


class Kept(Value):
    """That an anchor holds a head."""

    proof: str
    """Where it lies: a file, a message's id, a cosignature."""
    cosigned: tuple[Cosigned, ...] = ()
    """What belongs to the checkpoint from now on."""


class Anchor(ABC):
    """A place that keeps heads."""

    @abstractmethod
    def keep(self, head: Head) -> Kept:
        """Let it hold a head; harmless to repeat.

        Raises:
            AnchorError: It may not hold it.
            ForkError: It holds what this head does not follow from.
        """

    @abstractmethod
    def check(self) -> str:
        """Say that it can be reached, without effect.

        Raises:
            AnchorError: It cannot.
        """

    def copies(self) -> list[str]:
        """Return the checkpoints that can be read back from it.

        Raises:
            AnchorError: It cannot be reached.
        """
        return []

    def close(self) -> None:
        """Give back what it holds."""
