"""Take a revision in: check it, decide, and write what follows, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from govsync.model.base import to_shanghai
from govsync.platform import store
from govsync.platform.decision import Event, Held, Incoming, Verdict, decide
from govsync.platform.problems import Fault, ProblemError, pointer_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from govsync.model import Record
    from govsync.platform.settings import PlatformSettings


def take(
    tx: Connection,
    city: str,
    incoming: Incoming,
    settings: PlatformSettings,
    at: datetime,
) -> tuple[Verdict, dict[str, Any]]:
    """Take one revision in; return the verdict and what is held now, for the answer.

    Raises:
        ProblemError: P42201, P40901 or P40902; nothing was written then.
    """
    if faults := faults_of(incoming, settings.required):
        raise ProblemError("P42201", faults[0].detail, errors=faults)
    row = store.item(tx, city, incoming.id)
    verdict = decide(store.state_of(row), incoming, queue=settings.queue)
    if verdict.code and row is not None:
        current = {
            "currentRev": row.rev,
            "currentSha256": row.digest,
            "currentState": row.state,
        }
        raise ProblemError(verdict.code, members=current)
    if verdict.events:
        _write(tx, city, incoming, verdict, settings, at)
    return verdict, described(store.item(tx, city, incoming.id))


def faults_of(incoming: Incoming, required: Sequence[str]) -> tuple[Fault, ...]:
    """Return what keeps a revision from being taken. Pure."""
    faults = []
    if {".", ".."} & set(incoming.id.split("/")):
        faults.append(Fault(pointer="/id", detail="no address can carry this id"))
    if incoming.record is not None:
        faults += [
            Fault(pointer=pointer_of(field), detail=f"{field} is missing")
            for field in required
            if not getattr(incoming.record, field)
        ]
    return tuple(faults)


def described(row: Row[Any] | None) -> dict[str, Any]:
    """Return what an answer says of an item; a row that is None is a wrong call.

    Raises:
        ProblemError: P40402.
    """
    if row is None:
        raise ProblemError("P40402")
    return {
        "id": row.id,
        "rev": row.rev,
        "sha256": row.digest,
        "state": row.state,
        "publicUrl": row.public_url,
        "seq": row.seq,
        "at": to_shanghai(row.at).isoformat(),
        "errors": row.errors,
    }


def public_url(base_url: str, city: str, item_id: str) -> str:
    """Return the address of an item's page, slashes kept where a browser keeps them."""
    # What is between two slashes is empty: gateways make one slash of them.
    kept = "/" if all(item_id.split("/")) else ""
    return f"{base_url}/items/{city}/{quote(item_id, safe=kept)}"


def go_public(
    tx: Connection,
    city: str,
    revision: tuple[str, int, str],
    record: Record,
    at: datetime,
) -> int:
    """Let anybody read a revision; return its receipt's number."""
    name, number, _ = revision
    store.put_page(tx, city, name, number, record, at)
    return store.log(tx, city, revision, Event.PUBLISHED, at)


def _write(
    tx: Connection,
    city: str,
    incoming: Incoming,
    verdict: Verdict,
    settings: PlatformSettings,
    at: datetime,
) -> None:
    revision = (incoming.id, incoming.revision, incoming.digest)
    seq = store.log(tx, city, revision, Event.RECEIVED, at)
    address = ""
    if verdict.state is Held.ACCEPTED:
        seq = store.log(tx, city, revision, Event.ACCEPTED, at)
    elif incoming.record is not None:
        seq = go_public(tx, city, revision, incoming.record, at)
        address = public_url(settings.base_url, city, incoming.id)
    else:
        store.take_down_page(tx, city, incoming.id, incoming.revision, at)
        seq = store.log(tx, city, revision, Event.WITHDRAWN, at, incoming.reason)
    values = {"state": verdict.state, "public_url": address, "seq": seq, "at": at}
    store.keep_item(tx, city, incoming, values | {"errors": []})
