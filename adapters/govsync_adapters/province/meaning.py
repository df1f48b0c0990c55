"""What the platform's answers mean: a table from status and code to a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from govsync.channels import (
    Done,
    Editor,
    Feedback,
    Op,
    Pending,
    Receipt,
    Reject,
    Retry,
    Stop,
    Unsure,
    Wait,
)
from govsync.channels.http import retry_after
from govsync.model import Finding, Severity

if TYPE_CHECKING:
    from govsync.channels import ChannelError, Release
    from govsync_adapters.province.session import Exchange

QUOTA_WAIT = timedelta(minutes=1)
"""How long a quota is taken to last where the platform does not say."""
MAINTENANCE_WAIT = timedelta(minutes=5)
"""How long maintenance is taken to last where the platform does not say."""
POLL_AFTER = timedelta(minutes=5)
"""When a review may have come to an end: people look hourly at best."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An answer that is not a plain yes, and what it is about."""

    exchange: Exchange
    document: Mapping[str, Any]
    """The problem: the answer's own, or that of one entry of a batch."""
    release: Release | None
    """None where the call is about no single record."""
    now: datetime

    @property
    def record(self) -> str:
        """The record's id; empty where the call is about none."""
        return self.release.record.id if self.release else ""

    @property
    def said(self) -> str:
        """What the platform said, for a person."""
        code = self.document.get("code") or ""
        text = self.document.get("detail") or self.document.get("title") or ""
        status = self.document.get("status") or self.exchange.status
        return f"{status} {code} {text}".strip()


def _reject(case: Case) -> ChannelError:
    return Reject(case.said, findings=findings(case.document, case.record, case.said))


def _stale(case: Case) -> ChannelError:
    release = case.release
    current = (case.document.get("currentSha256"), case.document.get("currentState"))
    if release and current == (release.record.digest, STATES[release.op]):
        return Done(case.said, receipt=_receipt_of_ours(case, release))
    return _conflict(case)


def _conflict(case: Case) -> ChannelError:
    step = (
        "the platform holds another revision than the ledger knows: compare the two, "
        "then change the record at its source so that it becomes a newer revision"
    )
    return Editor(case.said, step=step)


def _answered(case: Case) -> ChannelError:
    step = (
        "read the answer that stands at the province, then `govsync inbox delivered`"
        " or ask the province to take it back"
    )
    return Editor(case.said, step=step)


def _unknown_feedback(case: Case) -> ChannelError:
    return Editor(case.said, step="ask the province what became of its feedback")


def _stop(step: str) -> Meaning:
    return lambda case: Stop(case.said, step=step)


def _key_or_clock(case: Case) -> ChannelError:
    expired = case.document.get("reason") == "expired"
    step = (
        "set this machine's clock (NTP)"
        if expired
        else "compare key_id, algorithm and key with what the province issued"
    )
    return Stop(case.said, step=step)


def _quota(case: Case) -> ChannelError:
    wish = retry_after(case.exchange.answer.headers, case.now)
    return Wait(case.said, until=case.now + (wish or QUOTA_WAIT))


def _maintenance(case: Case) -> ChannelError:
    wish = retry_after(case.exchange.answer.headers, case.now)
    return Wait(case.said, until=case.now + (wish or MAINTENANCE_WAIT))


def _retry(case: Case) -> ChannelError:
    return Retry(case.said, after=retry_after(case.exchange.answer.headers, case.now))


def _broken(case: Case) -> ChannelError:
    # Something in between may have answered after the platform did the work.
    if case.exchange.method != "GET":
        return Unsure(case.said)
    return _retry(case)


def _unsure(case: Case) -> ChannelError:
    return Unsure(case.said)


Meaning = Callable[[Case], "ChannelError"]

BY_CODE: Mapping[str, Meaning] = {
    "P40101": _key_or_clock,
    # Something between repeated our request: the first may have been carried out.
    "P40102": _unsure,
    "P40103": _stop("give the platform's own address as url"),
    "P40403": _unknown_feedback,
    "P40901": _stale,
    "P40902": _conflict,
    "P40903": _answered,
    "P50301": _maintenance,
    "P50302": _retry,
}
"""By the code of the problem (docs/platform.md); looked up first."""

BY_STATUS: Mapping[int, Meaning] = {
    400: _reject,
    401: _key_or_clock,
    403: _stop("ask the province to allow this key to publish"),
    404: _stop("compare url with the platform's address"),
    405: _stop("compare url with the platform's address"),
    409: _conflict,
    413: _reject,
    415: _stop("choose a wire that the platform takes"),
    422: _reject,
    429: _quota,
    **dict.fromkeys((500, 502, 503, 504), _broken),
}
"""By HTTP status; what is in neither table is :class:`Unsure`."""

