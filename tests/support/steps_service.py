"""A service of three steps that makes two of what is sent twice, and its adapter.

Like a WeChat account: a cover, a draft, a publication, each answered with a name. It
listens on the loopback address, so that it outlives who is killed while calling it.
"""

from __future__ import annotations

import json
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

from govsync.channels import (
    Adapter,
    Context,
    Facts,
    Form,
    Health,
    Op,
    Pending,
    Receipt,
    Release,
    Setting,
    Trail,
    Verification,
)


@dataclass
class Account:
    """What was asked of it, and what it holds."""

    history: list[tuple[str, int, str]] = field(default_factory=list)
    """Each (record, revision, op) that took effect, in order."""
    drafts: list[tuple[str, int]] = field(default_factory=list)
    """Each (record, revision) that a draft was made of; its place is its name."""
    posts: dict[str, str] = field(default_factory=dict)
    """By name, the digest of what is shown."""

    def cover(self) -> str:
        """Keep a picture."""
        return "cover"

    def draft(self, record: str, revision: int) -> str:
        """Keep a draft; again is another one."""
        self.drafts.append((record, revision))
        return str(len(self.drafts) - 1)

    def drafted(self, record: str, revision: int) -> str:
        """Return the name of a draft of this revision, or nothing."""
        made = (record, revision)
        return str(self.drafts.index(made)) if made in self.drafts else ""

    def publish(self, draft: str, digest: str) -> str:
        """Show a draft, in place of what it replaces; again is once more."""
        record, revision = self.drafts[int(draft)]
        self.history.append((record, revision, "publish"))
        self.posts[f"post {draft}"] = digest
        return f"post {draft}"

    def remove(self, post: str, record: str, revision: int) -> None:
        """Take a post down; again is once more."""
        self.history.append((record, revision, "withdraw"))
        self.posts.pop(post, None)

    def did(self, record: str, revision: int, op: str) -> bool:
        """Whether this took effect."""
        return (record, revision, op) in self.history

    def shows(self, post: str) -> str:
        """Return the digest of what a post shows, or nothing."""
        return self.posts.get(post, "")


class Accounts:
    """The service: accounts by name, answered one call after another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lock = Lock()
        self._by_name: dict[str, Account] = {}

    def account(self, name: str) -> Account:
        """Return an account; a new one is empty."""
        return self._by_name.setdefault(name, Account())

    def copy(self, name: str, to: str) -> Account:
        """Make an account that holds what another does."""
        return self._by_name.setdefault(to, deepcopy(self.account(name)))

    def answer(self, line: bytes) -> bytes:
        """Do what a line asks for."""
        name, act, arguments = json.loads(line)
        with self.lock:
            answer = getattr(self.account(name), act)(**arguments)
        return json.dumps(answer).encode() + b"\n"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    accounts: Accounts


class _Line(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(self.server.accounts.answer(line))


@contextmanager
def running_accounts() -> Iterator[Accounts]:
    """Run the service in a thread of this process."""
    with _Server(("127.0.0.1", 0), _Line) as server:
        server.accounts = Accounts(server.server_address[1])
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.accounts
        finally:
            server.shutdown()
            thread.join()


class Steps(Adapter):
    """The adapter: each name that the service gives is noted before the next call."""

    facts = Facts(
        name="test.steps",
        title="三步",
        settings=(
            Setting(name="port", help="of the service on this machine"),
            Setting(name="account", help="at the service"),
        ),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        port = int(context.settings["port"])
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._answers = self._socket.makefile("rb")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()

    def check(self) -> Health:
        return Health(ok=True)

    def fit(self, release: Release) -> tuple[Form, ...]:
        title = release.record.title.encode()
        return (Form(name="draft", media_type="text/plain", content=title),)

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        cover = trail.get("cover") or _noted(trail, "cover", self._ask("cover"))
        assert cover
        draft = trail.get("draft") or self._draft(release, trail)
        digest = release.record.digest
        post = self._ask("publish", draft=draft, digest=digest)
        return self._receipt(release, post)

    def _draft(self, release: Release, trail: Trail) -> str:
        named = {"record": release.record.id, "revision": release.record.revision}
        # Without the note there was no call: else every publication would begin with
        # a search.
        made = self._ask("drafted", **named) if trail.get("drafting") else ""
        if not made:
            trail.note("drafting", "yes")
            made = self._ask("draft", **named)
        return _noted(trail, "draft", made)

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        assert trail.held
        post = trail.held.remote_id
        record = release.record
        self._ask("remove", post=post, record=record.id, revision=record.revision)
        return self._receipt(release, post)

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        record, revision = release.record.id, release.record.revision
        done = self._ask("did", record=record, revision=revision, op=str(release.op))
        if not done:
            return None
        if release.op is Op.WITHDRAW:
            return self._receipt(release, trail.held.remote_id if trail.held else "")
        draft = self._ask("drafted", record=record, revision=revision)
        return self._receipt(release, f"post {draft}")

    def verify(self, receipt: Receipt) -> Verification:
        found = self._ask("shows", post=receipt.remote_id)
        wanted = receipt.digest if receipt.op is Op.PUBLISH else ""
        return Verification(same=found == wanted, found=found)

    def _receipt(self, release: Release, post: str) -> Receipt:
        record = release.record
        return Receipt(
            op=release.op,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            remote_id=post,
            at=self.context.clock(),
        )

    def _ask(self, act: str, **arguments: Any) -> Any:
        question = [self.context.settings["account"], act, arguments]
        self._socket.sendall(json.dumps(question).encode() + b"\n")
        return json.loads(self._answers.readline())


def _noted(trail: Trail, name: str, value: str) -> str:
    trail.note(name, value)
    return value
