"""A witness over HTTP: it cosigns a head once it is proved that the log only grew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.anchors.contract import Anchor, AnchorError, ForkError, Kept
from govsync.audit.cosignature import Cosigned, cosignatures
from govsync.audit.witnessing import SIZE_TYPE, Submission, size_of
from govsync.channels.errors import ChannelError, Retry
from govsync.channels.http import HttpClient, retry_after
from govsync.errors import AuditError

if TYPE_CHECKING:
    from govsync.anchors.contract import Head
    from govsync.anchors.settings import WitnessSettings
    from govsync.channels.contract import Clock
    from govsync.channels.http import Answer

PATH = "/add-checkpoint"
_STEPS = {
    403: "give the witness the verifier key that signs this log now",
    404: "compare the address, and give the witness this log's verifier key",
}
"""By status: what a person must do."""


class Witness(Anchor):
    """A witness.

    Args:
        settings: Of the anchor.
        client: Speaks to it, below the address that ``/add-checkpoint`` follows.
        clock: Gives the present moment, for dates in ``Retry-After``.
    """

    def __init__(
        self, settings: WitnessSettings, client: HttpClient, clock: Clock
    ) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def keep(self, head: Head) -> Kept:
        """Have a head cosigned.

        Raises:
            AnchorError: It was not, or not by the key that is configured.
            ForkError: The witness holds what this log does not follow from.
        """
        answer = self._submit(head, head.held)
        if answer.status == 409:
            # Its own size comes with the answer: an answer of ours was lost before, or
            # it was set back.
            answer = self._submit(head, self._agreed(head, answer, head.held))
        return self._cosigned(head, answer)

    def check(self) -> str:
        """Say that somebody answers there.

        Raises:
            AnchorError: Nobody does.
        """
        answer = self._asked("GET", b"")
        if answer.status >= 500:
            raise self._refused(answer)
        return f"{self._settings.url} answers"

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()

    def _submit(self, head: Head, old: int) -> Answer:
        known = min(old, head.signed.size)
        proof = head.growth(known)
        submission = Submission(old=known, proof=proof, note=head.note)
        answer = self._asked("POST", submission.written())
        if answer.status == 422 and known:
            raise self._fork(f"its {known} entries are not those of this log")
        if answer.status == 409 and known == head.signed.size == _told(answer, known):
            raise self._fork(f"it cosigned another head of {known} entries")
        return answer

    def _asked(self, method: str, content: bytes) -> Answer:
        try:
            return self._client.request(
                method,
                PATH,
                headers={"Content-Type": "text/plain; charset=utf-8"},
                content=content,
                idempotent=True,
            )
        except ChannelError as error:
            after = error.after if isinstance(error, Retry) else None
            raise AnchorError(error.message, mend=error.mend, after=after) from error

    def _agreed(self, head: Head, answer: Answer, believed: int) -> int:
        """Return the size to prove growth from.

        Raises:
            ForkError: The witness knows more entries than this log signed.
        """
        size = _told(answer, believed)
        if size > head.signed.size:
            raise self._fork(
                f"it cosigned {size} entries, this log signed {head.signed.size}"
            )
        return size

    def _cosigned(self, head: Head, answer: Answer) -> Kept:
        if answer.status != 200:
            raise self._refused(answer)
        lines = answer.content.decode(errors="replace")
        found = self._verified(head.signed.text() + "\n" + lines)
        if not found:
            raise AnchorError(
                "it cosigned with a key that is not the one configured",
                where=self._settings.name,
                mend=f"compare `key` with what the keeper of {self._settings.url} says",
            )
        return Kept(proof=found[0].line, cosigned=tuple(found))

    def _verified(self, note: str) -> list[Cosigned]:
        try:
            return cosignatures(note, [self._settings.key])
        except AuditError as error:
            raise AnchorError(error.message, where=self._settings.name) from error

    def _refused(self, answer: Answer) -> AnchorError:
        return AnchorError(
            f"it answered {answer.status}",
            where=self._settings.url,
            mend=_STEPS.get(answer.status, ""),
            after=retry_after(answer.headers, self._clock()),
        )

    def _fork(self, message: str) -> ForkError:
        return ForkError(
            message,
            where=self._settings.name,
            mend="keep log and checkpoints as they are, and ask who changed the log",
        )


def _told(answer: Answer, believed: int) -> int:
    """Return the size that a witness tells with 409; what was believed where none."""
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        text = answer.content[:32].decode("ascii").removesuffix("\n")
        return size_of(text) if media_type == SIZE_TYPE else believed
    except ValueError:
        return believed
