"""A drop: a file of JSON Lines that a topic page or a CMS appends comments to.

Each line is an object: ``id`` (unique in the file), ``text`` or ``score`` from 1 to 5,
and, where known, ``kind``, ``record``, ``title``, ``sender``, ``contact`` and ``at``
(ISO 8601). A line that cannot be read is feedback too, so that a person sees it.
"""

from __future__ import annotations

import json
import os
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from govsync.channels.contract import Feedback
from govsync.channels.errors import Retry
from govsync.inbox.masking import cleaned
from govsync.inbox.outbox import Outbox
from govsync.model import Moment, canonical_json, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from govsync.channels.contract import Answer, AnswerReceipt, Clock, Trail
    from govsync.inbox.matter import Matter

MOST_LINES = 10_000
"""Of one run; the next goes on after them."""
STATES = "states.jsonl"
"""The file of the outbox that says how far the office is."""
LONGEST_LINE = 64 * 1024
"""Bytes."""
Short = Annotated[str, StringConstraints(max_length=200)]


class _Line(BaseModel):
    """What a line may say; further members are the CMS's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    kind: Literal["comment", "suggestion", "rating", "error"] = "comment"
    record: Short = ""
    title: Short = ""
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    score: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    sender: Short = ""
    contact: Short = ""
    at: Moment | None = None


class Drop:
    """A file of JSON Lines, and the outbox beside it.

    Args:
        path: The file; one that is not there yet holds nothing.
        clock: Gives the present moment, for lines without one.
        outbox: Where answers go.
    """

    def __init__(self, path: Path, *, clock: Clock, outbox: Path | None) -> None:
        self._path = path
        self._clock = clock
        self._outbox = Outbox(outbox, ".json")

    def collect(self, since: str) -> Iterator[Feedback]:
        """Yield what whole lines say that were appended after a cursor.

        A cursor names the file and the place in it: what was put in the file's place,
        or became shorter, is read from its beginning.

        Raises:
            Retry: The file cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                yield from self._after(file, since)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Retry(f"{self._path.name}: {error.strerror}") from error

    def _after(self, file: IO[bytes], since: str) -> Iterator[Feedback]:
        file.seek(begin := _offset(file, since))
        name = _name(file)
        for at, raw in islice(_whole_lines(file, begin), MOST_LINES):
            said = self._read(raw[:LONGEST_LINE], at)
            yield said.changed(cursor=f"{name}:{at + len(raw)}")

    def _read(self, raw: bytes, at: int) -> Feedback:
        try:
            given = _line(raw)
        except (ValueError, RecursionError) as error:
            return self._unread(raw, at, error)
        return Feedback(
            id=given.id,
            kind=given.kind,
            record=given.record,
            title=cleaned(given.title, 200),
            text=cleaned(given.text, 20_000),
            score=given.score,
            sender=cleaned(given.sender, 60),
            contact=cleaned(given.contact, 200),
            at=given.at or self._clock(),
        )

    def _unread(self, raw: bytes, at: int, error: Exception) -> Feedback:
        return Feedback(
            id=f"unread-{digest_of(raw)[:32]}",
            kind="unread",
            text=f"{self._path.name}, byte {at}: {_why(error)}",
            at=self._clock(),
        )

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """Put the answer in the outbox, as JSON."""
        del trail
        return self._outbox.put(feedback, answer, document(feedback, answer))

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """Look whether it is in the outbox."""
        del trail
        return self._outbox.find(feedback, answer, document(feedback, answer))

    def tell(self, matters: Iterable[Matter]) -> bool:
        """Write how far the office is with each, so that senders may ask by code.

        Returns:
            Whether the file changed.
        """
        lines = sorted(canonical_json(_state(matter)) for matter in matters)
        return self._outbox.tell(STATES, b"".join(line + b"\n" for line in lines))


def _state(matter: Matter) -> dict[str, Any]:
    return {
        "id": matter.said.id,
        "code": matter.code,
        "state": str(matter.state),
        "label": matter.state.label,
    }


def document(feedback: Feedback, answer: Answer) -> bytes:
    """Return an answer as the topic page or the CMS reads it."""
    said: dict[str, Any] = {
        "id": feedback.id,
        "code": answer.code,
        "record": feedback.record,
        "text": answer.text,
        "at": answer.at.isoformat(),
        "sha256": answer.digest,
    }
    return canonical_json(said)


def _line(raw: bytes) -> _Line:
    if len(raw) == LONGEST_LINE:
        raise ValueError(f"it is longer than {LONGEST_LINE} bytes")
    return _Line.model_validate(json.loads(raw.decode("utf-8-sig")))


def _why(error: Exception) -> str:
    """Return what is wrong with a line, without what it says."""
    if isinstance(error, ValidationError):
        fault = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    if isinstance(error, (UnicodeDecodeError, json.JSONDecodeError, RecursionError)):
        return "it is not JSON in UTF-8"
    return str(error)


def _whole_lines(file: IO[bytes], at: int) -> Iterator[tuple[int, bytes]]:
    """Yield lines that are ended and not blank, with their places.

    What is being written is left for the next run.
    """
    for raw in file:
        if not raw.endswith(b"\n"):
            return
        if raw.strip():
            yield at, raw
        at += len(raw)


def _name(file: IO[bytes]) -> str:
    return str(os.fstat(file.fileno()).st_ino)


def _offset(file: IO[bytes], since: str) -> int:
    name, _, place = since.partition(":")
    size = file.seek(0, 2)
    if name != _name(file) or not place.isdecimal() or int(place) > size:
        return 0
    return int(place)
