"""A service that makes two of what is sent twice, and its adapter."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

from govsync.channels import (
    Adapter,
    Context,
    Facts,
    Form,
    Health,
    Holding,
    Op,
    Receipt,
    Reject,
    Setting,
    Standing,
    Unsure,
    Verification,
)
from govsync.errors import FormatError
from govsync.formats import json_records
from govsync.model import Finding, Record, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.channels import Pending, Release, Trail

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Service:
    """Keeps drafts and posts; knows no record ids but those inside the posts."""

    drafts: dict[str, bytes] = field(default_factory=dict)
    posts: dict[str, bytes] = field(default_factory=dict)
    answers_left: int | None = None

    def draft(self, content: bytes) -> str:
        """Keep a draft and return its name."""
        name = f"draft-{len(self.drafts) + 1}"
        self.drafts[name] = content
        return self._answer(name)

    def submit(self, draft: str) -> str:
        """Post a draft; again it is the same post."""
        post = draft.replace("draft", "post")
        self.posts.setdefault(post, self.drafts[draft])
        return self._answer(post)

    def update(self, post: str, content: bytes) -> str:
        """Replace what a post says."""
        self.posts[post] = content
        return self._answer(post)

    def remove(self, post: str) -> bool:
        """Take a post down; says whether there was one."""
        return self._answer(self.posts.pop(post, None) is not None)

    def read(self, post: str) -> bytes | None:
        """Return what a post says."""
        return self.posts.get(post)

    def held(self, record: str) -> tuple[int, str] | None:
        """Revision and digest of what stands of a record."""
        found = [one for one in self._records() if one.id == record]
        return (found[-1].revision, found[-1].digest) if found else None

    def effects(self, record: str) -> int:
        """How many posts there are of a record."""
        return sum(one.id == record for one in self._records())

    def tamper(self, record: str) -> None:
        """Alter a post."""
        for name, one in zip(self.posts, self._records(), strict=True):
            if one.id == record:
                self.posts[name] = json_records.entry(one.changed(title="改动"))

    @contextmanager
    def lose_answers(self, after: int) -> Iterator[None]:
        """Do the work, and lose every answer after the first few."""
        self.answers_left = after
        yield
        self.answers_left = None

    def _answer(self, answer: T) -> T:
        if self.answers_left == 0:
            raise ConnectionResetError("the connection was reset")
        if self.answers_left is not None:
            self.answers_left -= 1
        return answer

    def _records(self) -> list[Record]:
        found = [json_records.read_entry(content) for content in self.posts.values()]
        return [one for one in found if isinstance(one, Record)]


class Toy(Adapter):
    """Keeps the contract over a service that does not deduplicate."""

    facts: ClassVar[Facts] = Facts(
        name="toy",
        title="样例渠道",
        settings=(Setting(name="key", help="The service's key", secret=True),),
        batch_size=3,
    )
    service: Service

    @classmethod
    def on(cls, service: Service) -> Toy:
        """Make an adapter of this class for a service."""
        bound = type(cls.__name__, (cls,), {"service": service})
        settings = {"key": "a-key-nobody-may-see"}
        context = Context(channel="toy", settings=settings, clock=lambda: NOW)
        made: Toy = bound(context)
        return made

    def check(self) -> Health:
        return Health(ok=True)

    def fit(self, release: Release) -> tuple[Form, ...]:
        return (Form(name="POST", media_type="json", content=self._content(release)),)

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        content = self._content(release)
        try:
            return self._receipt(release, self._posted(content, trail))
        except ConnectionError as error:
            raise Unsure(str(error)) from error

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        post = trail.held.remote_id if trail.held else ""
        try:
            self._remove(post)
        except ConnectionError as error:
            raise Unsure(str(error)) from error
        return self._receipt(release, post)

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        if release.op is Op.WITHDRAW:
            gone = trail.held and not self.service.read(trail.held.remote_id)
            return self._receipt(release, trail.held.remote_id) if gone else None
        post = (self._noted(trail, "draft") or "").replace("draft", "post")
        if not post and trail.held:
            post = trail.held.remote_id
        same = post and self.service.read(post) == self._content(release)
        return self._receipt(release, post) if same else None

    def verify(self, receipt: Receipt) -> Verification:
        content = self.service.read(receipt.remote_id)
        digest = json_records.read_entry(content).digest if content else ""
        return Verification(same=digest == receipt.digest, found=digest)

    def inventory(self, since: str = "") -> Iterator[Holding]:
        for post, content in self.service.posts.items():
            record = json_records.read_entry(content)
            yield Holding(
                record=record.id,
                revision=record.revision,
                digest=record.digest,
                state=Standing.LIVE,
                remote_id=post,
            )

    def _posted(self, content: bytes, trail: Trail) -> str:
        if trail.held and trail.held.op is Op.PUBLISH:
            return self.service.update(trail.held.remote_id, content)
        draft = self._noted(trail, "draft")
        if draft is None:
            draft = self.service.draft(content)
            trail.note("draft", draft)
        post = self.service.submit(draft)
        trail.note("post", post)
        return post

    def _remove(self, post: str) -> None:
        self.service.remove(post)

    def _noted(self, trail: Trail, name: str) -> str | None:
        return trail.get(name)

    def _content(self, release: Release) -> bytes:
        record = release.record
        try:
            return json_records.entry(record)
        except FormatError as error:
            finding = Finding(
                rule="toy.format",
                severity=Severity.BLOCK,
                message=error.message,
                record=record.id,
            )
            raise Reject(error.message, findings=[finding]) from error

    def _receipt(self, release: Release, post: str) -> Receipt:
        record = release.record
        return Receipt(
            op=release.op,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            remote_id=post,
            at=NOW,
        )
