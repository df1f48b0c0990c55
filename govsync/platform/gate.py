"""The gate that every call of a city passes: who it is, how often, whether again.

Everything happens in the one transaction of the call: the nonce is remembered, the
work is done and the answer is stored, or none of it.
"""

from __future__ import annotations

import hashlib
import logging
import math
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync.channels.signatures import SignatureError, sign_response, verify_request
from govsync.errors import StoreError
from govsync.platform import store
from govsync.platform.calls import Caller, Reply
from govsync.platform.problems import ProblemError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from govsync.platform.calls import Action, Call
    from govsync.platform.office import Office

LOG = logging.getLogger(__name__)
NONCE_KEPT = timedelta(minutes=10)
ANSWER_KEPT = timedelta(days=1)
RATE_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a call to its action and signs what is answered."""

    office: Office

    def answer(self, call: Call, action: Action) -> Reply:
        """Carry a call out; every refusal is a reply, signed once the caller is known.

        Blocks: to be called in a thread of its own.
        """
        try:
            caller = self._caller(call)
        except ProblemError as error:
            return Reply.problem(error, call.path)
        try:
            reply = self._within(caller, call, action)
        except StoreError:
            LOG.exception("%s %s", call.method, call.path)
            reply = Reply.problem(ProblemError("P50302"), call.path)
        return self._signed(reply, caller, call)

    def _caller(self, call: Call) -> Caller:
        settings = self.office.settings
        if self.office.maintenance:
            wait = {"Retry-After": str(settings.maintenance_retry_s)}
            raise ProblemError("P50301", headers=wait)
        own = urlsplit(settings.base_url)
        known = (own.netloc.lower(), *settings.hosts)
        if not any(fnmatchcase(call.host.lower(), pattern) for pattern in known):
            raise ProblemError("P40103", f"this is {settings.base_url}")
        try:
            proven = verify_request(
                method=call.method,
                url=f"{own.scheme}://{call.host}{call.target}",
                headers=call.headers,
                content=call.content,
                keys=self.office.keyring.keys,
                now=call.at,
            )
        except SignatureError as error:
            reason = {"reason": error.code}
            raise ProblemError("P40101", str(error), members=reason) from error
        city = self.office.keyring.cities[proven.key_id]
        return Caller(city=city, key_id=proven.key_id, nonce=proven.nonce)

    def _within(self, caller: Caller, call: Call, action: Action) -> Reply:
        with self.office.transaction() as tx:
            try:
                self._admit(tx, caller, call)
                return self._once(tx, caller, call, action)
            except ProblemError as error:
                return Reply.problem(error, call.path)

    def _admit(self, tx: Connection, caller: Caller, call: Call) -> None:
        store.forget_before(
            tx, nonce=call.at - NONCE_KEPT, answer=call.at - ANSWER_KEPT
        )
        most = self.office.settings.calls_per_minute
        made, first = store.calls_since(tx, caller.city, call.at - RATE_WINDOW)
        if most and made >= most:
            free = (first or call.at) + RATE_WINDOW - call.at
            wait = {"Retry-After": str(max(1, math.ceil(free.total_seconds())))}
            raise ProblemError("P42901", headers=wait)
        if not store.remember_nonce(
            tx, caller.city, caller.key_id, caller.nonce, call.at
        ):
            raise ProblemError("P40102", members={"reason": "replayed"})

    def _once(
        self, tx: Connection, caller: Caller, call: Call, action: Action
    ) -> Reply:
        key = call.headers.get("idempotency-key", "")
        if not key or call.method not in {"PUT", "POST"}:
            return action(self.office, tx, caller, call)
        request = _digest_of(call)
        if earlier := store.answer(tx, caller.city, key):
            if earlier.request != request:
                raise ProblemError("P42202")
            replayed = {"Idempotency-Replayed": "true"}
            return Reply(
                status=earlier.status, content=earlier.content, headers=replayed
            )
        reply = action(self.office, tx, caller, call)
        values = {"request": request, "status": reply.status, "content": reply.content}
        store.keep_answer(tx, caller.city, key, values | {"at": call.at})
        return reply

    def _signed(self, reply: Reply, caller: Caller, call: Call) -> Reply:
        signature = sign_response(
            status=reply.status,
            headers=reply.described,
            content=reply.content,
            key=self.office.keyring.answer_key(caller.key_id),
            created=call.at,
            nonce=caller.nonce,
        )
        return replace(reply, headers={**reply.headers, **signature})


def _digest_of(call: Call) -> str:
    """Return what tells one request from another under the same key."""
    head = (call.method, call.target, call.headers.get("content-type", ""))
    return hashlib.sha256("\n".join(head).encode() + b"\n" + call.content).hexdigest()
