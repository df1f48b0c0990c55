"""Answers to the province's feedback: what is sent, and what the platform says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.channels import AnswerReceipt, Editor, Unsure
from govsync.model import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govsync.channels import Answer, Feedback
    from govsync_adapters.province.session import Exchange


def path(feedback: Feedback) -> str:
    """Return where an answer is sent to."""
    return f"/api/v1/feedback/{feedback.id}/answer"


def body(answer: Answer) -> bytes:
    """Return what is sent."""
    return canonical_json({"text": answer.text})


def listing(feedback: Feedback) -> str:
    """Return where what was answered is read: the list from just before it."""
    number = int(feedback.id) if feedback.id.isdecimal() else 1
    return f"/api/v1/feedback?after={number - 1}&limit=1"


def receipt(
    document: Mapping[str, Any], feedback: Feedback, answer: Answer, exchange: Exchange
) -> AnswerReceipt:
    """Read the platform's word that it holds an answer.

    Raises:
        Unsure: It is about something else, or cannot be read.
    """
    if (str(document.get("seq")), document.get("sha256")) != (
        feedback.id,
        answer.digest,
    ):
        raise Unsure("the answer tells of another answer than was sent")
    try:
        return AnswerReceipt(
            feedback=feedback.id,
            digest=answer.digest,
            remote_id=feedback.id,
            at=document["at"],
            proof={"signature": exchange.signature},
        )
    except (KeyError, ValidationError) as error:
        raise Unsure("the answer cannot be read: at") from error


def held(
    document: Mapping[str, Any], feedback: Feedback, answer: Answer, exchange: Exchange
) -> AnswerReceipt | None:
    """Read from the list of feedback whether an answer is held.

    Raises:
        Editor: Another answer is.
    """
    for entry in document.get("feedback", []):
        if str(entry.get("seq")) == feedback.id and (told := entry.get("answer")):
            if told.get("sha256") == answer.digest:
                known = {"seq": entry["seq"], **told}
                return receipt(known, feedback, answer, exchange)
            raise Editor(
                "the platform holds another answer",
                step="read what stands there, then"
                f" `govsync inbox delivered {answer.code} --by WHO`",
            )
    return None
