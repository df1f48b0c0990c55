"""What cities call: one function a call, inside the call's transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from govsync.model import PilotArea, canonical_json, digest_of
from govsync.model.base import to_shanghai
from govsync.platform import store, witnessing
from govsync.platform.calls import Reply
from govsync.platform.intake import described, take
from govsync.platform.problems import Fault, ProblemError
from govsync.platform.reading import Unread, read_answer, read_batch, read_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from govsync.platform.calls import Action, Call, Caller
    from govsync.platform.decision import Incoming
    from govsync.platform.office import Office

BATCH_LIMIT = 100
PAGE_LIMIT = 1000


def put_item(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Take one revision in: 201 new, 200 newer or repeated, 202 waits for a review."""
    incoming = read_one(call.content, call.headers.get("content-type", ""))
    if incoming.id != call.names["id"]:
        fault = Fault(pointer="/id", detail="the address names another id")
        raise ProblemError("P42201", fault.detail, errors=[fault])
    verdict, held = take(tx, caller.city, incoming, office.settings, call.at)
    return Reply.of(verdict.status, {**held, "repeated": not verdict.events})


def post_batch(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Take up to 100 revisions in; each has a result of its own, in their order."""
    read = read_batch(call.content, call.headers.get("content-type", ""))
    if not 1 <= len(read) <= BATCH_LIMIT:
        raise ProblemError("P42203", f"it holds {len(read)}")
    results = [_result(office, tx, caller, call, entry) for entry in read]
    refused = sum(bool(result["code"]) for result in results)
    document = {"count": len(results), "refused": refused, "results": results}
    return Reply.of(207, document)


def _result(
    office: Office,
    tx: Connection,
    caller: Caller,
    call: Call,
    entry: Incoming | Unread,
) -> dict[str, Any]:
    try:
        if isinstance(entry, Unread):
            raise entry.problem
        verdict, held = take(tx, caller.city, entry, office.settings, call.at)
    except ProblemError as error:
        rev = None if isinstance(entry, Unread) else entry.revision
        said = {"id": entry.id, "rev": rev, "code": error.code}
        return {**error.document(call.path), **said}
    repeated = not verdict.events
    return {**held, "status": verdict.status, "code": "", "repeated": repeated}


def get_item(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Say what is held of an item."""
    del office
    return Reply.of(200, described(store.item(tx, caller.city, call.names["id"])))


def get_receipts(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """List the receipts after a number, in order."""
    del office
    after, limit = call.number("after", 0), call.number("limit", 100, PAGE_LIMIT)
    rows = store.receipts_after(tx, caller.city, after, limit)
    return Reply.of(200, _listing("receipts", map(_receipt, rows), after))


def get_manifest(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Sum up all that is held, so that a city compares it with its own."""
    del office
    rows = list(store.manifest(tx, caller.city))
    summary: dict[str, Any] = {"count": len(rows), "sha256": manifest_digest(rows)}
    summary["logs"] = [_log(row) for row in witnessing.logs_of(tx, caller.city)]
    if call.query.get("digestOnly") != "1":
        names = ("id", "rev", "sha256", "state")
        summary["items"] = [dict(zip(names, row, strict=True)) for row in rows]
    return Reply.of(200, summary)


def manifest_digest(rows: Iterable[tuple[str, int, str, str]]) -> str:
    r"""Return the SHA-256 over ``id\trev\tsha256\tstate\n`` of each row, sorted by id.

    >>> manifest_digest([])[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    for row in sorted(rows):
        digest.update(("\t".join(map(str, row)) + "\n").encode())
    return digest.hexdigest()


def get_feedback(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """List the feedback after a number, in order, and how far it is acknowledged."""
    del office
    after, limit = call.number("after", 0), call.number("limit", 100, PAGE_LIMIT)
    rows = store.feedback_after(tx, caller.city, after, limit)
    listing = _listing("feedback", map(_feedback, rows), after)
    known = store.acknowledged(tx, caller.city)
    return Reply.of(200, {**listing, "acknowledged": known})


def post_ack(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Take the city's word that it has stored feedback up to this one."""
    del office
    if not store.acknowledge(tx, caller.city, _number(call), call.at):
        raise ProblemError("P40403")
    return Reply.of(200, {"acknowledged": store.acknowledged(tx, caller.city)})


def post_answer(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """Take a city's answer: 201; the same again 200, another one 409."""
    del office
    seq = _number(call)
    if not store.has_feedback(tx, caller.city, seq):
        raise ProblemError("P40403")
    text = read_answer(call.content)
    digest, known = digest_of(text.encode()), store.reply(tx, seq)
    if known is None:
        of = {"feedback": seq, "city": caller.city, "text": text}
        store.keep_reply(tx, {**of, "digest": digest, "at": call.at})
    elif known.digest != digest:
        raise ProblemError("P40903", members={"currentSha256": known.digest})
    at = call.at if known is None else known.at
    told = {"seq": seq, "sha256": digest, "at": _told(at), "repeated": bool(known)}
    return Reply.of(200 if known else 201, told)


def _number(call: Call) -> int:
    """Return the number that the path names; 0, which is nobody's, for none."""
    text = call.names["id"]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else 0


def get_topics(office: Office, tx: Connection, caller: Caller, call: Call) -> Reply:
    """List the pilot's areas; 304 where the caller's ``If-None-Match`` still holds."""
    del office, tx, caller
    areas = [{"id": area.value, "title": area.label} for area in PilotArea]
    etag = f'"{hashlib.sha256(canonical_json(areas)).hexdigest()[:16]}"'
    if call.headers.get("if-none-match") == etag:
        return Reply(status=304, headers={"ETag": etag})
    reply = Reply.of(200, {"topics": areas})
    return Reply(status=200, content=reply.content, headers={"ETag": etag})


CALLS: Mapping[str, Mapping[str, Action]] = {
    "/api/v1/items/{id:path}": {"PUT": put_item, "GET": get_item},
    "/api/v1/batches": {"POST": post_batch},
    "/api/v1/receipts": {"GET": get_receipts},
    "/api/v1/manifest": {"GET": get_manifest},
    "/api/v1/feedback": {"GET": get_feedback},
    "/api/v1/feedback/{id}/ack": {"POST": post_ack},
    "/api/v1/feedback/{id}/answer": {"POST": post_answer},
    "/api/v1/topics": {"GET": get_topics},
}
"""Every signed call, by path and method."""


def _listing(
    name: str, entries: Iterable[Mapping[str, Any]], after: int
) -> dict[str, Any]:
    listed = list(entries)
    return {name: listed, "next": listed[-1]["seq"] if listed else after}


def _log(row: Row[Any]) -> dict[str, Any]:
    return {
        "origin": row.origin,
        "size": row.size,
        "root": row.root.hex(),
        "at": _told(row.at),
        "disputed": row.disputed,
    }


def _receipt(row: Row[Any]) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "id": row.item,
        "rev": row.rev,
        "sha256": row.digest,
        "event": row.event,
        "detail": row.detail,
        "at": _told(row.at),
    }


def _feedback(row: Row[Any]) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": row.kind,
        "item": row.item,
        "text": row.text,
        "due": row.due and _told(row.due),
        "at": _told(row.at),
        "answer": row.reply_digest
        and {"sha256": row.reply_digest, "at": _told(row.reply_at)},
    }


def _told(moment: datetime) -> str:
    return to_shanghai(moment).isoformat()
