"""The platform as a witness of its cities' audit logs (c2sp.org/tlog-witness).

It remembers the largest head of each log, cosigns only what adds to it, and keeps what
does not as evidence. Check, memory and signature are one transaction, so that no two
heads that exclude each other are ever both cosigned. Nobody needs to sign the call: the
checkpoint is signed by the log's own key.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from govsync.audit.note import checkpoint_of, open_checkpoint
from govsync.audit.witnessing import SIZE_TYPE, Submission
from govsync.errors import AuditError, StoreError
from govsync.platform import witnessing
from govsync.platform.calls import Reply
from govsync.platform.problems import ProblemError
from govsync.platform.witness_decision import Decision, decide

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from govsync.audit.note import Checkpoint
    from govsync.platform.keyring import Log
    from govsync.platform.office import Office

LOG = logging.getLogger(__name__)
PREFIX = "/api/v1/witness"
PATH = f"{PREFIX}/add-checkpoint"
LONGEST = 64 * 1024
"""Bytes of a submission: 63 hashes and a note take a tenth of it."""


def answer(office: Office, content: bytes) -> Reply:
    """Answer a submission; every refusal is a reply.

    Blocks: to be called in a thread of its own.
    """
    try:
        submission, log, head = _believed(office, content)
        with office.transaction() as tx:
            return _within(office, tx, submission, log, head)
    except ProblemError as error:
        return Reply.problem(error, PATH)
    except StoreError:
        LOG.exception("POST %s", PATH)
        return Reply.problem(ProblemError("P50302"), PATH)


def _believed(office: Office, content: bytes) -> tuple[Submission, Log, Checkpoint]:
    """Return what was submitted, if a key of its log signed it.

    Raises:
        ProblemError: P50301, P40003, P40404 or P40301.
    """
    if office.maintenance:
        wait = {"Retry-After": str(office.settings.maintenance_retry_s)}
        raise ProblemError("P50301", headers=wait)
    try:
        submission = Submission.parse(content)
        origin = checkpoint_of(submission.note).origin
    except AuditError as error:
        raise ProblemError("P40003", error.message) from error
    log = office.keyring.logs.get(origin)
    if log is None:
        raise ProblemError("P40404", f"no log {origin} is known here")
    try:
        return submission, log, open_checkpoint(submission.note, log.keys)
    except AuditError as error:
        raise ProblemError("P40301", error.message) from error


def _within(
    office: Office, tx: Connection, submission: Submission, log: Log, head: Checkpoint
) -> Reply:
    known = witnessing.known(tx, head.origin)
    decision = decide(known, submission, head)
    if decision in {Decision.FORK, Decision.UNPROVED}:
        LOG.error("log %s at %d: %s", head.origin, head.size, decision.value)
        why = decision.name.lower()
        witnessing.dispute(tx, head, why, submission.note, office.clock())
    if decision in {Decision.ELSEWHERE, Decision.FORK}:
        size = f"{known.size}\n".encode()
        return Reply(status=409, content=size, media_type=SIZE_TYPE)
    if decision in _PROBLEMS:
        return Reply.problem(ProblemError(_PROBLEMS[decision], decision.value), PATH)
    return _cosigned(office, tx, submission, log, head)


_PROBLEMS = {Decision.ABSURD: "P40003", Decision.UNPROVED: "P42204"}


def _cosigned(
    office: Office, tx: Connection, submission: Submission, log: Log, head: Checkpoint
) -> Reply:
    cosigner, at = office.keyring.cosigner, office.clock()
    if cosigner is None:
        raise ProblemError("P40401")
    witnessing.remember(tx, log.city, head, submission.note, at)
    line = cosigner.cosign(head.text(), at)
    return Reply(status=200, content=line.encode(), media_type="text/plain")
