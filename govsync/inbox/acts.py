"""What each act of the office makes of a matter. Pure: the new values, or a refusal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from govsync.errors import UsageError
from govsync.inbox.codes import shown
from govsync.inbox.masking import cleaned
from govsync.inbox.matter import Delivery, Matter, State
from govsync.rules.numbers import masked, scan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST_ANSWER = 10_000
"""Characters."""
_UNDELIVERED: Mapping[str, Any] = {
    "delivery": Delivery.NONE,
    "try_at": None,
    "attempts": 0,
    "reason": "",
    "step": "",
}


def take(matter: Matter, *, by: str, longer: bool) -> dict[str, Any]:
    """Take a matter on; ``longer`` marks it as complex, and nothing takes that back."""
    matter.check("take")
    state = State.SEEN if matter.state is State.NEW else matter.state
    return {
        "state": state,
        "taken_by": named(by),
        "complex": longer or matter.complex,
    }


def answer(matter: Matter, text: str, *, by: str) -> dict[str, Any]:
    """Write a draft of the answer.

    Raises:
        UsageError: It is empty or too long, or tells a number of a person.
    """
    matter.check("answer")
    return {
        **_UNDELIVERED,
        "state": State.ANSWERING,
        "answer": _sayable(text),
        "draft": matter.draft + 1,
        "answered_by": named(by),
        "reviewed_by": "",
        "reviewed_at": None,
    }


def approve(
    matter: Matter, *, by: str, draft: int | None, now: datetime
) -> dict[str, Any]:
    """Approve the answer; from now on it is to be delivered.

    Raises:
        UsageError: Who wrote it may not approve it, or another draft stands.
    """
    _reviewable(matter, by, draft)
    return {
        **_UNDELIVERED,
        "state": State.ANSWERED,
        "reviewed_by": named(by),
        "reviewed_at": now,
        "delivery": Delivery.OWED,
        "try_at": now,
    }


def send_back(matter: Matter, *, by: str, reason: str) -> dict[str, Any]:
    """Return an answer to who wrote it."""
    _reviewable(matter, by, None)
    return {"state": State.SEEN, "reason": reasoned(reason)}


def close(matter: Matter, *, reason: str, now: datetime) -> dict[str, Any]:
    """End a matter without an answer."""
    matter.check("close")
    return {"state": State.CLOSED, "ended_at": now, "reason": reasoned(reason)}


def delivered(
    matter: Matter, *, by: str, address: str, now: datetime
) -> dict[str, Any]:
    """Take somebody's word that they gave the approved answer by hand."""
    matter.check("delivered")
    receipt = {
        "feedback": matter.said.id,
        "digest": matter.final.digest,
        "address": address,
        "at": now.isoformat(),
        "proof": {"by": named(by)},
    }
    return published(receipt, now)


def retry(matter: Matter, *, now: datetime) -> dict[str, Any]:
    """Try a delivery again; what may have arrived is looked for first."""
    matter.check("retry")
    doubt = matter.attempts or matter.delivery is Delivery.UNSURE
    again = Delivery.UNSURE if doubt else Delivery.OWED
    return {**_UNDELIVERED, "delivery": again, "try_at": now}


def published(receipt: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Store the proof that an answer is where its question came from."""
    return {
        **_UNDELIVERED,
        "state": State.PUBLISHED,
        "delivery": Delivery.DONE,
        "receipt": dict(receipt),
        "ended_at": now,
    }


def named(by: str) -> str:
    """Return who acts, as they are kept.

    Raises:
        UsageError: Nobody is named.
    """
    if not (name := cleaned(by, 60)):
        raise UsageError("who acts is not named", mend="--by WHO")
    return name


def reasoned(reason: str) -> str:
    """Return a reason as it is kept, numbers of persons masked.

    Raises:
        UsageError: None is given.
    """
    if not (text := cleaned(reason, 500)):
        raise UsageError("this needs a reason", mend="--reason TEXT")
    return masked(text)


def _reviewable(matter: Matter, by: str, draft: int | None) -> None:
    matter.check("review")
    if _person(named(by)) == _person(matter.answered_by):
        raise UsageError(
            f"{by} wrote this answer", mend="another person reviews it: --by WHO"
        )
    if draft not in (None, matter.draft):
        raise UsageError(
            f"{shown(matter.code)} has draft {matter.draft} by now, not {draft}",
            mend="read it again: `govsync inbox show`",
        )


def _person(name: str) -> str:
    """Return a name as it is compared: width, case and blanks tell nobody apart."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _sayable(text: str) -> str:
    said = cleaned(text, LONGEST_ANSWER + 1)
    if not said:
        raise UsageError("the answer is empty", mend="--text TEXT or --file FILE")
    if len(said) > LONGEST_ANSWER:
        raise UsageError(f"the answer is longer than {LONGEST_ANSWER} characters")
    for hit in scan(said):
        raise UsageError(
            f"the answer tells a {hit.kind.label}: {hit.masked}",
            mend=f"mask it as {hit.masked}, or leave it out",
        )
    return said
