"""An outbox: a folder with one file an answer, for whoever takes them further.

The file is named by the query code, whole when it is seen, and never written twice.
Who takes it away moves it into the folder ``taken`` beside it, where it is still found:
after a crash that is how an answer is known to have gone out.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from govsync.channels.contract import AnswerReceipt
from govsync.channels.errors import Editor, Retry
from govsync.files import replacing
from govsync.inbox.deliveries import by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from govsync.channels.contract import Answer, Feedback

TAKEN = "taken"


class Outbox:
    """A folder for answers, made where it is not there.

    Args:
        folder: Where; None: answers are given by hand.
        suffix: Of its files, such as ``.json``.
    """

    def __init__(self, folder: Path | None, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix

    def put(self, feedback: Feedback, answer: Answer, content: bytes) -> AnswerReceipt:
        """Put an answer in the folder.

        Raises:
            Editor: There is no folder, or another answer of this code is in it.
            Retry: The folder cannot be used now.
        """
        if held := self.find(feedback, answer, content):
            return held
        place = self._place(answer)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with replacing(place, mode=0o640) as file:
                file.write(content)
            _keep_names(place.parent)
        except OSError as error:
            raise Retry(f"the outbox cannot be used: {error.strerror}") from error
        return _receipt(feedback, answer, place)

    def find(
        self, feedback: Feedback, answer: Answer, content: bytes
    ) -> AnswerReceipt | None:
        """Return the receipt of an answer that is there or was taken, or None.

        Raises:
            Editor: As :meth:`put`.
            Retry: The folder cannot be read now.
        """
        place = self._place(answer)
        for known in (place, place.parent / TAKEN / place.name):
            try:
                found = known.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise Retry(f"the outbox cannot be read: {error.strerror}") from error
            if found == content:
                return _receipt(feedback, answer, place)
            raise Editor(
                f"another answer stands in {known.name}",
                step="compare it with `govsync inbox show`, and remove one of them",
            )
        return None

    def tell(self, name: str, content: bytes) -> bool:
        """Let a file say something else than before; False where it says so already.

        Raises:
            Retry: The folder cannot be used now.
        """
        if self._folder is None:
            return False
        place = self._folder / name
        try:
            if place.exists() and place.read_bytes() == content:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            with replacing(place, mode=0o640) as file:
                file.write(content)
        except OSError as error:
            raise Retry(f"the outbox cannot be used: {error.strerror}") from error
        return True

    def _place(self, answer: Answer) -> Path:
        if self._folder is None:
            raise Editor("no outbox is configured", step=by_hand(answer.code))
        return self._folder / f"{answer.code}{self._suffix}"


def _receipt(feedback: Feedback, answer: Answer, place: Path) -> AnswerReceipt:
    return AnswerReceipt(
        feedback=feedback.id,
        digest=answer.digest,
        remote_id=place.name,
        at=answer.at,
    )


def _keep_names(folder: Path) -> None:
    """Let the folder's new name outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
