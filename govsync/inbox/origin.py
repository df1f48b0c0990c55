"""Where feedback comes from and answers go to; every adapter is one, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govsync.channels.contract import Answer, AnswerReceipt, Feedback, Trail


class Origin(Protocol):
    """As :class:`~govsync.channels.contract.Adapter` says of these three."""

    def collect(self, since: str) -> Iterable[Feedback]:
        """Return feedback after a cursor (empty for all), oldest first."""
        ...

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """Bring an answer to where the feedback came from."""
        ...

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """Return what is held of exactly this answer, or None."""
        ...
