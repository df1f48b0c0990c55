"""Record: one published piece of information, and what belongs to it."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from govsync.model.base import SHANGHAI, Moment, Value, canonical_json, digest_of
from govsync.model.catalog import Audience, Extra, ItemRef, Line
from govsync.model.codes import Code, Mode, Scope, Stage, State, Step, Verdict
from govsync.model.html import clean
from govsync.model.index_number import IndexNumber

if TYPE_CHECKING:
    from collections.abc import Mapping

RecordId = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,200}$", strip_whitespace=True),
]
"""A name that never changes and is never given twice, such as an index number."""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_CLEANED = object()
"""The context of a validation of what was cleaned when it was taken in."""


def _clean(html: str, info: ValidationInfo) -> str:
    return html if info.context is _CLEANED else clean(html)


CleanHtml = Annotated[str, AfterValidator(_clean)]
"""HTML with only what :mod:`govsync.model.html` allows."""

_BOOKKEEPING = {"revision", "updated"}
"""What the ledger adds to a record; not part of what it says, nor of its digest."""
_NOT_REVIEWED = _BOOKKEEPING | {"review", "status", "published", "link", "extra"}
"""What is known after a review alone, or is never published."""


class RelationKind(Code):
    """How a record belongs to another."""

    INTERPRETS = "interprets", "解读"
    ANSWERS = "answers", "回应"
    FOLLOWS = "follows", "关联"

    @classmethod
    def of(cls, step: Step) -> RelationKind:
        """The kind that a record of this step has to the record it names."""
        return {
            Step.INTERPRETATION: cls.INTERPRETS,
            Step.RESPONSE: cls.ANSWERS,
        }.get(step, cls.FOLLOWS)


class Relation(Value):
    """The record that another interprets, answers or follows."""

    kind: RelationKind
    target: RecordId


class Attachment(Value):
    """A file beside the body; the address is where its bytes lie now."""

    name: Line
    href: Line
    media_type: Line = ""
    size: Annotated[int, Field(ge=0)] | None = None
    """In bytes; None where the source does not say."""
    sha256: Digest | None = None


class Review(Value):
    """审查 (条例 art. 17, 保守国家秘密法实施条例 art. 42): who, when, verdict."""

    verdict: Verdict
    first: Line = ""
    """初审."""
    second: Line = ""
    """复审."""
    final: Line = ""
    """签发."""
    signed: Moment | None = None
    """When the final sign-off was given."""
    content: Digest | None = None
    """The :attr:`Record.content_digest` that was signed; None: the source is silent."""

    @property
    def complete(self) -> bool:
        """Whether the final sign-off was given, by somebody and at some time."""
        return (
            self.verdict is Verdict.APPROVED
            and bool(self.final)
            and self.signed is not None
        )


class Status(Value):
    """Whether the record stands; a withdrawal says why and when."""

    state: State = State.ACTIVE
    reason: Line = ""
    at: Moment | None = None


class Record(Value):
    """公开信息: immutable, validated once, at the edge."""

    id: RecordId
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    body: CleanHtml = ""
    """HTML, cleaned; :mod:`govsync.model.html` says what is allowed."""
    index_number: Line = ""
    """索引号 as written; see :attr:`index`."""
    document_number: Line = ""
    """文号, such as 密政办发〔2017〕35号."""
    issuer: Line = ""
    """发布机构, its full name; of joint documents the leading body (条例 art. 10)."""
    co_issuers: tuple[Line, ...] = ()
    formed: date | None = None
    """成文日期: the day of the signature, in Asia/Shanghai."""
    issued: date | None = None
    """印发日期."""
    published: Moment | None = None
    """发布日期: the first publication; re-publication keeps it."""
    item: ItemRef | None = None
    step: Step = Step.RELEASE
    stage: Stage | None = None
    relation: Relation | None = None
    keywords: tuple[Line, ...] = ()
    summary: Line = ""
    attachments: tuple[Attachment, ...] = ()
    audience: Audience = Audience(scope=Scope.ALL)
    mode: Mode = Mode.PROACTIVE
    status: Status = Status()
    review: Review | None = None
    link: Line = ""
    """The address of the page where it was first published."""
    extra: Extra = Field(default_factory=lambda: MappingProxyType({}))
    revision: Annotated[int, Field(ge=1)] = 1
    """Grows by one at each change of the digest; given by the ledger."""
    updated: Moment | None = None
    """When the ledger saw this revision first."""

    @classmethod
    def kept(cls, content: Mapping[str, Any], digest: str) -> Self:
        """Return a record from what :meth:`plain` gave of it.

        Args:
            content: Plain data.
            digest: Of the record when it was put by. Where it is the same still, the
                body is as it was cleaned then, and is not cleaned again.
        """
        record = cls.model_validate(content, context=_CLEANED)
        return record if record.digest == digest else cls.model_validate(content)

    @property
    def index(self) -> IndexNumber:
        """The index number, taken apart."""
        return IndexNumber.parse(self.index_number)

    @property
    def uri(self) -> str:
        """An absolute IRI that never changes, for Atom ids and RSS guids."""
        return f"urn:govsync:record:{quote(self.id, safe='/-._~!$()*+,;=:@')}"

    @property
    def withdrawn(self) -> bool:
        """Whether the record was taken back."""
        return self.status.state is State.WITHDRAWN

    @property
    def changed_at(self) -> datetime | None:
        """When it last changed, as far as the record knows; None where it does not."""
        if moment := self.updated or self.status.at or self.published:
            return moment
        day = self.issued or self.formed
        return datetime.combine(day, time(), SHANGHAI) if day else None

    @property
    def day(self) -> date | None:
        """The day by whose catalog it is judged: published, else issued, else formed.

        Never today: what was right when it went out stays right, and the same record
        is judged alike at every run.
        """
        if self.published is not None:
            return self.published.date()
        return self.issued or self.formed

    @cached_property
    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`: equal for records that say the same."""
        return digest_of(self.canonical())

    @cached_property
    def content_digest(self) -> str:
        """SHA-256 of what a review is about: what would be published.

        Reviewers, the day and the page of the publication, and a withdrawal come after
        the review; columns that the model does not know are not published.
        """
        return digest_of(canonical_json(self.plain(exclude=_NOT_REVIEWED)))

    def days_after(self, other: Record) -> int | None:
        """Return how many days after another it was published; None: nobody says.

        Days of the calendar in Asia/Shanghai; negative where it came first.
        """
        if self.published is None or other.published is None:
            return None
        return (self.published.date() - other.published.date()).days

    def canonical(self) -> bytes:
        """Return the canonical JSON, without revision and what else the ledger adds."""
        return canonical_json(self.plain(exclude=_BOOKKEEPING))

    def plain(self, *, exclude: set[str] | None = None) -> dict[str, Any]:
        """Return plain JSON data: defaults left out; ``model_validate`` reads it."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude=exclude)

    def public(self) -> Record:
        """Return what anybody may read: no reviewers, no columns we do not know."""
        return self.changed(review=None, extra={})