PROVEN = frozenset({*range(200, 300), 400, 409, 415, 422})
"""Statuses that only the platform's own signature makes believable. The others come
from before the platform knows the caller, or from something in between."""


def error_of(case: Case) -> ChannelError:
    """Return what an answer that is not a plain yes means."""
    code = str(case.document.get("code") or "")
    status = int(case.document.get("status") or case.exchange.status)
    meaning = BY_CODE.get(code) or BY_STATUS.get(status, _unsure)
    return meaning(case)


def doubted(exchange: Exchange) -> ChannelError | None:
    """Return the error of an answer that nobody proved to be the platform's."""
    if exchange.status not in PROVEN or not exchange.doubt:
        return None
    message = f"the answer {exchange.status} is not proven: {exchange.doubt}"
    return Retry(message) if exchange.method == "GET" else Unsure(message)


def outcome(
    document: Mapping[str, Any], release: Release, exchange: Exchange
) -> Receipt | Pending:
    """Read what the platform says that it holds, as the outcome of a release.

    Raises:
        Reject: A review returned it.
        Unsure: It is not what was sent.
    """
    held = (document.get("id"), document.get("rev"), document.get("sha256"))
    record = release.record
    if held != (record.id, record.revision, record.digest):
        raise Unsure(f"the answer tells of {held[0]!r}, revision {held[1]!r}")
    state = document.get("state")
    try:
        if state == "accepted":
            return _pending(document, record.id)
        if state == STATES[release.op]:
            return receipt(document, release, exchange)
    except (ValidationError, KeyError, ValueError) as error:
        raise Unsure(f"the answer cannot be read: {type(error).__name__}") from error
    if state == "rejected":
        why = "the province's review returned it"
        raise Reject(why, findings=findings(document, record.id, why))
    raise Unsure(f"the answer tells of state {state!r}")


STATES: Mapping[Op, str] = {Op.PUBLISH: "published", Op.WITHDRAW: "withdrawn"}
"""What the platform calls the state that a release asks for."""


def receipt(
    document: Mapping[str, Any], release: Release, exchange: Exchange
) -> Receipt:
    """Read a receipt.

    Raises:
        KeyError: A member is missing.
        pydantic.ValidationError: A member does not hold.
    """
    return Receipt(
        op=release.op,
        record=release.record.id,
        revision=release.record.revision,
        digest=release.record.digest,
        remote_id=document["id"],
        address=document["publicUrl"],
        at=document["at"],
        proof={"seq": str(document["seq"]), "signature": exchange.signature},
    )


def feedback(entry: Mapping[str, Any]) -> Feedback:
    """Read what the province sends back.

    Raises:
        Retry: It cannot be read.
    """
    try:
        return Feedback(
            id=str(entry["seq"]),
            kind=entry["kind"],
            record=entry["item"],
            text=entry["text"],
            due=entry["due"],
            at=entry["at"],
            cursor=str(entry["seq"]),
        )
    except (KeyError, ValidationError) as error:
        raise Retry("feedback cannot be read") from error


def findings(
    document: Mapping[str, Any], record: str, otherwise: str
) -> tuple[Finding, ...]:
    """Return the platform's faults as findings, by field; at least one."""
    faults = document.get("errors") or [{"pointer": "", "detail": otherwise}]
    code = str(document.get("code") or "review")
    return tuple(
        Finding(
            rule=f"province.{code}",
            severity=Severity.BLOCK,
            message=str(fault.get("detail", "")),
            record=record,
            field=field_of(str(fault.get("pointer", ""))),
        )
        for fault in faults
    )


def field_of(pointer: str) -> str:
    """Return the field that a JSON pointer (RFC 6901) names.

    >>> field_of("/attachments/0/name")
    'attachments[0].name'
    """
    field = ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        field += f"[{name}]" if name.isdigit() else f".{name}" if field else name
    return field


def _pending(document: Mapping[str, Any], record: str) -> Pending:
    return Pending(remote_id=record, at=document["at"], poll_after=POLL_AFTER)


def _receipt_of_ours(case: Case, release: Release) -> Receipt:
    """Say that the platform holds our content, under a newer number."""
    return Receipt(
        op=release.op,
        record=release.record.id,
        revision=release.record.revision,
        digest=release.record.digest,
        remote_id=release.record.id,
        at=case.now,
        proof={
            "revision": str(case.document.get("currentRev", "")),
            "signature": case.exchange.signature,
        },
    )
